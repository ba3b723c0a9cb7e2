package jobs

import (
	"embed"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"brainsweep/fault"
)

//go:embed scripts/*.tmpl
var scripts embed.FS

// Systems lists the batch systems that Script knows; loop is a plain shell.
func Systems() []string { return []string{"slurm", "pbs", "loop"} }

// Submission is what a job asks of a batch system.
type Submission struct {
	System  string
	Job     string // the job file
	Output  string // the result file
	Nodes   int
	Ranks   int // for each node
	Threads int // for each rank
	GPUs    int // for each node
	Time    time.Duration
	Setup   []string // lines before the run, such as module load
	Program string   // path of brainsweep
	Srun    bool     // srun starts the ranks, which takes an MPI that was built for it; else mpirun does
}

// reserve is the time before the end at which the batch system sends a signal, should the job not have stopped by itself.
const reserve = 60 * time.Second

// Script writes the batch system's script of a submission. The error is a mistake of the user's.
func (s Submission) Script() (string, error) {
	var mistakes fault.List
	for _, n := range []struct {
		name  string
		value int
		least int
	}{{"nodes", s.Nodes, 1}, {"ranks of a node", s.Ranks, 1}, {"threads of a rank", s.Threads, 1}, {"GPUs of a node", s.GPUs, 0}} {
		if n.value < n.least {
			mistakes.Addf(fault.Pos{}, "%d %s; there must be at least %d", n.value, n.name, n.least)
		}
	}
	if s.Time < 5*time.Minute {
		mistakes.Addf(fault.Pos{}, "%v is too short a time: give at least 5 minutes, since the last of them are for stopping", s.Time)
	}
	text, err := scripts.ReadFile("scripts/" + s.System + ".sh.tmpl")
	if err != nil {
		mistakes.Addf(fault.Pos{}, "unknown batch system %q%s; there are %s", s.System, fault.Suggest(s.System, Systems()), strings.Join(Systems(), ", "))
	}
	if err := mistakes.Err(); err != nil {
		return "", err
	}
	t, err := template.New(s.System).Parse(string(text))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, s.page())
	return b.String(), err
}

// page is what the templates see.
func (s Submission) page() map[string]any {
	base := filepath.Base(s.Job)
	words := []string{s.Program, "run", s.Job, "-o", s.Output, "--threads", fmt.Sprint(s.Threads)}
	for i, w := range words {
		words[i] = shellQuoted(w)
	}
	launch := ""
	switch ranks := s.Nodes * s.Ranks; {
	case ranks > 1 && s.Srun:
		launch = "srun --cpu-bind=none "
	case ranks > 1:
		launch = fmt.Sprintf("mpirun --bind-to none -n %d ", ranks)
	}
	seconds := int(math.Round(s.Time.Seconds()))
	return map[string]any{
		"Name": strings.TrimSuffix(base, filepath.Ext(base)), "Nodes": s.Nodes, "Ranks": s.Ranks, "Threads": s.Threads, "GPUs": s.GPUs,
		"Cores": s.Ranks * s.Threads, "Time": fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60),
		"Reserve": int(reserve.Seconds()), "Setup": s.Setup, "Command": strings.Join(words, " "), "Launch": launch,
		// What PBS gives, less two minutes for stopping.
		"Hours": fmt.Sprintf("%.3f", (s.Time - 2*time.Minute).Hours()),
	}
}

// shellQuoted puts a word into quotes where a shell would take it apart.
func shellQuoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/=:+,@%", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
