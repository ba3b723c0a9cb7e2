package jobs

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/internal/doom"
	"brainsweep/io/result"
	"brainsweep/mpi"
	"brainsweep/partition"
)

// Options is how a job is run. Nothing of it shows in the data sets of the result.
type Options struct {
	Output   string         // the result file; parts wait in a folder beside it
	Force    bool           // an old result and old parts are removed first
	Fresh    bool           // parts that an earlier run has left are a mistake, instead of what the job goes on from
	Batch    int            // most points of a batch, which is what a killed job may lose; 0: about a minute's work
	Every    time.Duration  // between two checkpoints of a batch in work; 0: none
	Keep     bool           // parts and final states stay when all is merged, for a job with more points or a longer duration
	Patience time.Duration  // after which a rank that is not heard of is named; 0: some minutes
	Versions []result.Entry // of the program and its libraries, for the provenance
	Listener Listener
}

// Listener hears how a run goes. Its methods may be called from several goroutines.
type Listener interface {
	// Note takes one sentence that a user should know, on rank 0 only.
	Note(text string)
	// Detail takes a sentence on what this rank has done.
	Detail(text string)
	// Progress takes the state of the whole job, on rank 0 only.
	Progress(p Progress)
}

// Progress is how much of a job is done.
type Progress struct {
	Points, AllPoints       int
	NodeSteps, AllNodeSteps float64
	Merging                 bool // the points are done; Points counts parts merged, of AllPoints
}

// Summary is what a run leaves to say.
type Summary struct {
	Output    string
	Points    int
	Failed    int
	Broken    []Broken      // subjects of a cohort that could not be simulated
	Earlier   int           // points that were there from an earlier run
	NodeSteps float64       // of this run
	Elapsed   time.Duration // of the simulation in this run
	Ranks     int
}

// Run is collective: it computes the job on all ranks, each on its own device, and merges the result on rank 0. All
// ranks return the same error. A job that was stopped returns an error that is context.Canceled; its whole parts stay,
// and the checkpoints of the batches in work, and a run with the same output goes on from them.
func (j *Job) Run(ctx context.Context, c mpi.Comm, dev device.Device, o Options) (*Summary, error) {
	s, err := newSetup(j.Plan)
	if err = mpi.Agree(c, err); err != nil {
		return nil, err
	}
	spot := newPlace(o.Output)
	defer spot.leave()
	if c.Rank() == 0 {
		if err = spot.enter(o.Force, j.Plan.Hash()); err == nil {
			s.layout.Order, err = spot.goOn(j)
		}
		if err == nil && o.Fresh && spot.holdsParts() {
			err = fault.Mistake{Pos: fault.Pos{File: spot.parts}, Msg: "holds parts of an earlier run; --resume auto goes on from them, --force throws them away"}
		}
	}
	if err = mpi.Agree(c, err); err != nil {
		return nil, err
	}
	if merged, err := spot.tellMerged(c); err != nil || merged {
		return j.merged(c, o, err)
	}
	w, err := newWorker(ctx, s, dev)
	if err = mpi.Agree(c, err); err != nil {
		return nil, err
	}
	w.setEpoch(j.Device.Epoch)
	defer w.close()
	r := &run{worker: w, place: spot, comm: c, job: j, Options: o}
	r.worker.folder, r.worker.rank = spot.parts, c.Rank()
	r.worker.host, _ = os.Hostname()
	r.worker.every, r.worker.keep, r.worker.note = o.Every, o.Keep, o.Listener.Note
	if err := r.prepare(); err != nil {
		return nil, err
	}
	doom.At("collective")
	leave, err := r.settle()
	if err != nil {
		return nil, err
	}
	doom.At("collective")
	defer context.AfterFunc(ctx, doom.ToldToStop)()
	began := time.Now()
	stop := r.reports()
	err = mpi.Claim(ctx, c, len(r.batches), func(ctx context.Context, i int) error { return r.timed(ctx, r.batches[i]) })
	done := stop()
	if left := mpi.Agree(c, leave()); err == nil {
		err = left
	}
	if err != nil {
		return nil, r.stopped(err)
	}
	r.summary = Summary{Output: o.Output, Points: s.layout.Points, Broken: j.Plan.broken(), Earlier: r.earlier, NodeSteps: done.NodeSteps,
		Elapsed: time.Since(began), Ranks: c.Size()}
	doom.At("collective")
	if err := r.merge(); err != nil {
		return nil, err
	}
	return &r.summary, nil
}

