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

// TestManyKills kills a job again and again with kill -9: a rank, mpirun, or everything, at random times, which are drawn from a fixed seed
// as shares of the time that the whole job takes here. Each time it goes on with another number of ranks, threads and points in a batch. In
// the end every data set is that of a run that nothing has stopped. BRAINSWEEP_SLOW=1 kills each of two jobs, in single and in double
// precision, 20 times; else it is one job, 4 times.
func TestManyKills(t *testing.T) {
	needMPI(t)
	kills, seconds, precisions := 4, 80, []string{"single"}
	if os.Getenv("BRAINSWEEP_SLOW") != "" {
		kills, seconds, precisions = 20, 400, []string{"single", "double"}
	}
	for _, precision := range precisions {
		t.Run(precision, func(t *testing.T) {
			job := strings.Replace(brain, `duration = "2 s"`, fmt.Sprintf(`duration = "%d s"`, seconds), 1)
			w := newWorkplace(t, strings.Replace(job, `precision = "single"`, fmt.Sprintf("precision = %q", precision), 1))
			w.run(0, "compiled.h5", "--set", "sweep.b_e.points=3", "--set", `run.duration="2 s"`)
			began := time.Now()
			want := w.run(0, "whole.h5")
			work := time.Since(began) / time.Duration(kills)
			random := rand.New(rand.NewPCG(2024, 20))
			how := map[string]int{}
			done := func() bool { // the test may wake up late
				_, err := os.Stat(w.path("killed.h5"))
				return err == nil
			}
			for n := 0; n < kills && !done(); n++ {
				before := time.Now()
				p := w.start(1+n%4, "run", "job.toml", "-o", "killed.h5", "--threads", fmt.Sprint(1+n%2),
					"--batch", fmt.Sprint(1+random.IntN(6)), "--checkpoint-every", "100ms")
				w.untilWork(p, "killed.h5", before)
				time.Sleep(time.Duration(random.Int64N(int64(work))))
				kind := []string{"a rank", "mpirun", "everything"}[random.IntN(3)]
				how[kind]++
				all := descendants(p.Process.Pid)
				for _, pid := range victims(all, kind, random) {
					syscall.Kill(pid, syscall.SIGKILL)
				}
				p.end(t)
				untilGone(t, all)
			}
			_, status, _ := command(t, "status "+w.path("killed.h5"))
			t.Logf("%v were killed; then %s", how, status)
			left, _ := os.ReadDir(w.path("killed.h5.parts")) // a merged job that is not tidied up goes on, too
			if !done() || len(left) > 0 {
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

// victims are those that a kill is for, of mpirun and its ranks.
func victims(all []int, kind string, random *rand.Rand) []int {
	switch {
	case kind == "mpirun":
		return all[:1]
	case kind == "a rank" && len(all) > 1:
		return []int{all[1+random.IntN(len(all)-1)]}
	}
	return all
}

// untilGone waits until processes have ended: ranks notice a while after mpirun is gone, and hold their locks until then.
func untilGone(t *testing.T, processes []int) {
	t.Helper()
	for _, pid := range processes {
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			if _, after, _ := strings.Cut(string(stat), ") "); err != nil || strings.HasPrefix(after, "Z") {
				break
			}
			if time.Since(began) > patience {
				t.Fatalf("process %d does not end", pid)
			}
		}
	}
}

// untilWork waits until a run that was started after a time has told of its ranks, or is done.
func (w workplace) untilWork(p *process, name string, before time.Time) {
	w.t.Helper()
	for time.Since(before) < patience {
		if _, err := os.Stat(w.path(name)); err == nil {
			return
		}
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
