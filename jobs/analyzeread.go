package jobs

import (
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"brainsweep/connectome"
	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/metrics"
)

// analysis is an Analysis that has been read: what is computed of which series, and how it is laid out.
type analysis struct {
	res        *result.Result
	plan       *Plan // only what metrics are computed with
	subject    []int // of each point of a cohort; nil where there is one connectome
	quantities []*analysed
	layout     *result.Layout
	hosts      *hosts // that compute
	warnings   []string
}

// analysed is a quantity whose metrics are computed.
type analysed struct {
	name     string // as metrics.of has it
	variable result.Variable
	setup    metrics.Setup
	skip     int // samples at the start
	rows     map[int]int
	table    []metrics.Metric
	filter   *Filtered   // nil: the series as it is
	channels *result.Dim // sensors or areas; nil: regions
}

// read finds the series and reads what is to be computed of them. The error holds all mistakes.
func (a Analysis) read(res *result.Result) (*analysis, error) {
	an := &analysis{res: res}
	r, err := a.reader(res)
	if err != nil {
		return nil, err
	}
	an.plan = r.plan
	if err := an.connectome(); err != nil {
		return nil, err
	}
	transient := r.laterTransient(a.Transient)
	if err := an.find(r, transient); err != nil {
		return nil, err
	}
	if !r.Has("metrics", "use") && r.Len("target") == 0 {
		r.faultf(fault.Pos{}, "which metrics? name them with --use, for example --use rate,fc; or give a job file with [metrics] or [[target]] by --job")
	}
	if math.IsNaN(r.plan.Run.Step+r.plan.Run.Duration+r.plan.Run.Transient) && len(an.quantities) > 0 { // a result from elsewhere
		r.plan.Run.Step, r.plan.Run.Transient = 1000/an.quantities[0].setup.Rate, 0
		r.plan.Run.Duration = r.plan.Run.Step * float64(an.quantities[0].setup.Samples)
	}
	if len(r.faults) == 0 {
		r.metrics()
		an.periods(r)
		r.targets()
	}
	for _, q := range an.quantities {
		q.table = an.plan.Table(q.name)
		q.setup.Config = an.plan.Metrics.effective
		if q.channels != nil {
			an.channelTable(r, q)
		}
	}
	if err := a.named(r.mistakes()); err != nil {
		return nil, err
	}
	an.warnings = append(r.warnings, an.scarce()...)
	return an, an.lay(a)
}

// scarce tells of series that were kept at fewer points than others that are analysed with them.
func (an *analysis) scarce() []string {
	most := 0
	for _, q := range an.quantities {
		most = max(most, len(q.rows))
	}
	var out []string
	for _, q := range an.quantities {
		if len(q.rows) < most {
			out = append(out, fmt.Sprintf("%s was kept at %s of %d: elsewhere its metrics are NaN", q.variable.Address(), plural(len(q.rows), "point"), an.res.Points))
		}
	}
	return out
}

// reader makes the document of the job file, the flags and --set.
func (a Analysis) reader(res *result.Result) (*reader, error) {
	var text []byte
	var err error
	if a.Job != "" {
		if text, err = os.ReadFile(a.Job); err != nil {
			return nil, unreadable(a.Job, fault.Pos{}, err)
		}
	}
	d, err := document.Parse(a.Job, text)
	if err != nil {
		return nil, err
	}
	r := &reader{Document: d, inputs: newInputs(a.Job), plan: newPlan(), lister: "brainsweep inspect --regions " + res.Path()}
	for flag, words := range map[string][]string{"use": a.Use, "of": a.Of} {
		if words != nil {
			r.faults.Add(d.Set("metrics."+flag, list(words, document.Quote)))
		}
	}
	for _, change := range a.Set {
		address, value, found := strings.Cut(change, "=")
		if !found {
			r.faults.Addf(fault.Pos{File: "--set " + change}, "write address=value, e.g. metrics.fcd.window=\"4 s\"")
			continue
		}
		if section, _, _ := strings.Cut(strings.TrimSpace(address), "."); section != "metrics" && section != "target" {
			r.faults.Addf(fault.Pos{File: "--set " + change}, "the series are there already: only metrics and target can be set")
			continue
		}
		r.faults.Add(d.Set(strings.TrimSpace(address), value))
	}
	r.plan.Run = earlierRun(res)
	return r, nil
}

