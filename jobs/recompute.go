package jobs

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"brainsweep/codegen"
	"brainsweep/device"
	"brainsweep/io/result"
	"brainsweep/partition"
	"brainsweep/sim"
)

// Recomputed is what has come of computing points of a result again.
type Recomputed struct {
	Points   []int
	Same     bool      // kind of device, instructions, compiler and kernel as when the result was made
	Bits     bool      // all numbers are the same to the bit
	Verdicts []Verdict // on what differs
}

// Recompute computes some points of a result again on a device, from the result's provenance alone, and compares. Which
// points they are is decided by the seed. Where numbers differ, and were made by other means, the points are computed by twins,
// too, which tell how far the numbers may be away: see judge.
func Recompute(ctx context.Context, res *result.Result, dev device.Device, count int, seed uint64) (*Recomputed, error) {
	j, err := Recall(res)
	if err != nil {
		return nil, err
	}
	plain, err := newRecomputer(ctx, j.Plan, dev)
	if err != nil {
		return nil, err
	}
	defer plain.close()
	out := &Recomputed{Bits: true}
	if out.Points, err = sample(res, count, seed); err != nil {
		return nil, err
	}
	if out.Same, err = sameMeans(res, plain.worker); err != nil {
		return nil, err
	}
	for _, point := range out.Points {
		held, err := res.NumbersOf(plain.layout, point)
		if err != nil {
			return nil, err
		}
		again, err := plain.point(ctx, point)
		if err != nil {
			return nil, err
		}
		if sameBits(held, again) {
			continue
		}
		out.Bits = false
		var twins [][]result.Numbers
		if !out.Same {
			if twins, err = twinsOf(ctx, j.Plan, dev, point); err != nil {
				return nil, err
			}
		}
		out.Verdicts = append(out.Verdicts, judge(plain.setup, point, held, again, twins)...)
	}
	return out, nil
}

// recomputer computes points one by one into a folder of its own.
type recomputer struct{ *worker }

func newRecomputer(ctx context.Context, p *Plan, dev device.Device) (*recomputer, error) {
	s, err := newSetup(p)
	if err != nil {
		return nil, err
	}
	w, err := newWorker(ctx, s, dev)
	if err != nil {
		return nil, err
	}
	w.done, w.note = func(event) {}, func(string) {}
	if w.folder, err = os.MkdirTemp("", "brainsweep-verify-*"); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &recomputer{w}, nil
}

// point computes a point and gives all numbers of it.
func (r *recomputer) point(ctx context.Context, point int) ([]result.Numbers, error) {
	r.best = &result.Best{}
	if err := r.batch(ctx, partition.Batch{First: point, Count: 1}); err != nil {
		return nil, err
	}
	path := filepath.Join(r.folder, result.PartName(point, 1))
	numbers, err := result.NumbersOfPart(path, r.layout, point)
	if err != nil {
		return nil, err
	}
	return numbers, os.Remove(path)
}

func (r *recomputer) close() {
	r.worker.close()
	os.RemoveAll(r.folder)
}

// twinsOf computes a point as other machines might: see sim.Nudge.
func twinsOf(ctx context.Context, p *Plan, dev device.Device, point int) ([][]result.Numbers, error) {
	w, err := newRecomputer(ctx, p, dev)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.setEpoch(codegen.Block)
	w.nudge = &sim.Nudge{Roundings: twinRoundings}
	var twins [][]result.Numbers
	for k := range twinCount {
		w.nudge.Seed = uint64(k)
		numbers, err := w.point(ctx, point)
		if err != nil {
			return nil, err
		}
		twins = append(twins, numbers)
	}
	return twins, nil
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
