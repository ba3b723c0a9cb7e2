package connectome

import (
	"math"
	"strconv"
)

// How far people are apart: standard deviations of ln(weight) and of ln(length), and the share of the weakest
// connections that one has and another has not. They are made up: enough to tell subjects apart, not a finding.
const (
	weightSpread = 0.3
	lengthSpread = 0.05
	comeAndGo    = 0.1
)

// Jittered returns the brain of another person: weights and lengths differ by log-normal factors, the same for both
// directions of a pair, and some of the weaker connections are missing. The same person, counted from 0, is the same on
// every machine.
func (c *Connectome) Jittered(person int) *Connectome {
	out, n := *c, c.N()
	out.Weights, out.Lengths = make([]float64, n*n), make([]float64, n*n)
	largest, of := maximum(c.Weights), func(purpose int) int { return 16 + 4*person + purpose }
	for i := range n {
		for j := range n {
			low, high := min(i, j), max(i, j)
			k := i*n + j
			length := c.Lengths[k] * math.Exp(lengthSpread*normal(of(0), low, high))
			out.Lengths[k] = hundredths(length)
			weight := c.Weights[k] * math.Exp(weightSpread*normal(of(1), low, high))
			weak := c.Weights[k] < largest/1000
			if weight == 0 || weak && uniform(of(2), low, high) < comeAndGo {
				continue
			}
			out.Weights[k], _ = strconv.ParseFloat(strconv.FormatFloat(weight, 'e', 5, 64), 64)
		}
	}
	out.Source = c.Source + ", person " + strconv.Itoa(person)
	return &out
}