// run is one run of a job on one rank.
type run struct {
	*worker
	*place
	Options
	comm    mpi.Comm
	job     *Job
	batches []partition.Batch
	whole   []partition.Batch // parts of an earlier run, on rank 0
	earlier int               // points that they hold
	saved   float64           // node-steps that checkpoints hold already
	summary Summary
	means   []means // of all ranks, on rank 0
}

// timed computes a batch and tells how long it took.
func (r *run) timed(ctx context.Context, b partition.Batch) error {
	began := time.Now()
	if err := r.batch(ctx, b); err != nil {
		return err
	}
	r.Listener.Detail(fmt.Sprintf("points %d to %d done in %.3g s", b.First, b.End()-1, time.Since(began).Seconds()))
	return nil
}

// prepare finds on rank 0 what is done already, and tells all ranks what is to do.
func (r *run) prepare() error {
	var message []byte
	means, err := r.gatherMeans()
	if err = mpi.Agree(r.comm, err); err != nil {
		return err
	}
	if r.comm.Rank() == 0 {
		r.means = means
		if err = r.divide(); err == nil {
			var b bytes.Buffer
			err = gob.NewEncoder(&b).Encode(division{r.batches, r.layout.Order})
			message = b.Bytes()
		}
	}
	if err = mpi.Agree(r.comm, err); err != nil {
		return err
	}
	if message, err = r.comm.Bcast(0, message); err == nil && r.comm.Rank() != 0 {
		var d division
		err = gob.NewDecoder(bytes.NewReader(message)).Decode(&d)
		r.batches, r.layout.Order = d.Batches, d.Order
	}
	return mpi.Agree(r.comm, err)
}

// division is what rank 0 tells the others.
type division struct {
	Batches []partition.Batch // of places
	Order   []int             // the number of the point in each place; nil: the place is the number
}

// divide finds the parts of an earlier run, and divides the rest into batches.
func (r *run) divide() error {
	if err := r.putUp(r.job, r.layout.Order, r.Keep); err != nil {
		return err
	}
	done, err := r.wholeParts()
	if err != nil {
		return err
	}
	r.whole = done
	for _, b := range done {
		r.earlier += b.Count
	}
	begun, err := r.begun(done)
	if err != nil {
		return err
	}
	if note := r.tight(r.diskSize(), r.earlier, r.layout.Points); note != "" {
		r.Listener.Note(note)
	}
	taken := append(slices.Clone(done), begun...)
	slices.SortFunc(taken, func(a, b partition.Batch) int { return a.First - b.First })
	rest, err := partition.Split(r.bySize(partition.Rest(r.layout.Points, taken)), r.cost(), r.limit())
	if err != nil {
		return err
	}
	r.batches = append(begun, rest...)
	return nil
}

// begun lists the batches that an earlier run has left checkpoints of, and removes the checkpoints of points that are
// done.
func (r *run) begun(done []partition.Batch) ([]partition.Batch, error) {
	found, err := begunBatches(r.folder, r.layout)
	var out []partition.Batch
	taken := slices.Clone(done)
	for _, f := range found {
		if f.steps == r.study.Steps && slices.Contains(done, f.Batch) {
			continue // the state at the end of what is done
		}
		overlaps := slices.ContainsFunc(taken, func(b partition.Batch) bool { return f.First < b.End() && b.First < f.End() })
		if part := filepath.Join(r.folder, result.PartName(f.First, f.Count)); overlaps || r.Every == 0 {
			err = errors.Join(err, removeBegun(part))
			continue
		}
		out, taken = append(out, f.Batch), append(taken, f.Batch)
		r.saved += r.nodeSteps(f.First, f.Count) * float64(f.steps) / float64(r.study.Steps)
	}
	return out, errors.Join(err, removeStrays(r.folder, out, done))
}

