// Package codegen writes the kernel source of a simulation: a model, a coupling, a scheme and what is to be sampled
// become C in the words of docs/kernel-contract.md.
//
// Structure is a template that reads as C (kernel/*.c.tmpl); expressions are printed from the model's graph. Whatever
// depends on parameters alone never reaches the kernel: the host folds it in double, once per point, so every
// parameter may be swept and none is compiled in.
package codegen

import (
	"brainsweep/device"
	"brainsweep/model"
)

// Block is the number of steps whose delayed input is gathered at once, where the delay allows it.
const Block = 16

// ResponseTail is how many numbers stand behind the taps of a response: scale and offset. The sample is scale*(sum - offset).
const ResponseTail = 2

// Spans lists the numbers of steps whose input is gathered at once. A pair belongs to the longest of them that its
// delay covers: it is at least that number of steps less one.
func Spans() []int { return []int{Block, 8, 4, 1} }

// Columns is the number of columns that are summed at once; a wiring's are padded to a multiple of it.
const Columns = 4

// Stride is the length of a column: a weight for each target, nodes rounded up to a vector of any kind.
func Stride(nodes int) int { return (nodes + 15) / 16 * 16 }

// Rows is the number of samples in a block of moments.
const Rows = 16

// Spec is what a kernel is written for. Specs that are equal give the same source, byte for byte.
type Spec struct {
	Title     string
	Model     *model.Model
	Coupling  model.Coupling
	Scheme    Scheme
	Precision int      // 32 or 64
	Nodes     int      // at least 1
	PerNode   []string // addresses of the parameters that differ from node to node
	Noisy     []string // states driven by noise; none: the run is deterministic
	Coloured  []string // those of them whose noise has a correlation time, "noise.<state>.ntau"
	Clamped   []string // states that are held at the value "clamp.<state>"
	Stimuli   []Stimulus
	Streams   []Stream
}

// Kind tells how a stream draws its samples from the simulation.
type Kind string

// The kinds of streams. All samples sit on multiples of the period since the start of the simulation.
const (
	Sample      Kind = "sample"      // the value after the last step of each period
	Average     Kind = "average"     // the mean over the steps of each period
	Balloon     Kind = "balloon"     // a BOLD model driven by means over Every steps, read at the end of each period
	Convolution Kind = "convolution" // means over Every steps, convolved with Taps values of a response, at the end of each period
)

// Stream is a sequence of samples of some quantities at all nodes, one sample each Period steps.
type Stream struct {
	Kind       Kind
	Period     int        // [steps]
	Quantities []Quantity // states or observables; for Balloon one observable of Model
	Pairs      bool       // moments include the products of every two nodes
	// Late has samples (of the kinds Sample and Average) rest on the coupling terms that go with the state at their
	// time, as TVB's monitors of coupling do. These are known one step later, so the run's last step gives none.
	Late bool

	Every int          // [steps] of Balloon's own step, which divides Period, and of Convolution's means
	Drive string       // Balloon: the quantity that drives it
	Model *model.Model // Balloon: the BOLD model; its parameters have the addresses "bold.<name>"
	// Balloon: the scheme of the BOLD model.
	Scheme Scheme

	Taps int // Convolution: length of the response [means]
}

// Quantity is one of a stream's quantities and what becomes of its samples.
type Quantity struct {
	Name    string
	Out     bool // samples leave the device
	Moments bool // moments of the samples are accumulated
}

// Kernel is a source with what a host needs to run it.
type Kernel struct {
	Source  device.Source
	Buffers []Buffer // the pointers of struct args, in order
	Scalars []string // the numbers of struct args, in order, after the pointers
	Rings   int      // delay rings of a point: one per distinct value that travels to other nodes

	spec    Spec
	units   []*unit
	stimuli *unit
}

// Elem is the type of a buffer's elements.
type Elem string

// The types of elements.
const (
	Real   Elem = "real"
	Double Elem = "double"
	I32    Elem = "i32"
	I64    Elem = "i64"
	U64    Elem = "u64"
)

// Buffer is one array among a kernel's arguments.
type Buffer struct {
	Name    string
	Elem    Elem
	PerTeam int  // elements of each team; 0 when the host decides
	State   bool // what it holds must survive from launch to launch
	Write   bool // the kernel writes it
	About   string
}

// Size is the bytes of one element.
func (k *Kernel) Size(e Elem) int {
	switch {
	case e == I32, e == Real && k.Source.Precision == 32:
		return 4
	}
	return 8
}
