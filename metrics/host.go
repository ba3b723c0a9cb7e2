package metrics

import (
	"embed"
	"errors"
	"math"
	"strings"
)

//go:embed kernel/*.c
var kernels embed.FS

// Kernels is the source of the kernels that a Machine runs, in the language of docs/kernel-contract.md and with the
// vectors of gcc and clang, for the cores of a host.
func Kernels() (string, error) {
	var text strings.Builder
	for _, name := range []string{"lanes", "survey", "lay", "fft", "welch", "phase", "histogram", "states", "products", "windows", "walks", "profile"} {
		part, err := kernels.ReadFile("kernel/" + name + ".c")
		if err != nil {
			return "", err
		}
		text.Write(part)
		text.WriteByte('\n')
	}
	return text.String(), nil
}

// Machine runs the kernels of Kernels. It is used by one goroutine at a time.
type Machine interface {
	// Memory gives memory that launches see, zeroed, until it is freed.
	Memory(size int) (Memory, error)
	// Launch runs a kernel and gives the first count numbers that it leaves, which the next launch overwrites unless they go
	// into memory of their own.
	Launch(kernel string, t Task, count int) ([]float64, error)
}

// Task is what a kernel is told.
type Task struct {
	Of         Span
	Numbers    []int64
	Table      []float64
	Tables     [][]float64 // behind it
	Work, Kept int         // numbers of scratch that it needs, and of what it leaves to later kernels
	Come       Memory      // samples that have come, in place of scratch; nil: none
	Laid       Memory      // has all tables already; nil: none
	Into       Memory      // takes what the kernel leaves; nil: memory that the next launch uses again
}

// Span is some samples of a series in tiles: those of memory that the launch is about.
type Span struct {
	Memory         Memory // nil: a launch is about none
	Bits           int    // of a number
	Room           int    // samples that a tile has room for
	First, Samples int
	Factor         float64 // takes the numbers to the unit of the report
}

// Host has a machine do what takes most of the time of metrics. What the machine does is done in Go where there is
// none, to the same numbers but for rounding. A Host serves one goroutine.
type Host struct {
	machine Machine
	nodes   int
	rows    *Tiles // of Hosted
	room    room[float64]
	lengths room[int] // of States
	pieces  pieces
	plans   map[int]*plan
	last    axis // of spectra
	bent    bends
	changed [tileWidth][]int // see changes
	sorter  sorter
	err     error

	structures map[string]*structure // the last ones
}

// NewHost returns a host for series of so many nodes.
func NewHost(m Machine, nodes int) *Host {
	return &Host{machine: m, nodes: nodes, plans: map[int]*plan{}, structures: map[string]*structure{}}
}

// Err is the first thing that went wrong with the machine; numbers computed since then mean nothing. A nil host has none.
func (h *Host) Err() error {
	if h == nil {
		return nil
	}
	return h.err
}

// tileWidth is the number of nodes that a kernel takes together.
const tileWidth = 8

// stride is the number of nodes rounded up to whole tiles.
func (h *Host) stride() int { return tilesOf(h.nodes) * tileWidth }

// launch runs a kernel over a signal, or, with nil, over what it is told, and gives the count numbers that it leaves,
// which the next launch overwrites unless they go into memory of their own.
func (h *Host) launch(s *Signal, kernel string, t Task, count int) []float64 {
	if s != nil {
		t.Of = Span{s.tiles.memory, s.tiles.bits, s.tiles.room, s.first, s.samples, s.factor}
	}
	if h.err == nil {
		var out []float64
		if out, h.err = h.machine.Launch(kernel, t, count); h.err == nil {
			return out
		}
	}
	return make([]float64, count)
}

// note notes what went wrong.
func (h *Host) note(err error) { h.err = errors.Join(h.err, err) }

// given lays rows, [time][node], into memory of the machine, in the place of those that were given before.
func (h *Host) given(rows any, samples int) (*Tiles, error) {
	bits := 64
	if _, single := rows.([]float32); single {
		bits = 32
	}
	if h.rows == nil || h.rows.bits != bits {
		h.rows = &Tiles{nodes: h.nodes, bits: bits, take: h.machine.Memory}
	}
	h.rows.Drop(h.rows.Len())
	if err := h.rows.makeRoom(samples); err != nil {
		return nil, err
	}
	return h.rows, h.rows.Add(rows)
}

// perNode is a table of a number for each node, 0 in the lanes beyond.
func (h *Host) perNode(of func(i int) float64) []float64 {
	out := make([]float64, h.stride())
	for i := range h.nodes {
		out[i] = of(i)
	}
	return out
}

// plan is how the kernels take a transform of length n = rows x columns.
type plan struct {
	numbers  []int64
	table    []float64
	window   []float64 // that of the length it was asked for last, and its sum of squares
	squares  float64
	tangents []float64 // tan(pi/4 - pi k/2n) where the coefficient of k is; nil until they are asked for
	quarters []float64 // see quarterTurns; nil until they are asked for
	laid     piece     // the table, with what was behind it last
}

