package sim

import "brainsweep/connectome"

// NewWiringBy is NewWiring with all near pairs in columns, or none.
func NewWiringBy(c *connectome.Connectome, speed, step float64, columns bool) (*Wiring, error) {
	return newWiring(c, speed, step, func(int, int, int) bool { return columns })
}

// Fit tells whether the wirings of a batch have so many edges at most.
func Fit(wirings []*Wiring, most int) error { return fit(wirings, most) }