// wholeParts lists the batches that parts of this plan hold. Damaged parts are removed, and those of a shorter simulation
// whose final state is not there; parts of another plan, or parts that overlap, are the user's to decide on.
func (r *run) wholeParts() ([]partition.Batch, error) {
	paths, err := result.Parts(r.folder)
	if err != nil {
		return nil, err
	}
	var done []partition.Batch
	for _, path := range paths {
		held, err := result.VerifyPart(path, r.layout.Basis)
		other := err == nil && (held.First+held.Count > r.layout.Points || held.Names != r.layout.Names(held.First, held.Count) || held.Steps > r.study.Steps)
		if errors.Is(err, result.ErrOtherPlan) || other {
			return nil, fault.Mistake{Pos: fault.Pos{File: path}, Msg: "belongs to another job; give another name with -o, or --force to throw the old parts away"}
		}
		if err == nil && held.Steps < r.study.Steps {
			if r.Every > 0 && len(checkpoints(path, r.layout, "", r.Listener.Note)) > 0 {
				continue // its batch is begun, and goes on
			}
			err = fmt.Errorf("part %s is of a shorter run, and its final state was not kept", path)
		}
		if err != nil {
			r.Listener.Note(fmt.Sprintf("%v; it is computed again", err))
			if err := os.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		done = append(done, partition.Batch{First: held.First, Count: held.Count})
	}
	slices.SortFunc(done, func(a, b partition.Batch) int { return a.First - b.First })
	return done, nil
}

// cost is what a point takes: its memory rises with its delays and its nodes. The points of a subject share a
// wiring, unless the speed is swept.
func (r *run) cost() func(i int) (partition.Cost, int) {
	p := r.plan
	swept := p.Swept(speedAddress)
	return func(i int) (partition.Cost, int) {
		s := r.subject(i)
		places := s.places(p.Point(r.layout.Number(i)).Value(speedAddress), p.Run.Step)
		next := r.stretch(i)
		if swept {
			next = i + 1
		}
		return partition.Cost{Bytes: r.pointBytes(s, places), Shared: s.wiringBytes(), Work: float64(r.study.Steps) * float64(s.Nodes())}, next
	}
}

// pointBytes is the memory that a point of a subject takes, with so many places in a ring. It grows with the nodes, and
// the sums of products with their square; where the subject has more than those that the worker's kernel is for, all counts as
// the latter.
func (w *worker) pointBytes(s *Subject, places int) int64 {
	series, _ := w.signalBytes()
	n, own := int64(s.Nodes()), int64(w.study.Nodes)
	bytes := w.runner.BytesPerPoint(int(int64(places)*own/n)) + series
	if n <= own {
		return bytes * n / own
	}
	return bytes * n / own * n / own
}

// stopped says of a run that was cut short what is left of it.
func (r *run) stopped(err error) error {
	if errors.Is(err, context.Canceled) && r.comm.Rank() == 0 {
		if r.holdsParts() {
			again := "the same command"
			if r.Force {
				again += " without --force"
			}
			r.Listener.Note(fmt.Sprintf("stopped; what is done is kept in %s, and %s goes on from there", r.folder, again))
		}
	}
	return err
}

// merge makes the result of the parts, on rank 0.
func (r *run) merge() error {
	facts, err := r.facts()
	if err != nil {
		return err
	}
	if r.comm.Rank() == 0 {
		err = r.mergeParts(facts)
	}
	if err = mpi.Agree(r.comm, err); err != nil {
		return err
	}
	doom.At("collective")
	r.summary.Failed, err = shareCount(r.comm, r.summary.Failed)
	return err
}

func (r *run) mergeParts(facts []result.Entry) error {
	parts, err := result.Parts(r.folder)
	if err != nil {
		return err
	}
	r.layout.Provenance = facts
	if r.layout.Inputs, err = r.job.filesOf(); err != nil {
		return err
	}
	err = result.Merge(r.Output, r.layout, parts, func(done, total int) {
		r.Listener.Progress(Progress{Points: done, AllPoints: total, Merging: true})
	})
	if err != nil {
		return err
	}
	if r.summary.Failed, err = failed(r.Output); err != nil {
		return err
	}
	doom.At("merged")
	if r.Keep {
		return nil
	}
	return r.removeParts()
}

// failed counts the points of a result that failed.
func failed(path string) (int, error) {
	res, err := result.Open(path)
	if err != nil {
		return 0, err
	}
	defer res.Close()
	status, err := res.Status()
	count := 0
	for _, s := range status {
		if s == result.Failed {
			count++
		}
	}
	return count, err
}
