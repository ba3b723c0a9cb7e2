// Package jobs takes a job from its file to its result.
//
// A job file (docs/job-file.md) is read into a Plan, which is all that decides the result, and a Job, which
// is the plan and where it came from. Reading reports every mistake at once, each with its place.
package jobs

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"brainsweep/connectome"
	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/io/tvb"
)

// Job is a plan with the text it was read from.
type Job struct {
	Plan     *Plan
	Device   DeviceSettings
	File     string   // the job file, as it was named
	Text     []byte   // of the job file
	Set      []string // what --set changed in it: address=value
	Warnings []string // what is allowed but worth a look, one sentence each

	inputs *inputs
}

// Read reads the job file at path, with the changes of --set (address=value) made to it. Paths in it are relative to
// its folder. The error holds all mistakes.
func Read(path string, set ...string) (*Job, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, fault.Pos{}, err)
	}
	return Parse(path, text, set...)
}

// Parse does the same for text that stands, or could stand, in the file.
func Parse(file string, text []byte, set ...string) (*Job, error) {
	return parse(file, text, set, newInputs(file))
}

// pack is a job on its way to another process, with all that it read.
type pack struct {
	File   string
	Text   []byte
	Set    []string
	Inputs *inputs
}

// Pack gives the job as bytes for Unpack: the job file and all files that it names.
func (j *Job) Pack() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(pack{j.File, j.Text, j.Set, j.inputs})
	return b.Bytes(), err
}

// Unpack gives the job that was packed. It reads no file, so it needs no file system in common.
func Unpack(p []byte) (*Job, error) {
	var packed pack
	if err := gob.NewDecoder(bytes.NewReader(p)).Decode(&packed); err != nil {
		return nil, fmt.Errorf("jobs: unpack: %w", err)
	}
	packed.Inputs.sealed = true
	return parse(packed.File, packed.Text, packed.Set, packed.Inputs)
}

// inputs is what a job reads besides its own file, and keeps for Pack.
type inputs struct {
	Dir         string // where relative paths start
	Files       map[string][]byte
	Connectomes map[string]*connectome.Connectome
	Cohort      *found // nil where it has not been looked for, and without a cohort
	Shelf       *shelf // of the cohort
	sealed      bool   // nothing is read that is not there already

	used *connectome.Connectome // as it enters the equations, of a result, instead of the one that the job names
}

// newInputs has nothing yet of what the job in a file names.
func newInputs(file string) *inputs { return &inputs{Dir: filepath.Dir(file)} }

func (in *inputs) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(in.Dir, name)
}

// file returns a file's bytes; pos is where the job names it.
func (in *inputs) file(name string, pos fault.Pos) ([]byte, error) {
	path := in.path(name)
	if text, ok := in.Files[path]; ok || in.sealed {
		return text, nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fault.Mistake{Pos: pos, Msg: path + " is no file"}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, pos, err)
	}
	if in.Files == nil {
		in.Files = map[string][]byte{}
	}
	in.Files[path] = text
	return text, nil
}

// keep takes a file's bytes that were read elsewhere.
func (in *inputs) keep(name string, text []byte) {
	if in.Files == nil {
		in.Files = map[string][]byte{}
	}
	in.Files[in.path(name)] = text
}

// connectome returns the connectome that a source names.
func (in *inputs) connectome(source string) (*connectome.Connectome, error) {
	if !strings.HasPrefix(source, "synthetic:") {
		source = in.path(source)
	}
	if c, ok := in.Connectomes[source]; ok || in.sealed {
		return c, nil
	}
	c, err := tvb.Open(source)
	if err != nil {
		return nil, err
	}
	if in.Connectomes == nil {
		in.Connectomes = map[string]*connectome.Connectome{}
	}
	in.Connectomes[source] = c
	return c, nil
}

// unreadable is the mistake that a file, named at pos, cannot be read.
func unreadable(path string, pos fault.Pos, err error) error {
	return fault.Mistake{Pos: pos, Msg: fmt.Sprintf("cannot read %s: %s", path, fault.Reason(err))}
}

