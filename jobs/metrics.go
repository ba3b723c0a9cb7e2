package jobs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/metrics"
)

// metrics reads [metrics].
func (r *reader) metrics() {
	if !r.Has("metrics") || !r.isTable("metrics") {
		return
	}
	m := &r.plan.Metrics
	r.metricKeys()
	m.Of, m.Use = r.words("metrics", "of"), r.words("metrics", "use")
	for _, key := range []string{"of", "use"} {
		if !r.Has("metrics", key) && (key == "of" || r.Len("target") == 0) {
			example := map[string]string{"of": fmt.Sprintf("[%q]", r.recordable()[0]), "use": `["rate", "fc"]`}[key]
			r.missing([]string{"metrics", key}, "metrics.%s is missing; write for example %s = %s", key, key, example)
		}
	}
	if r.plan.recorded == nil || r.Has("metrics", "period") { // series that are there have a period of their own
		m.Period = r.period(1, true, []string{"metrics", "period"})
	}
	if r.plan.recorded == nil {
		r.readFiltered()
	}
	known := append(r.recordable(), boldQuantity)
	var names []string
	for _, f := range m.Filtered {
		names = append(names, f.Name)
	}
	if r.ofChannels(m.Of) {
		return
	}
	r.quantities(m.Of, slices.Concat(known, names), []string{"metrics", "of"})
	r.checkFiltered(known)
	if r.Kind("metrics", "use") == "a list" && len(m.Use) == 0 && r.Len("metrics", "use") == 0 && r.Len("target") == 0 {
		r.faultf(r.ValuePos("metrics", "use"), "metrics.use: the list is empty")
	}
	before := len(r.faults)
	r.options()
	r.metricsOfBold()
	sound := len(r.faults) == before
	for i, name := range m.Use {
		found, err := metrics.Lookup(name)
		if err != nil && name != "" {
			r.faults.Add(placed(err, r.usePos(i)))
		}
		for _, metric := range found {
			if r.suits(metric, name, i, sound) && !slices.Contains(m.names, metric.Name) {
				m.names = append(m.names, metric.Name)
			}
		}
	}
}

// usePos is where the name with number i of metrics.use stands.
func (r *reader) usePos(i int) fault.Pos {
	if r.Kind("metrics", "use") == "a string" {
		return r.ValuePos("metrics", "use")
	}
	return r.ValuePos("metrics", "use", strconv.Itoa(i))
}

// metricKeys notes keys of [metrics] that are neither its own nor a group's.
func (r *reader) metricKeys() {
	known := []string{"of", "use", "period", "filtered"}
	for _, g := range metrics.Groups() {
		if len(g.Options) > 0 {
			known = append(known, g.Name)
		}
	}
	for _, key := range r.Keys("metrics") {
		if !slices.Contains(known, key) {
			r.faults.Add(document.Unknown(r.Pos("metrics", key), "key", key, known))
		}
	}
}

// metricsOfBold checks that there is a bold record where metrics of it are wanted.
func (r *reader) metricsOfBold() {
	if r.plan.recorded != nil {
		return
	}
	for i, name := range r.plan.Metrics.Of {
		if r.plan.source(name) == boldQuantity && r.plan.Record("bold") == nil && !r.isRecorded("bold") {
			r.faultf(r.ValuePos("metrics", "of", strconv.Itoa(i)),
				`metrics.of: bold is not recorded; add a [[record]] with monitor = "bold" (keep = "none" writes no series)`)
		}
	}
}

// suits tells whether a metric can be computed of any quantity: the run is long enough, and what it cannot do without is given. A
// mistake is noted where the metric was asked for by its name or its group's; "all" means those that can be computed, for each
// quantity by itself.
func (r *reader) suits(m metrics.Metric, asked string, use int, sound bool) bool {
	p := r.plan
	if !sound || p.Connectome == nil || math.IsNaN(p.Run.Step) {
		return true
	}
	if !r.hasOptions(m, asked, use) {
		return false
	}
	var without []string
	for i, name := range p.Metrics.Of {
		if m.Least == nil || !r.hasSeries(name) {
			continue
		}
		setup := p.metricSetup(name)
		need := m.Least(setup)
		if piece := pieceWrong(m.Group, name, setup); need.Never == "" && piece != "" {
			need.Never = piece
		}
		if need.Never == "" && setup.Samples >= need.Samples {
			continue
		}
		without = append(without, name)
		short := fmt.Sprintf("%s of %s", m.Group, name)
		switch {
		case asked == "all" && need.Never != "":
			r.warnOnce(fmt.Sprintf("metrics.use: all leaves out %s: %s", short, need.Never))
		case asked == "all":
			r.warnOnce(fmt.Sprintf("metrics.use: the run is too short for %s, which needs at least %s (%s); there are %d", short,
				samples(need.Samples), need.Why, setup.Samples))
		case need.Never != "":
			r.once(r.ofPos(i), need.Never)
			return false
		default:
			r.once(r.ofPos(i), fmt.Sprintf("metrics.of: %s needs at least %s (%s); with a period of %s there are %d%s", short,
				samples(need.Samples), need.Why, plainTime(1000/setup.Rate), setup.Samples, r.longer(setup, need)))
		}
	}
	if len(without) > 0 && (asked != "all" || len(without) == len(p.Metrics.Of)) {
		return false
	}
	for _, name := range without {
		p.Metrics.leaveOut(name, m.Name)
	}
	return true
}

