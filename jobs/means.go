package jobs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"brainsweep/partition"
)

// means are what a rank computes with.
type means struct {
	Kind, Name string
	ID         string // of the device, "" where nothing tells it from others
	Host       string
	Workers    int
	Bytes      int64 // of the device that this rank may take
	Twins      int   // devices of the kind that the rank could choose among
}

// gatherMeans is collective. It returns those of all ranks on rank 0, nil elsewhere.
func (r *run) gatherMeans() ([]means, error) {
	info := r.dev.Info()
	m := means{Kind: info.Kind, Name: info.Name, ID: info.ID, Host: r.host, Workers: info.Workers, Twins: max(1, info.Twins), Bytes: info.Memory / 2}
	packed, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	gathered, err := r.comm.Gather(0, packed)
	if err != nil || r.comm.Rank() != 0 {
		return nil, err
	}
	all := make([]means, len(gathered))
	for i, p := range gathered {
		if err := json.Unmarshal(p, &all[i]); err != nil {
			return nil, err
		}
	}
	for i, ranks := range sharing(all) {
		all[i].Bytes /= int64(ranks)
	}
	for _, note := range noteworthy(all) {
		r.Listener.Note(note)
	}
	return all, nil
}

// devices is how many devices of a rank's kind the ranks of its host use, and ranks how many of these there are. What
// has an ID is counted by it: where each rank sees a GPU of its own, all think that there is one.
func (m means) devices(all []means) (devices, ranks int) {
	seen := map[string]bool{}
	for _, o := range all {
		if o.Host == m.Host && o.Kind == m.Kind {
			seen[o.ID] = true
			ranks++
		}
	}
	if m.ID != "" {
		return len(seen), ranks
	}
	return min(m.Twins, ranks), ranks
}

// sharing tells for each rank how many share its device.
func sharing(all []means) []int {
	out := make([]int, len(all))
	for i, m := range all {
		if devices, ranks := m.devices(all); m.ID == "" {
			out[i] = (ranks + devices - 1) / devices
			continue
		}
		for _, o := range all {
			if o.Host == m.Host && o.ID == m.ID {
				out[i]++
			}
		}
	}
	return out
}

// noteworthy says what a user should know of how ranks and devices match.
func noteworthy(all []means) []string {
	var notes, kinds []string
	hosts := map[string]bool{}
	for _, m := range all {
		if !slices.Contains(kinds, m.Kind) {
			kinds = append(kinds, m.Kind)
		}
		if m.Kind == "cpu" || hosts[m.Host] {
			continue
		}
		hosts[m.Host] = true
		devices, ranks := m.devices(all)
		switch {
		case ranks > devices:
			notes = append(notes, fmt.Sprintf("%d ranks on %s share %s: %s", ranks, m.Host, plural(devices, "GPU"), m.Name))
		case ranks < m.Twins:
			notes = append(notes, fmt.Sprintf("%d of the %d GPUs on %s compute, one for each rank", ranks, m.Twins, m.Host))
		}
	}
	if len(kinds) > 1 {
		notes = append(notes, fmt.Sprintf("ranks compute on devices of several kinds (%s): the last digits of a point depend on which kind took it", strings.Join(kinds, ", ")))
	}
	return notes
}

func plural(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// limit bounds the batches, any of which any rank may take: half of the memory of the smallest share of a device, about a
// minute's work of the slowest, which is what a killed job may lose, a point for each worker of the largest, and so many
// points that the memory of a rank does not grow with those of the job.
func (r *run) limit() partition.Limit {
	const (
		nodeStepsPerMinute = 60 * 5e6
		points             = 2048
	)
	l := partition.Limit{Count: cmp.Or(r.Batch, points), Ranks: r.comm.Size()}
	for i, m := range r.means {
		if work := nodeStepsPerMinute * float64(m.Workers); i == 0 || work < l.Work {
			l.Work = work
		}
		if m.Bytes > 0 && (l.Bytes == 0 || m.Bytes < l.Bytes) { // 0: it is not known
			l.Bytes = m.Bytes
		}
		l.Workers = max(l.Workers, m.Workers)
	}
	return l
}
