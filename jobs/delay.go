package jobs

import (
	"math"
	"slices"

	"brainsweep/connectome"
)

// delays checks what a step does to the delays. A delay is length/speed/step rounded to whole steps, as TVB has it;
// where that is 0 though the length is not, the connection acts without delay. TVB says nothing then. Here a few
// such connections are worth a warning, and more than a tenth of those of a length are a mistake, for the delays
// are then not what is studied. A swept speed counts with its greatest value. A speed at which the longest connection takes
// less than a thousandth of a step says that there are to be no delays, and is left out.
func (r *reader) delays() {
	const bearable = 0.1
	p := r.plan
	if p.Connectome == nil || r.inputs.sealed && p.Cohort != nil || p.Setting("connectome.speed") == nil || math.IsNaN(p.Run.Step) || p.Model == nil || len(p.Model.Coupled) == 0 {
		return
	}
	if slowest(p) <= 0 {
		return // noted already
	}
	const none = 1e-3
	at := r.ValuePos("run", "step")
	delayed := slices.DeleteFunc(slices.Clone(speeds(p)), func(speed float64) bool { return p.longest()/speed < none*p.Run.Step })
	if len(delayed) < len(speeds(p)) && p.longest() > 0 {
		r.warnf("connectome.speed: at %v mm/ms no connection has a delay", slices.Max(speeds(p)))
	}
	if len(delayed) == 0 {
		return
	}
	speed := slices.Max(delayed)
	long, lost, shortest := 0, 0, math.Inf(1)
	for i := range p.Subjects {
		c, err := p.ConnectomeOf(i)
		if err != nil {
			r.faults.Add(err)
			return
		}
		for _, e := range c.Edges() {
			if e.Length <= 0 {
				continue
			}
			long++
			shortest = min(shortest, e.Length)
			if math.RoundToEven(e.Length/speed/p.Run.Step) == 0 {
				lost++
			}
		}
	}
	if _, err := connectome.Delay(p.longest(), slowest(p), p.Run.Step); err != nil {
		r.faults.Add(placed(err, at))
	}
	const message = "run.step: %s is too large for the delays: at %v mm/ms, %d of the %d connections with a length lose their delay; a step below %.4g ms keeps them all"
	limit := 2 * shortest / speed // half a step is rounded to 0
	digits := math.Pow(10, 3-math.Floor(math.Log10(limit)))
	limit = math.Floor(limit*digits) / digits
	switch {
	case lost == 0:
	case float64(lost) > bearable*float64(long):
		r.faultf(at, message, plainTime(p.Run.Step), speed, lost, long, limit)
	default:
		r.warnf(message, plainTime(p.Run.Step), speed, lost, long, limit)
	}
}

// slowest is the least of a plan's conduction speeds [mm/ms].
func slowest(p *Plan) float64 { return slices.Min(speeds(p)) }

func speeds(p *Plan) []float64 {
	if k, ok := p.axes["connectome.speed"]; ok {
		return values(p.Sweep.Axes[k])
	}
	return p.Setting("connectome.speed").Values
}