// named has mistakes in flags told with the flags.
func (a Analysis) named(err error) error {
	list, ok := err.(fault.List)
	if !ok {
		return err
	}
	for i, m := range list {
		for flag, words := range map[string][]string{"use": a.Use, "of": a.Of} {
			if strings.HasPrefix(m.Pos.File, "--set metrics."+flag+"=") {
				if list[i].Pos.File = "--" + flag + " " + strings.Join(words, ","); words == nil {
					list[i].Pos.File = filepath.Base(a.Result) // of all series in it
				}
				list[i].Msg = strings.TrimPrefix(strings.TrimPrefix(m.Msg, "metrics."+flag+": "), "metrics."+flag+".")
			}
		}
	}
	return list
}

// earlierRun is [run] of the job that made a result, as far as its plan tells; times that it does not tell are NaN.
func earlierRun(res *result.Result) Run {
	run := Run{Duration: math.NaN(), Transient: math.NaN(), Step: math.NaN()}
	entries, err := res.Provenance()
	if err != nil {
		return run
	}
	for _, e := range entries {
		text, isText := e.Value.(string)
		if e.Name != "plan" || !isText {
			continue
		}
		d, err := document.Parse("plan", []byte(text))
		if err != nil {
			return run
		}
		for key, to := range map[string]*float64{"duration": &run.Duration, "transient": &run.Transient, "step": &run.Step} {
			if word, err := d.Text("run", key); err == nil {
				if v, err := parseQuantity(word, key, "ms"); err == nil {
					*to = v
				}
			}
		}
	}
	return run
}

// laterTransient reads --transient; 0 where there is none.
func (r *reader) laterTransient(text string) float64 {
	if text == "" {
		return 0
	}
	v, err := parseQuantity(text, "transient", "ms")
	switch {
	case err != nil:
		r.faults.Addf(fault.Pos{File: "--transient " + text}, "%v", err)
	case v < 0:
		r.faults.Addf(fault.Pos{File: "--transient " + text}, "%s is below 0", plainTime(v))
	}
	return v
}

// connectome takes the connectome that the result holds into the plan, or the subjects of a cohort, whose connectomes are
// read when they are needed.
func (an *analysis) connectome() error {
	if !an.res.IsCohort() {
		c, err := an.res.Connectome()
		an.plan.Connectome, an.plan.Subjects = c, []Subject{{}}
		return err
	}
	an.plan.Connectome = &connectome.Connectome{Labels: an.res.Nodes, Source: filepath.Base(an.res.Path())}
	participants, err := an.res.Participants()
	if err != nil {
		return err
	}
	for _, p := range participants {
		if p.Reason == "" {
			an.plan.Subjects = append(an.plan.Subjects, Subject{ID: p.ID})
		}
	}
	order, err := an.res.Numbers("/connectome/order")
	if err != nil {
		return err
	}
	for k, place := range order {
		if n := len(an.res.Nodes); place != float64(k%n) {
			return fault.Mistake{Pos: fault.Pos{File: an.res.Path()},
				Msg: fmt.Sprintf("the regions of subject %s are not those of the others, in one order; brainsweep export %s --to subjects writes a result of each subject, which can be analysed by itself; or the cohort runs again with [metrics] in its job",
					an.plan.Subjects[k/n].ID, an.res.Path())}
		}
	}
	of, err := an.res.Labels("/points/subject")
	if err != nil {
		return err
	}
	an.subject = make([]int, len(of))
	for point, id := range of {
		an.subject[point] = slices.IndexFunc(an.plan.Subjects, func(s Subject) bool { return s.ID == id })
	}
	return nil
}

// connectomeOf is the connectome that a point was simulated with.
func (an *analysis) connectomeOf(point int) (*connectome.Connectome, error) {
	if an.subject == nil {
		return an.plan.Connectome, nil
	}
	return an.res.ConnectomeOf(an.subject[point])
}

// preferred are the monitors whose series stand for a quantity that is named without one, the best first.
var preferred = []string{"average", "bold", "subsample", "raw", "afferent"}

