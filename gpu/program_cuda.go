//go:build cuda && linux && (amd64 || arm64)

package gpu

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"gorgonia.org/cu"

	"brainsweep/device"
)

// program is a loaded source.
type program struct {
	device    *Device
	source    device.Source
	shape     shape
	module    cu.Module
	functions map[string]function

	mu     sync.RWMutex // held for reading by launches
	closed bool
	alone  sync.Mutex // teams of several blocks meet in memory of the program's own: one launch at a time
}

// function is one of a program's kernels.
type function struct {
	entry    cu.Function
	words    int         // of its arguments
	resident map[int]int // blocks that a multiprocessor holds, by the threads of a block
	uses     Launched    // what the compiler and the driver say of it
}

// load reads the machine code and asks how much of it fits a multiprocessor.
func (p *program) load(object *Object) error {
	var err error
	if p.module, err = cu.LoadData(string(object.image())); err != nil {
		return check("cuModuleLoadData", err)
	}
	for _, k := range object.Kernels {
		f := function{words: k.Words, resident: map[int]int{}}
		if f.entry, err = p.module.Function(k.Name); err != nil {
			return errors.Join(check("cuModuleGetFunction "+k.Name, err), p.unload())
		}
		for _, threads := range p.shape.sizes() {
			if f.resident[threads], err = f.entry.MaxActiveBlocksPerMultiProcessor(threads, 0); err != nil {
				return errors.Join(check("cuOccupancyMaxActiveBlocksPerMultiprocessor", err), p.unload())
			}
		}
		if f.uses, err = f.measure(p, k); err != nil {
			return errors.Join(err, p.unload())
		}
		p.functions[k.Name] = f
	}
	return nil
}

// measure asks what a kernel takes.
func (f function) measure(p *program, k Kernel) (Launched, error) {
	out := Launched{Source: p.source.Name, Kernel: k.Name, Nodes: p.source.Nodes, Precision: p.source.Precision, Members: p.shape.members, Blocks: p.shape.blocks, Teams: 1}
	for attribute, into := range map[cu.FunctionAttribute]*int{cu.NumRegs: &out.Registers, cu.LocalSizeBytes: &out.Local, cu.SharedSizeBytes: &out.Shared} {
		var err error
		if *into, err = f.entry.Attribute(attribute); err != nil {
			return out, check("cuFuncGetAttribute", err)
		}
	}
	return out, nil
}

func (p *program) unload() error { return check("cuModuleUnload", p.module.Unload()) }

// Launch runs a kernel on a stream of its own and waits for it. Blocks that begin after ctx is cancelled return at once.
func (p *program) Launch(ctx context.Context, kernel string, teams int, args ...any) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.closed {
		return fmt.Errorf("gpu: kernel %s: the program is closed", p.source.Name)
	}
	f, ok := p.functions[kernel]
	switch {
	case !ok:
		return fmt.Errorf("gpu: source %s has no kernel %q", p.source.Name, kernel)
	case f.words != len(args):
		return fmt.Errorf("gpu: kernel %s of %s takes %d arguments, not %d", kernel, p.source.Name, f.words, len(args))
	case teams < 0:
		return fmt.Errorf("gpu: kernel %s of %s: %d teams", kernel, p.source.Name, teams)
	}
	packed, release, err := p.device.pack(args)
	defer release()
	if err != nil {
		return fmt.Errorf("gpu: kernel %s of %s: %w", kernel, p.source.Name, err)
	}
	if err := ctx.Err(); err != nil || teams == 0 {
		return err
	}
	var stop *int32
	select {
	case stop = <-p.device.stops:
		defer func() { p.device.stops <- stop }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := p.device.do(func() error { return p.run(ctx, f, packed, teams, stop) }); err != nil {
		return fmt.Errorf("gpu: kernel %s of %s: %w", kernel, p.source.Name, err)
	}
	return ctx.Err()
}

