package result

import (
	"slices"
	"time"

	"brainsweep/io/h5"
)

// What does not depend on the point: /connectome and /provenance.

func writeConnectome(file *h5.File, l *Layout) error {
	if l.Subjects != nil {
		return writeConnectomes(file, l)
	}
	c := l.Connectome
	f := &frame{file: file, layout: l, path: "/connectome", scales: map[string]*h5.Dataset{}}
	if err := file.Group(f.path); err != nil {
		return err
	}
	for _, d := range []Dim{
		{Name: "node", About: "region that receives", Labels: c.Labels},
		{Name: "node2", About: "region that sends", Labels: c.Labels},
		{Name: "axis", Labels: []string{"x", "y", "z"}},
	} {
		if err := f.dim(d); err != nil {
			return err
		}
	}
	pair, place, one := []string{"node", "node2"}, []string{"node", "axis"}, []string{"node"}
	for _, m := range []struct {
		known             bool
		name, unit, about string
		kind              h5.Type
		dims              []string
		values            any
	}{
		{true, "weights", "", "strength of the connection from node2 to node", h5.Float64, pair, c.Weights},
		{true, "lengths", "mm", "length of the tract", h5.Float64, pair, c.Lengths},
		{c.Centres != nil, "centres", "mm", "centre of the region", h5.Float64, place, slices.Concat(rows(c.Centres)...)},
		{c.Orientations != nil, "orientations", "", "mean outward normal of the region", h5.Float64, place, slices.Concat(rows(c.Orientations)...)},
		{c.Areas != nil, "areas", "mm2", "area of the region", h5.Float64, one, c.Areas},
		{c.Cortical != nil, "cortical", "", "1 where the region is cortex", h5.Uint8, one, flags(c.Cortical)},
		{c.Right != nil, "right", "", "1 where the region lies in the right hemisphere", h5.Uint8, one, flags(c.Right)},
	} {
		if !m.known {
			continue
		}
		if err := f.matrix(m.name, m.unit, m.about, m.kind, m.dims, m.values); err != nil {
			return err
		}
	}
	return attributes(file, f.path, Entry{"source", c.Source}, Entry{"notes", append([]string{}, c.Notes...)})
}

func rows(v [][3]float64) [][]float64 {
	out := make([][]float64, len(v))
	for i := range v {
		out[i] = v[i][:]
	}
	return out
}

func flags(v []bool) []uint8 {
	out := make([]uint8, len(v))
	for i, set := range v {
		if set {
			out[i] = 1
		}
	}
	return out
}

func attributes(file *h5.File, object string, entries ...Entry) error {
	for _, e := range entries {
		if err := file.SetAttr(object, e.Name, e.Value); err != nil {
			return err
		}
	}
	return nil
}

// runs is what the parts tell of how they were made, taken together.
type runs struct {
	parts           int
	hosts, devices  map[string]bool
	started, ended  time.Time
	busy, nodeSteps float64 // busy: [s], of all ranks together
}

func (r *runs) add(part *h5.File) error {
	var texts [4]string
	for i, name := range []string{"host", "device", "started", "ended"} {
		value, err := part.Attr("/", name)
		if err != nil {
			return err
		}
		texts[i], _ = value.(string)
	}
	steps, err := part.Attr("/", "node_steps")
	if err != nil {
		return err
	}
	if r.parts == 0 {
		r.hosts, r.devices = map[string]bool{}, map[string]bool{}
	}
	r.parts++
	r.hosts[texts[0]], r.devices[texts[1]] = true, true
	started, _ := time.Parse(time.RFC3339Nano, texts[2])
	ended, _ := time.Parse(time.RFC3339Nano, texts[3])
	if r.started.IsZero() || started.Before(r.started) {
		r.started = started
	}
	if ended.After(r.ended) {
		r.ended = ended
	}
	number, _ := steps.(float64)
	r.nodeSteps += number
	r.busy += ended.Sub(started).Seconds()
	return nil
}

// writeProvenance writes the layout's entries and those of the runs, which differ from run to run.
func writeProvenance(file *h5.File, l *Layout, r runs) error {
	if err := file.Group("/provenance"); err != nil {
		return err
	}
	if err := attributes(file, "/provenance", l.Provenance...); err != nil {
		return err
	}
	if err := attributes(file, "/provenance", Entry{"plan_digest", l.Plan}, Entry{"hdf5", h5.Version()}, Entry{"parts", r.parts}); err != nil {
		return err
	}
	if len(l.Inputs) > 0 {
		set, err := file.CreateDataset("/provenance/inputs", h5.Spec{Type: h5.Uint8, Shape: []int{len(l.Inputs)}, Chunk: []int{min(len(l.Inputs), metricChunk)}, Deflate: 1})
		if err == nil {
			err = set.Write(nil, nil, l.Inputs)
		}
		if err != nil {
			return err
		}
	}
	if r.parts == 0 {
		return nil
	}
	rate := 0.0
	if r.busy > 0 {
		rate = r.nodeSteps / r.busy
	}
	return attributes(file, "/provenance",
		Entry{"hosts", sorted(r.hosts)}, Entry{"devices", sorted(r.devices)},
		Entry{"started", r.started.Format(time.RFC3339)}, Entry{"ended", r.ended.Format(time.RFC3339)},
		Entry{"rank_seconds", r.busy}, Entry{"node_steps", r.nodeSteps}, Entry{"node_steps_per_rank_second", rate})
}

func sorted(set map[string]bool) []string {
	names := []string{}
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
