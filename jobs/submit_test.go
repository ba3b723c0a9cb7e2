package jobs_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"brainsweep/jobs"
)

func submission(system string) jobs.Submission {
	return jobs.Submission{System: system, Job: "my job.toml", Output: "out.h5", Nodes: 2, Ranks: 4, Threads: 16, Time: 90 * time.Minute,
		Setup: []string{"module load openmpi"}, Program: "brainsweep"}
}

func TestScripts(t *testing.T) {
	wanted := map[string][]string{
		"slurm": {"--ntasks-per-node=4", "--nodes=2", "--time=01:30:00", "--signal=B:USR1@60", "module load openmpi",
			"brainsweep run 'my job.toml' -o out.h5 --threads 16 --max-hours auto", "requeue"},
		"pbs":  {"select=2:ncpus=64:mpiprocs=4", "walltime=01:30:00", "--max-hours 1.467"},
		"loop": {"mpirun --bind-to none -n 8 brainsweep run 'my job.toml'"},
	}
	for _, system := range jobs.Systems() {
		script, err := submission(system).Script()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range wanted[system] {
			if !strings.Contains(script, part) {
				t.Errorf("the script for %s lacks %q:\n%s", system, part, script)
			}
		}
		check := exec.Command("bash", "-n")
		check.Stdin = strings.NewReader(script)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("bash does not take the script for %s: %s", system, out)
		}
	}
}

func TestScriptMistakes(t *testing.T) {
	s := submission("slrum")
	s.Ranks, s.Time = 0, time.Minute
	_, err := s.Script()
	const want = "0 ranks of a node; there must be at least 1\n" +
		"1m0s is too short a time: give at least 5 minutes, since the last of them are for stopping\n" +
		`unknown batch system "slrum" (did you mean "slurm"?); there are slurm, pbs, loop`
	if err == nil || err.Error() != want {
		t.Errorf("have %v\nwant %s", err, want)
	}
}
