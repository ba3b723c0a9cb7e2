package connectome

import (
	"fmt"
	"math"
	"strconv"

	"brainsweep/fault"
)

// The synthetic brain is of human size. Figures "of tvb-data" are least-squares fits to the two tractography
// connectomes with streamline weights in TVB's data set (66 and 68 regions): ln(weight) falls by one per 28 and
// 21 mm of straight distance with a residual of 1.4 and 2.4, half the tracts are longer than 1.43 and 1.36 times
// the straight distance, and 32 and 27 % of the pairs are connected.
const (
	halfWidth  = 62.0 // semi-axis of a hemisphere from the midline outwards, x [mm]
	halfLength = 85.0 // semi-axis from back to front, y [mm]
	halfHeight = 58.0 // semi-axis from below to above, z [mm]
	gap        = 4.0  // distance of a hemisphere's medial face from the midline [mm]
	callosum   = 36.0 // half the length of the corpus callosum, through which hemispheres are wired [mm]

	decay      = 1.0 / 25 // of weight and of probability with distance [1/mm]
	spread     = 1.5      // standard deviation of ln(weight) about the distance rule
	tortuosity = 1.4      // length of a tract over its straight distance
	density    = 0.28     // share of pairs that are connected in a small brain
	maxDegree  = 100      // mean number of partners of a region in a large brain
)

// Synthetic makes a brain of n regions, 2 to MaxRegions, in two mirrored hemispheres; an odd n leaves the last
// region of the left one without a twin. The same n gives the same brain, on every machine.
//
// Regions lie on half ellipsoids, spread evenly by a Fibonacci lattice (Swinbank and Purser 2006, Q J R Meteorol
// Soc 132:1769). Two regions at distance d, which leads through the corpus callosum if they lie on different
// sides, are connected with probability 1 - exp(-c exp(-d/25 mm)), and the weight is exp(-d/25 mm) times a
// log-normal number: the exponential distance rule (Ercsey-Ravasz et al. 2013, Neuron 80:184, in macaque) with
// log-normal weights over five orders of magnitude (Markov et al. 2014, Cereb Cortex 24:17), both found in man
// too (Rosen and Halgren 2021, eNeuro 8(1), ENEURO.0416-20.2020). Twins are always connected, and fade with half
// the decay, since homologous regions are wired more closely than the rule says (Rosen and Halgren). Nearest
// neighbours within a hemisphere are always connected, so that every region has input.
// Weights are symmetric, as tractography's are, the largest is 1, and the diagonal is 0.
// Lengths are given for all pairs, connected or not.
func Synthetic(n int) (*Connectome, error) {
	if n < 2 || n > MaxRegions {
		return nil, fault.Mistake{Msg: fmt.Sprintf("synthetic:%d: a connectome has from 2 to %d regions", n, MaxRegions)}
	}
	c := &Connectome{
		Weights: make([]float64, n*n),
		Lengths: make([]float64, n*n),
		Source:  fmt.Sprintf("synthetic:%d", n),
	}
	c.placeRegions(n)
	c.layTracts()
	c.connect()
	c.scaleToOne()
	return c, nil
}

// placeRegions puts the left regions first, then their twins on the right in the same order.
func (c *Connectome) placeRegions(n int) {
	left := (n + 1) / 2
	digits := max(2, len(strconv.Itoa(left)))
	golden := math.Pi * (3 - math.Sqrt(5))
	for i := range n {
		k, side, sign := i, "L", -1.0
		if i >= left {
			k, side, sign = i-left, "R", 1.0
		}
		x := (float64(k) + 0.5) / float64(left) // even steps along the axis are even steps in area (Archimedes)
		radius, angle := math.Sqrt(1-x*x), golden*float64(k)
		c.Labels = append(c.Labels, fmt.Sprintf("%s.%0*d", side, digits, k+1))
		c.Centres = append(c.Centres, [3]float64{
			sign * hundredths(gap+halfWidth*x),
			hundredths(halfLength * radius * math.Cos(angle)),
			hundredths(halfHeight * radius * math.Sin(angle)),
		})
		c.Cortical = append(c.Cortical, true)
		c.Right = append(c.Right, sign > 0)
	}
}

// layTracts fills Lengths with the lengths of all possible tracts.
func (c *Connectome) layTracts() {
	n := c.N()
	for i := range n {
		for j := range i {
			length := hundredths(tortuosity * wire(c.Centres[i], c.Centres[j]))
			c.Lengths[i*n+j], c.Lengths[j*n+i] = length, length
		}
	}
}

// wire is the distance between two regions [mm]: straight within a hemisphere, else by way of the callosum.
func wire(p, q [3]float64) float64 {
	if (p[0] < 0) == (q[0] < 0) {
		return distance(p, q)
	}
	y := max(-callosum, min(callosum, (p[1]+q[1])/2))
	crossing := [3]float64{0, y, 0}
	return distance(p, crossing) + distance(crossing, q)
}

func distance(p, q [3]float64) float64 {
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

// connect decides which pairs are connected, and how strongly.
func (c *Connectome) connect() {
	n := c.N()
	left := (n + 1) / 2
	rate, nearest := c.rate(), c.nearest()
	for i := range n {
		for j := range i {
			d := c.Lengths[i*n+j] / tortuosity
			twins := i-left == j
			chance := -math.Expm1(-rate * math.Exp(-decay*d))
			if !twins && nearest[i] != j && nearest[j] != i && uniform(presence, i, j) >= chance {
				continue
			}
			if twins {
				d /= 2
			}
			weight := math.Exp(spread*normal(strength, i, j) - decay*d)
			c.Weights[i*n+j], c.Weights[j*n+i] = weight, weight
		}
	}
}

// rate finds the c of Synthetic's probability that gives the wanted number of connections, by bisection
// over a histogram of distances.
func (c *Connectome) rate() float64 {
	n := c.N()
	pairs := make([]float64, 1+int(maximum(c.Lengths)/tortuosity)) // by distance in whole mm
	for i := range n {
		for j := range i {
			pairs[int(c.Lengths[i*n+j]/tortuosity)]++
		}
	}
	wanted := float64(n) / 2 * min(density*float64(n-1), maxDegree)
	low, high := math.Log(1e-6), math.Log(1e12)
	for range 60 {
		middle, expected := (low+high)/2, 0.0
		for d, count := range pairs {
			expected -= count * math.Expm1(-math.Exp(middle-decay*(float64(d)+0.5)))
		}
		if expected < wanted {
			low = middle
		} else {
			high = middle
		}
	}
	return math.Exp(low)
}

// nearest returns every region's nearest neighbour in its own hemisphere, or -1 where it is alone.
func (c *Connectome) nearest() []int {
	n := c.N()
	nearest := make([]int, n)
	for i := range n {
		nearest[i] = -1
		for j := range n {
			if i == j || c.Right[i] != c.Right[j] {
				continue
			}
			if nearest[i] < 0 || c.Lengths[i*n+j] < c.Lengths[i*n+nearest[i]] {
				nearest[i] = j
			}
		}
	}
	return nearest
}

// scaleToOne makes the largest weight 1 and leaves six digits, so that the last bits of a machine's exp do not show.
func (c *Connectome) scaleToOne() {
	largest := maximum(c.Weights)
	for k, w := range c.Weights {
		if w != 0 {
			c.Weights[k], _ = strconv.ParseFloat(strconv.FormatFloat(w/largest, 'e', 5, 64), 64)
		}
	}
}

// hundredths rounds to 0.01, for the same reason.
func hundredths(x float64) float64 { return math.Round(x*100) / 100 }
