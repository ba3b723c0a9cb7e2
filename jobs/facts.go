package jobs

import (
	"slices"
	"strings"
	"time"

	"brainsweep/io/result"
)

// facts are the provenance: with every rank's host and device.
func (r *run) facts() ([]result.Entry, error) {
	info := r.dev.Info()
	mine := strings.Join([]string{r.host, info.Name, info.ISA, info.Tools}, "\t")
	all, err := r.comm.Gather(0, []byte(mine))
	if err != nil || r.comm.Rank() != 0 {
		return nil, err
	}
	var lists [4][]string
	for _, line := range all {
		for i, word := range strings.Split(string(line), "\t") {
			if i < len(lists) && !slices.Contains(lists[i], word) {
				lists[i] = append(lists[i], word)
			}
		}
	}
	entries := append(r.job.facts(r.runner.Kernel().Source.Text),
		result.Entry{Name: "isa", Value: strings.Join(lists[2], "; ")},
		result.Entry{Name: "compiler", Value: strings.Join(lists[3], "; ")},
		result.Entry{Name: "hosts", Value: strings.Join(lists[0], "; ")},
		result.Entry{Name: "devices", Value: strings.Join(lists[1], "; ")},
		result.Entry{Name: "ranks", Value: int64(r.summary.Ranks)},
		result.Entry{Name: "elapsed_s", Value: r.summary.Elapsed.Seconds()},
		result.Entry{Name: "node_steps_per_second", Value: r.summary.NodeSteps / max(r.summary.Elapsed.Seconds(), 1e-9)})
	return append(entries, r.Versions...), nil
}

// facts are the provenance that does not depend on the machines.
func (j *Job) facts(kernel string) []result.Entry {
	return []result.Entry{
		{Name: "job", Value: string(j.Text)},
		{Name: "set", Value: strings.Join(j.Set, "\n")},
		{Name: "folder", Value: j.folder()},
		{Name: "plan", Value: j.Plan.Text()},
		{Name: "kernel", Value: kernel},
		{Name: "merged", Value: time.Now().UTC().Format(time.RFC3339)},
	}
}
