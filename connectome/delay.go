package connectome

import (
	"math"

	"brainsweep/fault"
)

// Delay returns how many steps of step [ms] a signal at speed [mm/ms] takes over length [mm]:
// length/speed/step rounded half to even, as TVB has it. The error is a mistake of the user's: a speed or a step
// that is not above 0, or a delay of more steps than an int32 counts.
func Delay(length, speed, step float64) (int32, error) {
	if !(speed > 0) {
		return 0, fault.Mistake{Msg: "conduction speed " + number(speed) + " mm/ms is not above 0"}
	}
	if !(step > 0) {
		return 0, fault.Mistake{Msg: "step " + number(step) + " ms is not above 0"}
	}
	// Two divisions, not one by a product: the last bit decides halves.
	steps := math.RoundToEven(length / speed / step)
	if !(steps >= 0 && steps <= math.MaxInt32) {
		return 0, fault.Mistake{Msg: "a tract of " + number(length) + " mm at " + number(speed) + " mm/ms takes " +
			number(steps) + " steps of " + number(step) + " ms: more than can be kept"}
	}
	return int32(steps), nil
}

// Delays returns the delay of every pair in steps, n*n as Lengths, also of pairs without a connection.
func (c *Connectome) Delays(speed, step float64) ([]int32, error) {
	delays := make([]int32, len(c.Lengths))
	for k, length := range c.Lengths {
		d, err := Delay(length, speed, step)
		if err != nil {
			return nil, err
		}
		delays[k] = d
	}
	return delays, nil
}

// MaxDelay returns the longest delay over all pairs in steps, also over those without a connection, as TVB does.
// One more is the number of states that a simulation has to remember (TVB's horizon).
func (c *Connectome) MaxDelay(speed, step float64) (int, error) {
	longest := 0.0
	if len(c.Lengths) > 0 {
		longest = max(longest, maximum(c.Lengths))
	}
	d, err := Delay(longest, speed, step)
	return int(d), err
}

func maximum(x []float64) float64 {
	m := math.Inf(-1)
	for _, v := range x {
		m = max(m, v)
	}
	return m
}
