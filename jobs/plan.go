package jobs

import (
	"math"
	"slices"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/metrics"
	"brainsweep/model"
	"brainsweep/sweep"
)

// Plan is everything that decides a job's result: equal plans give equal results. It knows no rank and no device,
// and is never changed after Parse has made it.
type Plan struct {
	Title       string
	ModelSource string // as the job names it
	Model       *model.Model
	Preset      string // what it sets is in Settings

	ConnectomeSource string // as the job names it
	Normalise        string
	Diagonal         string // keep or zero
	// Connectome is that of the only subject as it enters the equations. Of a cohort it has the labels of all subjects'
	// nodes, each once, and no matrices: node by node numbers of the plan and of its result are in their order.
	Connectome *connectome.Connectome
	Subjects   []Subject           // at least one
	Cohort     *Cohort             // nil where the job names one connectome
	Lesions    []connectome.Lesion // nodes as in Connectome; their scales are Settings

	Coupling model.Coupling
	Stimuli  []codegen.Stimulus
	Series   []*Series // of each stimulus, nil for those with a formula
	Run      Run
	Settings []Setting // every number that enters the equations
	Sweep    Sweep
	Records  []Record
	Metrics  Metrics
	Targets  []Target

	recorded map[string]metrics.Setup // of an analysis: what the series are like that a result has kept, by quantity

	settings map[string]int // of Settings by address
	axes     map[string]int // of Sweep.Axes by address
	names    []naming       // of each subject's points
	shelf    *shelf         // of a cohort's connectomes
}

// Run is how long, how finely and with which random numbers a plan is simulated.
type Run struct {
	Duration  float64 // [ms] simulated in all
	Transient float64 // [ms] of it at the start that are not recorded
	Step      float64 // [ms]
	Scheme    string  // a name among codegen.Schemes
	Precision int     // 32 or 64
	Seed      uint64
	Noise     string // independent, common or none
}

// The kinds of Run.Noise.
const (
	NoiseIndependent = "independent" // every point has draws of its own
	NoiseCommon      = "common"      // all points have the same draws
	NoiseNone        = "none"        // D is 0 everywhere
)

// Steps is the number of steps to simulate.
func (r Run) Steps() int64 { return wholeSteps(r.Duration, r.Step) }

// TransientSteps is the number of steps at the start that are not recorded.
func (r Run) TransientSteps() int64 { return wholeSteps(r.Transient, r.Step) }

// wholeSteps rounds a time to steps; Parse has made sure that it is a multiple.
func wholeSteps(time, step float64) int64 { return int64(math.RoundToEven(time / step)) }

// Setting is a number that enters the equations, under its address: a parameter by its bare name, coupling.a,
// connectome.speed, noise.ou, initial.E. States without a setting "initial.<state>" start from values drawn from
// the model's ranges. A swept address has a setting, too; what stands there is overruled at every point.
type Setting struct {
	Address  string
	Unit     string
	Values   []float64 // one for all nodes, or one for each node
	Min, Max float64   // of allowed values
	Map      *Map      // that the values follow, which are those of the first subject then; nil without one
}

// Sweep is the space of points, and how the job file wrote it.
type Sweep struct {
	sweep.Space
	Rules []Rule // of each axis
	File  string // of mode list
}

// Rule is an axis given as a range; Points is 0 for an axis given as a list of values, and in a drawn mode.
type Rule struct {
	Range  bool
	From   float64
	To     float64
	Points int
	Log    bool
}

// Metrics is what is drawn from series while they run.
type Metrics struct {
	Of     []string       // states, observables, "bold", or names of Filtered
	Use    []string       // names and groups of package metrics, as the job has them
	Period float64        // [ms] of the means that metrics of states and observables are computed from
	Config metrics.Config // the options that the job chooses

	Filtered []Filtered // quantities of metrics besides those that are simulated

	names     []string            // of the metrics that Use stands for
	without   map[string][]string // of a quantity: those of names that "all" leaves out of it
	effective metrics.Config      // Config and what follows from the connectome
}