// laid is the table of a plan, with others behind it, in memory of the machine, where the plan's lies already. The next ones
// take their place.
func (h *Host) laid(p *plan, behind ...[]float64) Memory {
	at := len(p.table)
	size := at
	for _, table := range behind {
		size += len(table)
	}
	if size > len(p.laid.numbers) {
		h.note(p.laid.free())
		p.laid = h.memory(size)
		copy(p.laid.numbers, p.table)
	}
	for _, table := range behind {
		at += copy(p.laid.numbers[at:], table)
	}
	return p.laid.Memory
}

// matrix is the numbers of scratch that a transform takes: rows have an odd number of places, so that columns do not meet in the
// same places of a cache.
func (p *plan) matrix() int { return 2 * tileWidth * int(p.numbers[1]*(p.numbers[2]|1)) }

// longestLine is the greatest number of rows or columns that a kernel takes.
const longestLine = 1024

// plan plans transforms of length n; nil where the kernels have none.
func (h *Host) plan(n int) *plan {
	if p, ok := h.plans[n]; ok {
		return p
	}
	const most = 8
	if len(h.plans) >= most {
		for _, p := range h.plans {
			if p != nil {
				h.note(p.laid.free())
			}
		}
		clear(h.plans)
	}
	h.plans[n] = newPlan(n)
	return h.plans[n]
}

// hann is what the function of this name gives, computed once for lengths that the kernels transform. A nil host may be asked.
func (h *Host) hann(n int) (window []float64, squares float64) {
	p, _ := h.halved(n)
	if p == nil {
		return hann(n)
	}
	if len(p.window) != n {
		p.window, p.squares = hann(n)
	}
	return p.window, p.squares
}

// halved is how a series of n samples is transformed: each complex number takes two of them, or one where n is odd; nil
// where the kernels cannot. A nil host may be asked.
func (h *Host) halved(n int) (p *plan, each int) {
	if h == nil {
		return nil, 0
	}
	if n%2 == 1 {
		return h.plan(n), 1
	}
	return h.plan(n / 2), 2
}

// halfTangents are those of a series of two samples to each number. The other half of the rows are as far from n/2.
func (p *plan) halfTangents() []float64 {
	n, rows, columns := int(p.numbers[0]), int(p.numbers[1]), int(p.numbers[2])
	for k := len(p.tangents); k < (rows/2+1)*columns; k++ {
		sin, cos := math.Sincos(math.Pi * float64(k/columns+rows*(k%columns)) / float64(n))
		p.tangents = append(p.tangents, cos/(1+sin)) // of half of what is left to a right angle
	}
	return p.tangents
}

// quarterTurns are what the kernel "analytic" turns the coefficients k = k1 + rows k2 of such a series by, in two parts: exp(2 pi i k2/2columns),
// and of k1 and place t2 of its row -i exp(2 pi i (k1/2n - t2 k1/n)) / n.
func (p *plan) quarterTurns() []float64 {
	if p.quarters != nil {
		return p.quarters
	}
	n, rows, columns := int(p.numbers[0]), int(p.numbers[1]), int(p.numbers[2])
	for k2 := range columns {
		sin, cos := math.Sincos(math.Pi * float64(k2) / float64(columns))
		p.quarters = append(p.quarters, cos, sin)
	}
	for k1 := range rows {
		for t2 := range columns {
			sin, cos := math.Sincos(math.Pi * float64((k1-2*t2*k1)%(2*n)) / float64(n))
			p.quarters = append(p.quarters, sin/float64(n), -cos/float64(n))
		}
	}
	return p.quarters
}

// radices are the lengths of the passes of a transform: few and long ones, as far as registers hold them.
func radices(n int) []int {
	var out []int
	for _, r := range []int{10, 8, 7, 5, 4, 3, 2} {
		for n%r == 0 {
			out = append(out, r)
			n /= r
		}
	}
	return out
}

// newPlan takes as many rows as columns, about.
func newPlan(n int) *plan {
	if n < 1 || !smooth(n, manyFactor) {
		return nil
	}
	rows := 1
	for d := 1; d*d <= n; d++ {
		if n%d == 0 {
			rows = d
		}
	}
	columns := n / rows
	if columns > longestLine {
		return nil
	}
	p := &plan{numbers: []int64{int64(n), int64(rows), int64(columns)}, table: make([]float64, 0, 4*n)}
	turn := func(k, n int) {
		sin, cos := math.Sincos(-2 * math.Pi * float64(k%n) / float64(n))
		p.table = append(p.table, cos, sin)
	}
	for t := range columns {
		for k := range rows {
			turn(t*k, n)
		}
	}
	for k := range rows {
		for t := 0; t < columns && rows != columns; t++ {
			turn(t*k, n)
		}
	}
	for _, length := range []int{rows, columns} {
		left := length
		for _, r := range radices(length) {
			p.numbers = append(p.numbers, int64(r))
			for at := range left / r {
				for k := 1; k < r; k++ {
					turn(at*k, left)
				}
			}
			left /= r
		}
		p.numbers = append(p.numbers, 0)
	}
	return p
}
