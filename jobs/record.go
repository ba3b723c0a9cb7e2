package jobs

import (
	"slices"

	"brainsweep/model"
)

// Record is one monitor of a plan: what is kept of the simulation over time.
type Record struct {
	Monitor string   // one of monitorNames
	Of      []string // states and observables; of bold the one that drives it
	Period  float64  // [ms]
	Keep    Keep
	Bold    *Bold // of the monitor bold
	View    *View // of monitors that see something else than every node
}

// Means reports whether the samples are means over the period.
func (r *Record) Means() bool { return slices.Contains(averaging(), r.Monitor) }

// Keep says of which points a record's series are written.
type Keep struct {
	Mode     string // all, none or best
	Count    int    // of best: how many points
	Quantity string // of best: what is ranked by, e.g. E
	Metric   string // and which metric of it, e.g. rate_mean
	Least    bool   // of best: the points where it is smallest
}

// The modes of Keep.
const (
	KeepAll  = "all"
	KeepNone = "none"
	KeepBest = "best"
)

// Bold is the haemodynamic part of the monitor bold.
type Bold struct {
	Kernel     string       // balloon, or the name of a response among sim.HRFs
	Step       float64      // [ms] of the balloon's own steps, or of the means that are convolved with a response
	Source     string       // of the balloon's model, as the job names it; what is below, but for the parameters, is the balloon's, too
	Model      *model.Model // nil with a response
	Preset     string       // what it sets is in Parameters and Initial
	Initial    []float64    // of each state
	Parameters []Setting    // of the balloon or the response, with addresses bold.<name>, swept ones as their first value
}

// boldSetting is the setting at an address "bold.<name>", nil when there is none. It enters no equation of the nodes, and so
// no name of a point: points that differ in it alone are the same simulation, seen otherwise.
func (p *Plan) boldSetting(address string) *Setting {
	rec := p.Record("bold")
	if rec == nil || rec.Bold == nil {
		return nil
	}
	i := slices.IndexFunc(rec.Bold.Parameters, func(s Setting) bool { return s.Address == address })
	if i < 0 {
		return nil
	}
	return &rec.Bold.Parameters[i]
}
