package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// Basis is a digest, in hexadecimal, of what decides the numbers of a point besides what the point is and how long it
// is simulated: the regions, the scheme, the precision, the transient, the records and the metrics. What a point of one plan has
// given serves a plan with the same basis that has the point, too.
func (p *Plan) Basis() string {
	h := sha256.New()
	h.Write([]byte("brainsweep basis 1\n"))
	q := *p
	q.Run.Duration, q.Run.Seed = 0, 0
	for _, label := range p.Connectome.Labels {
		h.Write(append([]byte(label), 0))
	}
	var w writer
	q.writeRun(&w)
	p.recordsDigest(&w)
	p.metricsDigest(&w)
	h.Write([]byte(w.String()))
	return hex.EncodeToString(h.Sum(nil))
}

// identity tells the points of all plans apart: it is made of what enters the equations, what keys the random numbers,
// the labels of the nodes, which metrics may go by, and the parameters of BOLD.
func (pt Point) identity() []byte {
	h := sha256.New()
	name := pt.digest()
	h.Write(name[:])
	h.Write(binary.LittleEndian.AppendUint64(nil, pt.Key()))
	for _, label := range pt.plan.Subjects[pt.Subject].Labels {
		h.Write(append([]byte(label), 0))
	}
	if rec := pt.plan.Record("bold"); rec != nil {
		for _, s := range rec.Bold.Parameters {
			h.Write(doubles([]float64{pt.Value(s.Address)}))
		}
	}
	return h.Sum(nil)
}

// extend gives the order of the plan's points that goes on with places in which an earlier job's points are: they keep
// their places, and the others come behind. nil is the order of the points. The error is a mistake that says why the plan does not go
// on with the earlier one.
func (p *Plan) extend(earlier *Plan, order []int) ([]int, error) {
	if p.Hash() == earlier.Hash() {
		return order, nil
	}
	if p.Basis() != earlier.Basis() || p.Run.Steps() < earlier.Run.Steps() {
		return nil, differs(p.differences(earlier, false), "")
	}
	known := map[string][]int{} // numbers of points by identity
	for i := range p.Points() {
		id := string(p.Point(i).identity())
		known[id] = append(known[id], i)
	}
	out := make([]int, 0, p.Points())
	taken := make([]bool, p.Points())
	missing := 0
	for place := range earlier.Points() {
		number := place
		if order != nil {
			number = order[place]
		}
		id := string(earlier.Point(number).identity())
		if len(known[id]) == 0 {
			missing++
			continue
		}
		out = append(out, known[id][0])
		taken[known[id][0]] = true
		known[id] = known[id][1:]
	}
	if missing > 0 {
		return nil, differs(p.differences(earlier, true), fmt.Sprintf("%d of its %d points are none of this job's", missing, earlier.Points()))
	}
	if p.keepsBest() && !slices.IsSorted(out) {
		return nil, differs(p.differences(earlier, true), "a record keeps the best points, so points may be added, but not be put in another order")
	}
	for i, t := range taken {
		if !t {
			out = append(out, i)
		}
	}
	if slices.IsSorted(out) {
		return nil, nil
	}
	return out, nil
}

func (p *Plan) keepsBest() bool {
	return slices.ContainsFunc(p.Records, func(r Record) bool { return r.Keep.Mode == KeepBest })
}

// differs is the mistake that a job does not go on with an earlier one.
func differs(lines []string, why string) error {
	if why != "" {
		lines = append(lines, why)
	}
	if len(lines) == 0 {
		lines = []string{"the content of a file that it names was another"}
	}
	return fault.Mistake{Msg: "holds parts of another job: " + strings.Join(lines, "; ") +
		". Give another name with -o, or --force to throw the old parts away"}
}

// differences lists the fields in which the plan differs from an earlier one: "[run] seed was 42, is 43". Those of the sweep, and of
// what only one of the two sweeps, come with points only.
func (p *Plan) differences(earlier *Plan, points bool) []string {
	var out []string
	was, is := fields(earlier.Text()), fields(p.Text())
	tell := func(f field, was, is string) {
		inSweep := f.section == "[sweep]" || p.Swept(f.address()) || earlier.Swept(f.address())
		named := f.section == "" || f.section == "[connectome]" && f.key == "source" // their content is compared
		longer := f.section == "[run]" && f.key == "duration" && p.Run.Steps() >= earlier.Run.Steps()
		if was != is && !named && !longer && (points || !inSweep) {
			out = append(out, strings.TrimSpace(f.section+" ")+" "+f.key+" was "+was+", is "+is)
		}
	}
	value := func(in []field, f field) string {
		for _, other := range in {
			if other.section == f.section && other.key == f.key {
				return other.value
			}
		}
		return "not there"
	}
	for _, f := range was {
		tell(f, f.value, value(is, f))
	}
	for _, f := range is {
		if value(was, f) == "not there" {
			tell(f, "not there", f.value)
		}
	}
	if p.Model.Digest() != earlier.Model.Digest() {
		out = append(out, fmt.Sprintf("the model was %s, is %s, with other equations", earlier.ModelSource, p.ModelSource))
	}
	for _, s := range earlier.Subjects {
		i := slices.IndexFunc(p.Subjects, func(o Subject) bool { return o.ID == s.ID })
		switch {
		case i < 0:
			out = append(out, fmt.Sprintf("subject %s is not there any more", s.ID))
		case p.Subjects[i].Digest != s.Digest || !slices.Equal(p.Subjects[i].Labels, s.Labels):
			out = append(out, strings.TrimSpace("the connectome "+s.ID)+fmt.Sprintf(" was %s, is %s, with other contents", s.Source, p.Subjects[i].Source))
		}
	}
	if len(p.Subjects) != len(earlier.Subjects) && !slices.Equal(p.Connectome.Labels, earlier.Connectome.Labels) {
		out = append(out, "the subjects have other regions in all")
	}
	return out
}

// field is a line of a plan's text.
type field struct{ section, key, value string }

// address is what the field is called in a sweep.
func (f field) address() string {
	section := strings.Trim(f.section, "[]")
	if section == "parameters" {
		return f.key
	}
	return section + "." + f.key
}

// fields takes a plan's text apart. The sections of records have the monitor in their names.
func fields(text string) []field {
	var out []field
	section := ""
	for _, line := range strings.Split(text, "\n") {
		key, value, pair := strings.Cut(line, " = ")
		switch {
		case !pair && strings.HasPrefix(line, "["):
			section = line
		case pair && section == "[[record]]" && key == "monitor":
			section = "[[record]] " + strings.Trim(value, `"`)
		case pair:
			out = append(out, field{section, key, value})
		}
	}
	return out
}

// recordsDigest writes what the records decide.
func (p *Plan) recordsDigest(w *writer) {
	p.writeRecords(w, false)
	if bold := p.Record("bold"); bold != nil && bold.Bold.Model != nil {
		w.text("model", bold.Bold.Model.Digest())
		w.line("initial", list(bold.Bold.Initial, document.Number))
	}
}

// metricsDigest writes what the metrics decide.
func (p *Plan) metricsDigest(w *writer) {
	w.line("metrics", list(p.Metrics.Of, document.Quote))
	for _, m := range p.Metrics.Table("") {
		w.text("metric", m.Name)
	}
	for _, quantity := range p.Metrics.Of {
		for _, name := range p.Metrics.without[quantity] {
			w.text("without", quantity+"."+name)
		}
	}
	w.line("period", document.Number(p.Metrics.Period))
	p.optionsText(w)
	p.targetHash(w)
}
