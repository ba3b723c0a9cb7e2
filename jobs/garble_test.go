package jobs_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"brainsweep/fault"
	"brainsweep/jobs"
)

// What a hurried or malicious user writes in the place of a value.
var garbage = []string{
	"nan", "inf", "-1", "0", "1e308", "1e999", "999999999999999999999", "true", "''", "[]", "{}", "[1, 2, 3]", "\x00", "\xff", "[[record]]", "[sweep]",
	"'1e-300 ms'", "'1e300 s'", "'-1 ms'", "'10 s'", "'synthetic:0'", "'synthetic:99999999'", "{ from = 1, to = 1, points = 1 }", "'best:0 by E'",
}

// TestGarbledJobs reads jobs with lines lost, doubled, cut and garbled. Each is read, or refused as a mistake of the user's, at once; and
// what check finds good can be run.
func TestGarbledJobs(t *testing.T) {
	var seeds []string
	for _, name := range []string{"testdata/full.toml", "testdata/drawn.toml", "testdata/list.toml", "testdata/hrf.toml", "../examples/adex.toml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, string(text))
	}
	r := rand.New(rand.NewPCG(2, 3))
	good := 0
	for range 400 {
		text := garble(r, seeds[r.IntN(len(seeds))])
		before := time.Now()
		j, err := tryParse(t, text)
		if err == nil {
			good++
			_, err = j.Plan.Source()
			if err != nil {
				t.Errorf("good, but %v\n%s", err, text)
			}
		} else if !fault.Is(err) {
			t.Errorf("refused, but not as a mistake: %v\n%s", err, text)
		}
		if took := time.Since(before); took > time.Minute { // of what takes milliseconds
			t.Errorf("it takes %v\n%s", took, text)
		}
	}
	if good < 10 || good > 200 {
		t.Errorf("%d of 400 jobs are good: they are garbled too much or too little", good)
	}
}

// tryParse is parse, telling the job on which it panics.
func tryParse(t *testing.T, text string) (*jobs.Job, error) {
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("panic: %v\n%s", p, text)
		}
	}()
	return jobs.Parse("testdata/job.toml", []byte(text))
}

// garble spoils a few lines.
func garble(r *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	for range 1 + r.IntN(4) {
		i := r.IntN(len(lines))
		line, word := lines[i], garbage[r.IntN(len(garbage))]
		at := r.IntN(len(line) + 1)
		switch r.IntN(5) {
		case 0:
			lines[i] = ""
		case 1:
			lines[i] = lines[r.IntN(len(lines))]
		case 2:
			if key, _, ok := strings.Cut(line, "="); ok {
				lines[i] = key + "= " + word
			}
		case 3:
			lines[i] = line[:at] + word + line[at:]
		case 4:
			lines[i] = line[:at] + string(rune(r.IntN(256))) + line[at:]
		}
	}
	return strings.Join(lines, "\n")
}
