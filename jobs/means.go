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
	Host       string
	Workers    int
	Bytes      int64 // of the device that this rank may take
	Sharing    int   // ranks of the host for each of its devices of the kind
	Twins      int   // devices of the kind on the host
}

// gatherMeans is collective. It returns those of all ranks on rank 0, nil elsewhere.
func (r *run) gatherMeans() ([]means, error) {
	_, onHost := r.comm.Host()
	info := r.dev.Info()
	m := means{Kind: info.Kind, Name: info.Name, Host: r.host, Workers: info.Workers, Twins: max(1, info.Twins)}
	m.Sharing = (onHost + m.Twins - 1) / m.Twins
	m.Bytes = info.Memory / 2 / int64(m.Sharing)
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
	for _, note := range noteworthy(all) {
		r.Listener.Note(note)
	}
	return all, nil
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
		ranks := 0
		for _, other := range all {
			if other.Host == m.Host && other.Kind == m.Kind {
				ranks++
			}
		}
		switch {
		case ranks > m.Twins:
			notes = append(notes, fmt.Sprintf("%d ranks on %s share %s: %s", ranks, m.Host, plural(m.Twins, "GPU"), m.Name))
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
