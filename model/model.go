// Package model says what a node is: its states, parameters, functions and equations, its noise and what is coupled.
//
// Models are data: TOML files (Read), the library's (package library) no different from a user's.
// One system of units holds in the whole program: ms, mm, mV, nS, pA, pF, kHz.
package model

import (
	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Model is a node's law, as read from its file and checked. It is never changed after it is made.
type Model struct {
	Name        string
	Title       string // one line
	Reference   string // where the equations come from
	Remarks     string // what a user should know besides
	Input       string // name of the value that drives the model from outside, "" when there is none
	Parameters  []Parameter
	States      []State
	Functions   []Function
	Definitions []Definition // intermediate values, in the order of the file
	Coupled     []string     // names of the states or definitions whose delayed values reach other nodes; term k of the coupling is the variable c<k>
	Stimulated  []string     // names of the states that a stimulus drives which names none; none: those that are coupled
	Observables []Definition // those of the definitions that can be recorded besides the states
	Presets     []Preset
	Coupling    string             // the coupling function that a job takes when it names none; "" for linear
	Gains       map[string]float64 // values of that function's parameters which are not its defaults
	Notes       []string           // what the file's reader changed or left out, one sentence each
	Swept       []Swept            // what the file's author swept: a job says that
	Modes       int                // above 1, each state, and each term of the coupling, is there once for each mode, one after the other

	file string // for messages
}

// Swept is a quantity that the author of a model's file swept.
type Swept struct {
	Address string // in a job's [sweep]
	Note    string // what to write there, one sentence
}

// Parameter is a number that the equations use and a job may set, for all nodes or node by node.
type Parameter struct {
	Name     string
	Value    float64
	Unit     string  // "" when dimensionless
	Min, Max float64 // allowed values, infinite when unbounded
	About    string
	Pos      fault.Pos
}

// State is a variable that the equations integrate.
type State struct {
	Name       string
	Symbol     string // as the equations call it: Name, or in a model with modes Name without _1, _2, ...
	Mode       int    // from 0
	Unit       string
	Low, High  float64   // range of a drawn initial value
	Min, Max   float64   // hard bounds, applied after each stage; infinite when unbounded
	Noise      float64   // default D: white noise of variance 2 D per ms drives the state
	Noisy      bool      // whether the model file gives it noise
	NoiseTau   float64   // default correlation time of its noise [ms]; 0 for white noise
	NoiseGain  expr.Expr // factor of its noise, taken at the start of a step; missing for 1
	GainNames  []string  // names of numbers that a job adds to those of the equations in NoiseGain; see GainAddress
	About      string
	Derivative expr.Expr // dx/dt [unit/ms]
	Pos        fault.Pos
}

// GainAddress is the address of a number that a job gives a state's NoiseGain.
func (s State) GainAddress(name string) string { return "noise." + s.Name + "." + name }

// Function is a user function of the model's language.
type Function struct {
	Name string
	Args []string
	Body expr.Expr
	Pos  fault.Pos
}

// Definition names an intermediate value.
type Definition struct {
	Name  string
	Unit  string
	About string
	Value expr.Expr
	Pos   fault.Pos
}

// Preset is a named parameter set, with the initial state that belongs to it.
type Preset struct {
	Name       string
	About      string
	Parameters map[string]float64
	Initial    map[string]float64
	Noise      map[string]float64 // D by state
	Pos        fault.Pos
}

// Dynamics is a model as one graph of values: what codegen prints and Eval interprets.
// The graph's leaves (expr.Var) carry the model's own names: states, parameters, the input, and c0, c1, ... for the
// coupling terms.
type Dynamics struct {
	Graph       *expr.Graph
	Derivatives []*expr.Node          // of each state, in the order of Model.States
	Gains       []*expr.Node          // of each state's noise, nil for 1
	Values      map[string]*expr.Node // every definition and observable by name, the states and the coupling terms themselves
}