// pieceWrong says that a group cuts the series of a quantity into pieces of less than two samples, of which nothing can be drawn; ""
// where it does not.
func pieceWrong(group, quantity string, setup metrics.Setup) string {
	for _, g := range metrics.Groups() {
		for _, o := range g.Options {
			if address := g.Name + "." + o.Name; g.Name == group && o.Piece() && setup.Pieces(address) < 2 {
				period := 1000 / setup.Rate
				return fmt.Sprintf("metrics.%s: %s is less than two samples of %s, whose period is %s; ten would be %s = %q",
					address, plainTime(1000*setup.Config.Option(address)[0]), quantity, plainTime(period), o.Name, plainTime(10*period))
			}
		}
	}
	return ""
}

// hasOptions tells whether what a metric cannot do without is given.
func (r *reader) hasOptions(m metrics.Metric, asked string, use int) bool {
	for _, g := range metrics.Groups() {
		for _, o := range g.Options {
			address := g.Name + "." + o.Name
			if g.Name != m.Group || !o.Required || len(r.plan.Metrics.effective[address]) > 0 {
				continue
			}
			if asked != "all" {
				r.once(r.usePos(use), fmt.Sprintf("metrics.use: %s needs metrics.%s (%s)", g.Name, address, o.About))
			} else {
				r.warnOnce(fmt.Sprintf("metrics.use: all leaves out %s, which needs metrics.%s (%s)", g.Name, address, o.About))
			}
			return false
		}
	}
	return true
}

// leaveOut leaves a metric out of a quantity.
func (m *Metrics) leaveOut(quantity, metric string) {
	if m.without == nil {
		m.without = map[string][]string{}
	}
	if !slices.Contains(m.without[quantity], metric) {
		m.without[quantity] = append(m.without[quantity], metric)
	}
}

// longer says what would make a series long enough: a longer run, where there is to be one, or other options of the metric.
func (r *reader) longer(setup metrics.Setup, need metrics.Need) string {
	var ways []string
	if run := r.plan.Run; r.plan.recorded == nil {
		lacks := float64(need.Samples-setup.Samples) * 1000 / setup.Rate
		ways = append(ways, fmt.Sprintf("run.duration = %q", plainTime(run.Duration+lacks)))
	}
	if need.Options != "" {
		ways = append(ways, need.Options)
	}
	if len(ways) == 0 {
		return ""
	}
	return "; enough would be " + strings.Join(ways, ", or ")
}

func samples(n int) string { return fmt.Sprintf("%d samples", n) }

// hasSeries tells whether what metrics of a quantity are drawn from is known.
func (r *reader) hasSeries(name string) bool {
	if r.plan.recorded != nil {
		return true
	}
	if r.plan.source(name) == boldQuantity {
		return r.plan.Record("bold") != nil
	}
	return !math.IsNaN(r.plan.Metrics.Period)
}

func (r *reader) ofPos(i int) fault.Pos {
	if r.Kind("metrics", "of") == "a string" {
		return r.ValuePos("metrics", "of")
	}
	return r.ValuePos("metrics", "of", strconv.Itoa(i))
}

// once notes a mistake that several metrics share.
func (r *reader) once(pos fault.Pos, msg string) {
	if !slices.ContainsFunc(r.faults, func(m fault.Mistake) bool { return m.Pos == pos && m.Msg == msg }) {
		r.faults.Addf(pos, "%s", msg)
	}
}

func (r *reader) warnOnce(text string) {
	if !slices.Contains(r.warnings, text) {
		r.warnings = append(r.warnings, text)
	}
}

// isRecorded tells whether the file has a record of the monitor, good or not.
func (r *reader) isRecorded(monitor string) bool {
	for i := range r.Len("record") {
		if r.Value("record", strconv.Itoa(i), "monitor") == monitor {
			return true
		}
	}
	return false
}