// Table returns the metrics that Use stands for at a quantity, each once, in the order of the table; without a quantity those
// that any has.
func (m Metrics) Table(quantity string) []metrics.Metric {
	return slices.DeleteFunc(metrics.Table(), func(metric metrics.Metric) bool {
		return !slices.Contains(m.names, metric.Name) || slices.Contains(m.without[quantity], metric.Name)
	})
}

// metricSetup is what is known of the series that metrics of a quantity are drawn from.
func (p *Plan) metricSetup(quantity string) metrics.Setup {
	if s, ok := p.recorded[quantity]; ok {
		s.Config = p.Metrics.effective
		return s
	}
	period, means := p.Metrics.Period, true
	if p.source(quantity) == boldQuantity {
		period, means = p.Record("bold").Period, false
	}
	return metrics.Setup{Nodes: p.Connectome.N(), Samples: int(p.Samples(period, means)), Rate: 1000 / period, Config: p.Metrics.effective}
}

// metricConfig is what metrics of a subject are computed with.
func (p *Plan) metricConfig(subject int) metrics.Config {
	if own := p.Subjects[subject].config; own != nil {
		return own
	}
	return p.Metrics.effective
}

// Setting returns the setting at an address, nil when there is none.
func (p *Plan) Setting(address string) *Setting {
	if i, ok := p.settings[address]; ok {
		return &p.Settings[i]
	}
	return nil
}

// Swept reports whether the quantity at an address is an axis of the sweep.
func (p *Plan) Swept(address string) bool {
	_, ok := p.axes[address]
	return ok
}

// PerNode lists the addresses of parameters and coupling parameters that differ from node to node.
func (p *Plan) PerNode() []string {
	var out []string
	for _, s := range p.Settings {
		if len(s.Values) > 1 && !isInitial(s.Address) {
			out = append(out, s.Address)
		}
	}
	return out
}

// Points is the number of points: those of the sweep for each subject and seed.
func (p *Plan) Points() int { return p.perSubject() * max(1, len(p.Subjects)) }

// perSubject is the number of points of each subject.
func (p *Plan) perSubject() int { return p.Sweep.Len() * p.seeds() }

// seeds is the number of seeds with which each parameter set is simulated.
func (p *Plan) seeds() int {
	if p.Cohort == nil {
		return 1
	}
	return p.Cohort.Seeds
}

// Record returns the record of a monitor, nil when there is none.
func (p *Plan) Record(monitor string) *Record {
	for i := range p.Records {
		if p.Records[i].Monitor == monitor {
			return &p.Records[i]
		}
	}
	return nil
}

// Samples is the number of samples of a series with the period [ms]. Samples sit on multiples of the period since
// the start; recording begins with the first whole period after the transient when they are means (of an average, or
// of a metric), else with the first sample after the transient.
func (p *Plan) Samples(period float64, means bool) int64 {
	every, silent := wholeSteps(period, p.Run.Step), p.Run.TransientSteps()
	first := silent/every + 1
	if means {
		first = (silent+every-1)/every + 1
	}
	return max(0, p.Run.Steps()/every-first+1)
}

// canonical brings the settings into one order, and what a swept one stands for to the first value of its axis, so that
// plans that mean the same are equal.
func (p *Plan) canonical() {
	order := map[string]int{}
	if p.Model != nil {
		for i, s := range p.Model.States {
			order["initial."+s.Name] = i + 1
		}
	}
	slices.SortStableFunc(p.Settings, func(a, b Setting) int { return order[a.Address] - order[b.Address] })
	for i, s := range p.Settings {
		p.settings[s.Address] = i
		if k, ok := p.axes[s.Address]; ok {
			p.Settings[i].Values = values(p.Sweep.Axes[k])[:1]
		}
	}
	for k, axis := range p.Sweep.Axes {
		if s := p.boldSetting(axis.Address); s != nil {
			s.Values = values(p.Sweep.Axes[k])[:1]
		}
	}
}
