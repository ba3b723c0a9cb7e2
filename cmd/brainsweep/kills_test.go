package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"brainsweep/io/result/resulttest"
)

// TestManyKills kills a job again and again with kill -9: a rank, mpirun, or everything, at random times from a fixed seed. Each time it goes
// on with another number of ranks, threads and points in a batch. In the end every data set is that of a run that nothing
// has stopped. BRAINSWEEP_SLOW=1 kills each of two jobs, in single and in double precision, 20 times; else it is one job, 4 times.
func TestManyKills(t *testing.T) {
	needMPI(t)
	kills, seconds, work, precisions := 4, 80, 1000, []string{"single"}
	if os.Getenv("BRAINSWEEP_SLOW") != "" {
		kills, seconds, work, precisions = 20, 400, 5000, []string{"single", "double"}
	}
	for _, precision := range precisions {
		t.Run(precision, func(t *testing.T) {
			job := strings.Replace(brain, `duration = "2 s"`, fmt.Sprintf(`duration = "%d s"`, seconds), 1)
			w := newWorkplace(t, strings.Replace(job, `precision = "single"`, fmt.Sprintf("precision = %q", precision), 1))
			want := w.run(0, "whole.h5")
			random := rand.New(rand.NewPCG(2024, 20))
			how := map[string]int{}
			enough := func(n int) bool { // a fast machine may be done before the last kill
				if _, err := os.Stat(w.path("killed.h5")); err != nil {
					return false
				}
				if n < (kills+1)/2 {
					t.Fatalf("the job was done after %d of %d kills", n, kills)
				}
				return true
			}
			for n := 0; n < kills && !enough(n); n++ {
				p := w.start(1+n%4, "run", "job.toml", "-o", "killed.h5", "--threads", fmt.Sprint(1+n%2),
					"--batch", fmt.Sprint(1+random.IntN(6)), "--checkpoint-every", "100ms")
				w.untilWork(p, "killed.h5")
				time.Sleep(time.Duration(random.IntN(work)) * time.Millisecond)
				kind := []string{"a rank", "mpirun", "everything"}[random.IntN(3)]
				how[kind]++
				for _, pid := range victims(p, kind, random) {
					syscall.Kill(pid, syscall.SIGKILL)
				}
				p.end(t)
			}
			_, status, _ := command(t, "status "+w.path("killed.h5"))
			t.Logf("%v were killed; then %s", how, status)
			left, _ := os.ReadDir(w.path("killed.h5.parts")) // a merged job that is not tidied up goes on, too
			if !enough(kills) || len(left) > 0 {
				p := w.start(3, "run", "job.toml", "-o", "killed.h5", "--batch", "3")
				if code := p.end(t); code != exitDone {
					t.Fatalf("exit code %d: %s", code, p.errs.String())
				}
			}
			resulttest.Same(t, "killed", resulttest.Contents(t, w.path("killed.h5")), want)
			if left, _ = os.ReadDir(w.path("killed.h5.parts")); len(left) > 0 {
				t.Errorf("%v is left over", left)
			}
		})
	}
}

// victims are the processes of a kill.
func victims(p *process, kind string, random *rand.Rand) []int {
	all := descendants(p.Process.Pid)
	switch {
	case kind == "mpirun":
		return all[:1]
	case kind == "a rank" && len(all) > 1:
		return []int{all[1+random.IntN(len(all)-1)]}
	}
	return all
}

// untilWork waits until a run has told of its ranks.
func (w workplace) untilWork(p *process, name string) {
	w.t.Helper()
	before := time.Now()
	for time.Since(before) < 2*time.Minute {
		if info, err := os.Stat(w.path(name + ".parts/ranks.json")); err == nil && info.ModTime().After(before) {
			return
		}
		if syscall.Kill(p.Process.Pid, 0) != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.Wait()
	w.t.Fatalf("no work is begun: %s", p.errs.String())
}