// find finds the series that metrics.of names: "E", or "raw.E" where E was recorded in several ways. Without it that is every quantity.
func (an *analysis) find(r *reader, transient float64) error {
	best, byAddress := map[string]result.Variable{}, map[string]result.Variable{}
	var known, names []string
	for _, v := range an.res.Variables {
		if !v.IsSeries() || len(v.Dims) != 3 || v.Dims[2] != "node" && !slices.Contains(channelDims, v.Dims[2]) {
			continue
		}
		name := path.Base(v.Path)
		byAddress[v.Address()] = v
		known = append(known, v.Address())
		if v.Dims[2] != "node" {
			continue
		}
		rank := func(v result.Variable) int {
			group, _, _ := strings.Cut(v.Address(), ".")
			return slices.Index(preferred, group)
		}
		if old, there := best[name]; !there || rank(v) >= 0 && rank(v) < rank(old) {
			best[name] = v
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(known) == 0 {
		r.faultf(fault.Pos{File: an.res.Path()}, `there is no series in this result, so nothing to compute metrics of: its job had no [[record]], or one with keep = "none"`)
		return nil
	}
	if len(names) == 0 {
		names = known // of sensors and areas alone
	}
	if !r.Has("metrics", "of") {
		if err := r.Set("metrics.of", list(names, document.Quote)); err != nil {
			return err
		}
	}
	of := r.words("metrics", "of")
	an.plan.recorded = map[string]metrics.Setup{} // from here on, nothing is asked of the job's records
	r.readFiltered()
	for _, f := range an.plan.Metrics.Filtered {
		if slices.Contains(names, f.Name) {
			r.faultf(r.Pos("metrics", "filtered", f.Name), "metrics.filtered.%s: the result has a series %s already; give another name", f.Name, f.Name)
		}
	}
	for i, name := range of {
		source := an.plan.source(name)
		v, ok := namedSeries(source, best, byAddress)
		if !ok {
			r.faultf(r.wordPos([]string{"metrics", "of"}, i), "metrics.of: no series of %q was kept%s; the result has %s", source, fault.Suggest(source, append(names, known...)), strings.Join(known, ", "))
			continue
		}
		if slices.Contains(of[:i], name) {
			r.faultf(r.wordPos([]string{"metrics", "of"}, i), "metrics.of: %s stands twice", name)
			continue
		}
		q := &analysed{name: name, variable: v, filter: an.plan.filtered(name)}
		if err := an.describe(r, q, transient); err != nil {
			return err
		}
		an.quantities = append(an.quantities, q)
		an.plan.recorded[name] = q.setup
	}
	return nil
}

// describe finds out what a series is like.
func (an *analysis) describe(r *reader, q *analysed, transient float64) error {
	times, err := an.res.Numbers(q.variable.Coordinates("time"))
	if err != nil {
		return err
	}
	points, err := an.res.PointsOf(q.variable)
	if err != nil {
		return err
	}
	q.rows = map[int]int{}
	for row, point := range points {
		q.rows[point] = row
	}
	means := strings.HasPrefix(q.variable.Address(), "average.")
	if len(times) < 2 {
		others := ""
		if slices.ContainsFunc(an.res.Variables, func(v result.Variable) bool { return v.IsSeries() && v.Path != q.variable.Path }) {
			others = "; --of names other series"
		}
		r.faultf(fault.Pos{File: an.res.Path()}, "%s has %s, and metrics need 2 or more: a longer run, or a record with a shorter period, gives them%s", q.variable.Address(), plural(len(times), "sample"), others)
		return nil
	}
	period := an.period(times)
	for q.skip < len(times) {
		begins := 1000 * times[q.skip] // of what the sample stands for [ms]
		if means {
			begins -= period / 2
		} else {
			begins -= period * 1e-6
		}
		if begins >= transient-period*1e-6 {
			break
		}
		q.skip++
	}
	if q.skip == len(times) {
		r.faultf(fault.Pos{File: "--transient " + plainTime(transient)}, "nothing would be left of %s, which ends after %s", q.variable.Address(), plainTime(1000*times[len(times)-1]))
	}
	if q.channels, err = an.channelsOf(q.variable); err != nil {
		return err
	}
	q.setup = metrics.Setup{Nodes: q.variable.Shape[2], Samples: len(times) - q.skip, Rate: 1000 / period}
	return nil
}

// period is the time from sample to sample [ms]: whole steps, as the job counted them.
func (an *analysis) period(times []float64) float64 {
	period := 1000 * (times[len(times)-1] - times[0]) / float64(len(times)-1)
	if step := an.plan.Run.Step; step > 0 {
		if steps := math.Round(period / step); steps >= 1 && math.Abs(period-steps*step) < 1e-6*period {
			return steps * step
		}
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(period, 'g', 10, 64), 64)
	if err != nil {
		return period
	}
	return rounded
}

// periods notes that metrics.period is not that of a series: it was chosen when the job ran.
func (an *analysis) periods(r *reader) {
	if !r.Has("metrics", "period") || math.IsNaN(an.plan.Metrics.Period) {
		return
	}
	for _, q := range an.quantities {
		recorded := 1000 / q.setup.Rate
		if group, _, _ := strings.Cut(q.variable.Address(), "."); group != "bold" && math.Abs(recorded-an.plan.Metrics.Period) > 1e-9*recorded {
			r.faultf(r.ValuePos("metrics", "period"), "metrics.period: %s, but %s was recorded with a period of %s; leave metrics.period out",
				plainTime(an.plan.Metrics.Period), q.variable.Address(), plainTime(recorded))
		}
	}
}
