package jobs

import (
	"fmt"
	"math"

	"brainsweep/document"
	"brainsweep/fault"
)

// times checks how the times of [run] go together.
func (r *reader) times() {
	run := &r.plan.Run
	before := len(r.faults)
	at := func(key string) fault.Pos { return r.ValuePos("run", key) }
	if run.Step <= 0 {
		r.faultf(at("step"), "run.step: %v ms is not above 0", run.Step)
	}
	if run.Duration <= 0 {
		r.faultf(at("duration"), "run.duration: %v ms is not above 0", run.Duration)
	}
	if run.Transient < 0 {
		r.faultf(at("transient"), "run.transient: %v ms is below 0", run.Transient)
	}
	if len(r.faults) == before {
		r.multiple(run.Duration, "run", "duration")
		r.multiple(run.Transient, "run", "transient")
		if run.Duration <= run.Transient {
			r.faultf(at("duration"), "run.duration: %s are simulated in all, and the first %s of them are not recorded: nothing would be left; the duration must be longer than the transient",
				plainTime(run.Duration), plainTime(run.Transient))
		}
	}
	if len(r.faults) == before && run.Duration/run.Step > 1<<52 {
		r.faultf(at("duration"), "run.duration: %v steps are more than can be counted", run.Duration/run.Step)
	}
	if len(r.faults) > before {
		run.Step = math.NaN()
	}
}

// isMultiple tells whether time is a whole number of steps, but for rounding. Less than half a step is no step only when
// it is 0.
func isMultiple(time, step float64) bool {
	n := time / step
	whole := math.RoundToEven(n)
	return math.Abs(n-whole) <= 1e-9*max(1, n) && (whole != 0 || time == 0)
}

// multiple notes a time that is no whole number of the job's steps, naming the nearest that are.
func (r *reader) multiple(time float64, path ...string) bool {
	step := r.plan.Run.Step
	if math.IsNaN(step) || isMultiple(time, step) {
		return true
	}
	below, above := math.Floor(time/step)*step, math.Ceil(time/step)*step
	nearest := "nearest is " + plainTime(above)
	if below > 0 {
		nearest = "nearest are " + plainTime(below) + " and " + plainTime(above)
	}
	r.faultf(r.ValuePos(path...), "%s: %s is not a multiple of the step, %s; %s",
		document.Address(path...), plainTime(time), plainTime(step), nearest)
	return false
}

// plainTime writes a time [ms] for a message, without the rounding of the last digits.
func plainTime(ms float64) string {
	if ms >= 1000 {
		return fmt.Sprintf("%.12g s", ms/1000)
	}
	return fmt.Sprintf("%.12g ms", ms)
}