// reader turns a document into a plan and collects what is wrong with it.
type reader struct {
	*document.Document
	inputs   *inputs
	faults   fault.List
	lacking  []lack
	warnings []string
	plan     *Plan
	devices  DeviceSettings
	lister   string // the command that lists the regions
	amiss    bool   // there are mistakes in [metrics] or [[target]]
}

// newReader makes a reader of a job file's text, with the changes of --set made to it.
func newReader(file string, text []byte, set []string, in *inputs) (*reader, error) {
	d, err := document.Parse(file, text)
	if err != nil {
		return nil, err
	}
	if d.Has("equations") && d.Has("states") && !d.Has("model") {
		return nil, fault.Mistake{Pos: fault.Pos{File: file}, Msg: fmt.Sprintf("this is a model, not a job; a job that simulates it has the line model = %q", filepath.Base(file))}
	}
	r := &reader{Document: d, inputs: in, plan: newPlan(), lister: "brainsweep check --regions " + file}
	r.change(set)
	return r, nil
}

func newPlan() *Plan { return &Plan{settings: map[string]int{}, axes: map[string]int{}} }

func parse(file string, text []byte, set []string, in *inputs) (*Job, error) {
	r, err := newReader(file, text, set, in)
	if err != nil {
		return nil, err
	}
	r.job()
	if err := r.mistakes(); err != nil {
		return nil, err
	}
	r.plan.canonical()
	for i := range r.plan.Subjects {
		r.plan.names = append(r.plan.names, newNaming(r.plan, i))
	}
	return &Job{Plan: r.plan, Device: r.devices, File: file, Text: text, Set: set, Warnings: r.warnings, inputs: in}, nil
}

// job reads the sections, those first that others rest on.
func (r *reader) job() {
	p := r.plan
	if !r.section(&struct {
		Title, Model, Preset                                                                                                   *string
		Connectome, Cohort, Coupling, Stimulus, Run, Parameters, Noise, Clamp, Initial, Sweep, Record, Metrics, Target, Device any
	}{&p.Title, &p.ModelSource, &p.Preset, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil}) {
		return
	}
	r.device()
	r.model()
	r.connectome()
	r.lesions()
	r.run()
	r.coupling()
	r.parameters()
	r.speed()
	r.noise()
	r.clamp()
	r.initial()
	r.stimuli()
	r.records()
	r.sweep()
	r.swept()
	r.mapBounds()
	before := len(r.faults)
	r.metrics()
	r.targets()
	r.amiss = len(r.faults) > before
	r.subjectMetrics()
	r.keeps()
	r.delays()
	if len(r.plan.Records) == 0 && len(r.plan.Metrics.Of) == 0 {
		r.warnf("nothing is kept of the simulation: there is neither a [[record]] nor [metrics]")
	}
}

// section decodes the table at path into v and reports whether there is a table, or nothing.
func (r *reader) section(v any, path ...string) bool {
	if r.Has(path...) && r.Keys(path...) == nil && r.Kind(path...) != "a table" {
		r.noTable(path)
		return false
	}
	r.faults.Add(r.Decode(v, path...))
	return true
}

func (r *reader) faultf(pos fault.Pos, format string, args ...any) {
	r.faults.Addf(pos, format, args...)
}

func (r *reader) warnf(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// choice checks that a word is one of those known; an empty one becomes the first of them.
func (r *reader) choice(word *string, known []string, path ...string) {
	if *word == "" && !r.Has(path...) {
		*word = known[0]
	}
	for _, k := range known {
		if *word == k {
			return
		}
	}
	if _, isText := r.Value(path...).(string); isText {
		r.faultf(r.ValuePos(path...), "%s: unknown value %q%s; there is %s", document.Address(path...), *word,
			fault.Suggest(*word, known), strings.Join(known, ", "))
		*word = known[0] // so that the mistake is not found again
	}
}

// nodes is the number of nodes, 0 while the connectome is not known.
func (r *reader) nodes() int {
	if r.plan.Connectome == nil {
		return 0
	}
	return r.plan.Connectome.N()
}
