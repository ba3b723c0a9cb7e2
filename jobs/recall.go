package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/partition"
)

// filesOf is all files that a job reads besides its own and its connectome, as a result keeps them: a JSON object with
// their contents by their names, in base64.
func (j *Job) filesOf() ([]byte, error) {
	files := map[string][]byte{}
	for path, content := range j.inputs.Files {
		if below, err := filepath.Rel(j.inputs.Dir, path); err == nil && !filepath.IsAbs(path) {
			path = below
		} else if err == nil && !strings.HasPrefix(below, "..") {
			path = below
		}
		files[path] = content
	}
	return json.Marshal(files)
}

// Recall reads the job of a result from its provenance alone: the job file's text, the files that it names, and the
// connectome or those of the cohort, which are read from the result when they are wanted. The error says that this program makes
// another plan of the job than the one that was run.
func Recall(res *result.Result) (*Job, error) {
	entries, err := res.Provenance()
	if err != nil {
		return nil, err
	}
	text := func(name string) string {
		i := slices.IndexFunc(entries, func(e result.Entry) bool { return e.Name == name })
		if i < 0 {
			return ""
		}
		s, _ := entries[i].Value.(string)
		return s
	}
	packed, err := res.Bytes("/provenance/inputs")
	if err != nil {
		return nil, err
	}
	in := &inputs{Dir: text("folder"), Files: map[string][]byte{}}
	files := map[string][]byte{}
	if err := json.Unmarshal(packed, &files); err != nil {
		return nil, fault.Mistake{Msg: fmt.Sprintf("the result does not hold what its job reads: %v", err)}
	}
	for name, content := range files {
		in.Files[in.path(name)] = content
	}
	if res.IsCohort() {
		err = in.recallCohort(res)
	} else {
		in.used, err = res.Connectome()
	}
	if err != nil {
		return nil, err
	}
	var set []string
	if changes := text("set"); changes != "" {
		set = strings.Split(changes, "\n")
	}
	j, err := parse("job", []byte(text("job")), set, in)
	if err != nil {
		return nil, err
	}
	if j.Plan.Hash() != res.Plan {
		return nil, fault.Mistake{Msg: "the job in the result makes another plan than the one that was run: this program, or what the job reads, is another"}
	}
	return j, nil
}

// Recomputed is what has come of computing points of a result again.
type Recomputed struct {
	Points []int
	Single bool            // precision
	Same   bool            // kind of device, instructions, compiler and kernel as when the result was made
	Worst  result.Distance // of all points
}

// Recompute computes some points of a result again on a device, from the result's provenance alone, and compares. Which
// points they are is decided by the seed.
func Recompute(ctx context.Context, res *result.Result, dev device.Device, count int, seed uint64) (*Recomputed, error) {
	j, err := Recall(res)
	if err != nil {
		return nil, err
	}
	s, err := newSetup(j.Plan)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "brainsweep-verify-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	w, err := newWorker(ctx, s, dev)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.folder, w.done, w.note = folder, func(event) {}, func(string) {}
	out := &Recomputed{Single: j.Plan.Run.Precision == 32, Worst: result.Distance{Bits: true}}
	if out.Points, err = sample(res, count, seed); err != nil {
		return nil, err
	}
	if out.Same, err = sameMeans(res, w); err != nil {
		return nil, err
	}
	for _, point := range out.Points {
		w.best = &result.Best{}
		if err := w.batch(ctx, partition.Batch{First: point, Count: 1}); err != nil {
			return nil, err
		}
		path := filepath.Join(folder, result.PartName(point, 1))
		d, err := res.Distance(path, s.layout, point, point)
		if err != nil {
			return nil, err
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		out.Worst.Bits = out.Worst.Bits && d.Bits
		if d.Relative > out.Worst.Relative {
			out.Worst.Relative, out.Worst.Variable = d.Relative, d.Variable
		}
	}
	return out, nil
}

// sample chooses points of a result that are done or failed, in ascending order.
func sample(res *result.Result, count int, seed uint64) ([]int, error) {
	status, err := res.Status()
	if err != nil {
		return nil, err
	}
	var points []int
	for i, s := range status {
		if s != result.Missing {
			points = append(points, i)
		}
	}
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(points), func(i, k int) { points[i], points[k] = points[k], points[i] })
	points = points[:min(count, len(points))]
	slices.Sort(points)
	return points, nil
}

// sameMeans tells whether the result was made by the same kernel for the same instructions by the same compiler.
func sameMeans(res *result.Result, w *worker) (bool, error) {
	entries, err := res.Provenance()
	info := w.dev.Info()
	for name, want := range map[string]string{"kernel": w.runner.Kernel().Source.Text, "isa": info.ISA, "compiler": info.Tools} {
		if !slices.ContainsFunc(entries, func(e result.Entry) bool { return e.Name == name && e.Value == want }) {
			return false, err
		}
	}
	return true, err
}

// folder is where the paths in a job start, from the root.
func (j *Job) folder() string {
	path, err := filepath.Abs(j.inputs.Dir)
	if err != nil {
		return j.inputs.Dir
	}
	return path
}