func (p *program) run(ctx context.Context, f function, packed []uint64, teams int, stop *int32) error {
	stream, err := cu.MakeStream(cu.NonBlocking)
	if err != nil {
		return check("cuStreamCreate", err)
	}
	atomic.StoreInt32(stop, 0)
	stopped := make(chan struct{})
	disarm := context.AfterFunc(ctx, func() {
		atomic.StoreInt32(stop, 1)
		close(stopped)
	})
	// The kernel has one parameter, struct launch: the arguments, one behind the other, and these two.
	packed = append(packed, uint64(teams), uint64(uintptr(unsafe.Pointer(stop))))
	if p.shape.blocks > 1 {
		err = p.startTogether(f, packed, teams, stream)
	} else {
		err = p.start(f, packed, teams, stream)
	}
	if err == nil {
		err = check("cuStreamSynchronize", stream.Synchronize())
	}
	if !disarm() {
		<-stopped
	}
	return errors.Join(err, check("cuStreamDestroy", stream.Destroy()))
}

// start launches blocks of several teams.
func (p *program) start(f function, packed []uint64, teams int, stream cu.Stream) error {
	s := p.shape
	each := s.choose(teams, p.device.processors, func(threads int) int { return f.resident[threads] })
	if each == 0 {
		return fmt.Errorf("a block of %d threads does not fit this GPU", s.members)
	}
	// cu copies 8 bytes for each argument into one block of memory, one behind the other, which is the parameter.
	words := make([]unsafe.Pointer, len(packed))
	for i := range packed {
		words[i] = unsafe.Pointer(&packed[i])
	}
	p.device.note(f.uses, teams, each, each*s.members, f.resident[each*s.members])
	err := check("cuLaunchKernel", f.entry.Launch((teams+each-1)/each, 1, 1, s.members, each, 1, 0, stream, words))
	runtime.KeepAlive(packed)
	return err
}

// startTogether launches teams of several blocks, all of which must be under way at a time to meet.
func (p *program) startTogether(f function, packed []uint64, teams int, stream cu.Stream) error {
	s, held := p.shape, f.resident[p.shape.threads]*p.device.processors
	rows := s.together(teams, held)
	if rows == 0 {
		return fmt.Errorf("a point takes %d blocks of %d threads, and this GPU holds %d of them at a time; device.blocks chooses fewer", s.blocks, s.threads, held)
	}
	p.device.note(f.uses, teams, 1, s.threads, f.resident[s.threads])
	p.alone.Lock()
	defer p.alone.Unlock()
	if err := launchCooperative(f.entry, s.blocks, rows, s.threads, stream, packed); err != nil {
		return err
	}
	return check("cuStreamSynchronize", stream.Synchronize())
}

// held is how many blocks of a team of several the GPU holds at a time.
func (p *program) held() int {
	least := math.MaxInt
	for _, f := range p.functions {
		least = min(least, f.resident[p.shape.threads]*p.device.processors)
	}
	return least
}

// pack fills a kernel's args struct. The buffers in it cannot be freed until release is called.
func (d *Device) pack(args []any) (packed []uint64, release func(), err error) {
	var held []*buffer
	release = func() {
		for _, b := range held {
			b.release()
		}
	}
	packed = make([]uint64, len(args), len(args)+2)
	for i, a := range args {
		switch a := a.(type) {
		case int64:
			packed[i] = uint64(a)
		case float64:
			packed[i] = math.Float64bits(a)
		case *buffer:
			if a == nil || a.device != d {
				return nil, release, fmt.Errorf("argument %d is a buffer of another device", i)
			}
			at, err := a.hold()
			if err != nil {
				return nil, release, fmt.Errorf("argument %d: %w", i, err)
			}
			held = append(held, a)
			packed[i] = uint64(at)
		case device.Buffer:
			return nil, release, fmt.Errorf("argument %d is a buffer of another device", i)
		default:
			return nil, release, fmt.Errorf("argument %d is of type %T; a buffer, int64 or float64", i, a)
		}
	}
	return packed, release, nil
}

// Close unloads the program. Closing it again does nothing.
func (p *program) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	p.device.mu.Lock()
	delete(p.device.programs, p)
	p.device.mu.Unlock()
	return p.device.do(p.unload)
}

// sizes are the numbers of threads that blocks may have.
func (s shape) sizes() []int {
	if s.blocks > 1 {
		return []int{s.threads}
	}
	var all []int
	for teams := 1; teams <= s.teams; teams++ {
		all = append(all, teams*s.members)
	}
	return all
}
