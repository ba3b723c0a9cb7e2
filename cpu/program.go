package cpu

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"brainsweep/device"

	"github.com/ebitengine/purego"
)

// library is a loaded shared object.
type library struct {
	handle uintptr

	mu    sync.Mutex
	found map[string]entry
}

// entry is where a kernel begins, and the number of 8-byte words of its arguments.
type entry struct {
	at    uintptr
	words int
}

func open(path string) (*library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("cpu: a compiled kernel does not load: %w", err)
	}
	return &library{handle: handle, found: map[string]entry{}}, nil
}

func (l *library) close() error {
	if err := purego.Dlclose(l.handle); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	return nil
}

// kernel finds a kernel.
func (l *library) kernel(name string) (found entry, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok = l.found[name]; ok {
		return found, true
	}
	run, err := purego.Dlsym(l.handle, "run_"+name)
	if err != nil {
		return entry{}, false
	}
	words, err := purego.Dlsym(l.handle, "words_"+name)
	if err != nil {
		return entry{}, false
	}
	// An address of the object's own constants: it is no Go memory, and stays until the library is closed.
	l.found[name] = entry{run, int(**(**int64)(unsafe.Pointer(&words)))}
	return l.found[name], true
}

// program is a loaded source.
type program struct {
	device *Device
	name   string
	lib    *library

	mu     sync.RWMutex // held for reading by launches
	closed bool
}

// Launch lets the device's threads take teams from a common counter. No goroutine of it lives on when it returns.
func (p *program) Launch(ctx context.Context, kernel string, teams int, args ...any) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.closed {
		return fmt.Errorf("cpu: kernel %s: the program is closed", p.name)
	}
	if !p.device.host.runs(p.device.isa) {
		return fmt.Errorf("cpu: kernel %s was compiled for %s, which this processor (%s) does not have", p.name, p.device.isa, p.device.host.name)
	}
	found, ok := p.lib.kernel(kernel)
	switch {
	case !ok:
		return fmt.Errorf("cpu: source %s has no kernel %q", p.name, kernel)
	case found.words != len(args):
		return fmt.Errorf("cpu: kernel %s of %s takes %d arguments, not %d", kernel, p.name, found.words, len(args))
	case teams < 0:
		return fmt.Errorf("cpu: kernel %s of %s: %d teams", kernel, p.name, teams)
	}
	packed, release, err := p.device.pack(args)
	defer release()
	if err != nil {
		return fmt.Errorf("cpu: kernel %s of %s: %w", kernel, p.name, err)
	}
	if err := ctx.Err(); err != nil || teams == 0 {
		return err
	}
	run(ctx, found.at, packed, teams, p.device.info.Workers)
	return ctx.Err()
}

// run calls entry on as many threads as have something to do, and waits for them.
func run(ctx context.Context, entry uintptr, packed []uint64, teams, threads int) {
	var next int64
	var stop int32
	if ctx.Done() != nil { // else nobody can cancel it
		stopped := make(chan struct{})
		disarm := context.AfterFunc(ctx, func() {
			atomic.StoreInt32(&stop, 1)
			close(stopped)
		})
		defer func() {
			if !disarm() {
				<-stopped
			}
		}()
	}
	member := func() {
		purego.SyscallN(entry, uintptr(unsafe.Pointer(unsafe.SliceData(packed))), uintptr(teams),
			uintptr(unsafe.Pointer(&next)), uintptr(unsafe.Pointer(&stop)))
	}
	var members sync.WaitGroup
	for range min(threads, teams) - 1 {
		members.Go(member)
	}
	member()
	members.Wait()
	runtime.KeepAlive(packed)
}

// pack fills a kernel's args struct. The buffers in it cannot be freed until release is called.
func (d *Device) pack(args []any) (packed []uint64, release func(), err error) {
	var held []*buffer
	release = func() {
		for _, b := range held {
			b.release()
		}
	}
	packed = make([]uint64, len(args), len(args)+1)
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
			return nil, release, fmt.Errorf("argument %d is of type %s; a buffer, int64 or float64", i, strings.TrimSpace(fmt.Sprintf("%T", a)))
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
	return errors.Join(p.lib.close())
}
