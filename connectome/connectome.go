// Package connectome holds how regions are wired: weights, tract lengths, and where the regions lie.
//
// Matrices are flat and row-major: the row is the target, the column the source, so that row i holds
// everything that arrives at region i. Lengths are in mm, speeds in mm/ms, times in ms.
package connectome

import "slices"

// MaxRegions is the largest number of regions of a connectome: its two matrices fill 1.6 GB.
const MaxRegions = 10000

// Connectome is the wiring of one brain. It is never changed after it is made: methods that alter something
// return a connectome of their own.
type Connectome struct {
	Labels       []string     // names of the regions, each once
	Weights      []float64    // n*n, row = target, column = source; 0 means no connection
	Lengths      []float64    // n*n, lengths of the tracts [mm]
	Centres      [][3]float64 // centres of the regions [mm]; nil when unknown
	Orientations [][3]float64 // mean outward normals of the regions; nil when unknown
	Areas        []float64    // areas of the regions [mm²]; nil when unknown
	Cortical     []bool       // whether a region is cortex; nil when unknown
	Right        []bool       // whether a region lies in the right hemisphere; nil when unknown
	Source       string       // where it comes from: a path, or synthetic:N
	Notes        []string     // what its reader had to make up, one sentence each
}

// N returns the number of regions.
func (c *Connectome) N() int { return len(c.Labels) }

// ZeroDiagonal returns the connectome without connections of a region to itself. Lengths stay as they are.
func (c *Connectome) ZeroDiagonal() *Connectome {
	out := *c
	out.Weights = slices.Clone(c.Weights)
	for i, n := 0, c.N(); i < n; i++ {
		out.Weights[i*n+i] = 0
	}
	return &out
}

// Edge is one connection.
type Edge struct {
	Target, Source int
	Weight         float64
	Length         float64 // [mm]
}

// Edges returns the connections, weights other than 0, in row-major order: by target, then by source.
func (c *Connectome) Edges() []Edge {
	count := 0
	for _, w := range c.Weights {
		if w != 0 {
			count++
		}
	}
	edges, n := make([]Edge, 0, count), c.N()
	for k, w := range c.Weights {
		if w != 0 {
			edges = append(edges, Edge{Target: k / n, Source: k % n, Weight: w, Length: c.Lengths[k]})
		}
	}
	return edges
}
