// Package cpu is the device of this host's cores: a kernel source becomes C, a shared object, and a call per thread.
//
// The compiler's vector instructions do the work: EACH is a loop over nodes, a team is one call. Compiled objects are
// kept in a directory by the digest of everything that went into them, so that all ranks of a host, and all hosts of
// a shared home directory, compile a source once.
package cpu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"

	"brainsweep/device"
)

// Options say how to open the device. The zero value is what most want.
type Options struct {
	Threads  int    // teams that run at the same time; 0: the cores that this process may use
	CacheDir string // where compiled kernels are kept; "": the user's cache directory
	ISA      string // instruction set to compile for: "" or "native", or one of Levels
	Compiler string // C compiler with its first arguments; "": $CC, gcc, clang or cc, whichever is found first
}

// Device is this host's cores. It implements device.Device.
type Device struct {
	info     device.Info
	host     host
	isa      string
	compiler *compiler // nil when the host has none
	cache    *cache

	mu       sync.Mutex
	closed   bool
	busy     map[string]chan struct{} // sources being compiled, by digest
	buffers  map[*buffer]struct{}
	programs map[*program]struct{}
}

var _ device.Device = (*Device)(nil)

// Open finds out what the host is and which compiler it has. A host without a compiler can still run kernels that
// were compiled into the cache elsewhere.
func Open(o Options) (*Device, error) {
	h := thisHost()
	isa := o.ISA
	if isa == "" {
		isa = native
	}
	if isa != native && levelOf(isa) < 0 {
		return nil, fmt.Errorf("cpu: unknown instruction set %q; known here: %s and %s", isa, native, list(Levels()))
	}
	cc, err := findCompiler(o.Compiler, isa)
	if err != nil {
		return nil, err
	}
	threads := o.Threads
	switch {
	case threads < 0:
		return nil, fmt.Errorf("cpu: %d threads; at least 1, or 0 for all cores", threads)
	case threads == 0:
		threads = runtime.GOMAXPROCS(0)
	}
	dir := o.CacheDir
	if dir == "" {
		if user, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(user, "brainsweep", "kernels")
		}
	}
	d := &Device{
		host: h, isa: isa, compiler: cc, cache: &cache{dir: dir},
		busy: map[string]chan struct{}{}, buffers: map[*buffer]struct{}{}, programs: map[*program]struct{}{},
	}
	d.info = device.Info{Kind: "cpu", Name: h.name, Workers: threads, Memory: freeMemory(os.DirFS("/")), ISA: h.describe(isa), Tools: "no C compiler"}
	if cc != nil {
		d.info.Tools = cc.version
	}
	return d, nil
}

// Info describes the host. Memory is what was free when the device was opened.
func (d *Device) Info() device.Info { return d.info }

var sourceName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Build gives the program of src, compiled for the device's instruction set or found in the cache. Builds of one source
// at the same time compile it once.
func (d *Device) Build(ctx context.Context, src device.Source) (device.Program, error) {
	switch {
	case !sourceName.MatchString(src.Name):
		return nil, fmt.Errorf("cpu: kernel name %q; letters, digits, _ and - only", src.Name)
	case src.Precision != 32 && src.Precision != 64:
		return nil, fmt.Errorf("cpu: kernel %s: precision %d; 32 or 64", src.Name, src.Precision)
	case src.Nodes < 1:
		return nil, fmt.Errorf("cpu: kernel %s: %d nodes; at least 1", src.Name, src.Nodes)
	}
	u := newUnit(src)
	if err := d.claim(ctx, u.digest); err != nil {
		return nil, err
	}
	defer d.release(u.digest)
	lib, err := d.load(ctx, u)
	if err != nil {
		return nil, err
	}
	p := &program{device: d, name: src.Name, lib: lib}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.Join(errClosed, p.lib.close())
	}
	d.programs[p] = struct{}{}
	return p, nil
}

// claim waits until no other goroutine compiles the source with the digest.
func (d *Device) claim(ctx context.Context, digest string) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		d.mu.Lock()
		other, taken := d.busy[digest]
		if !taken {
			d.busy[digest] = make(chan struct{})
		}
		closed := d.closed
		d.mu.Unlock()
		switch {
		case closed:
			if !taken {
				d.release(digest)
			}
			return errClosed
		case !taken:
			return nil
		}
		select {
		case <-other:
		case <-ctx.Done():
		}
	}
}

func (d *Device) release(digest string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.busy[digest])
	delete(d.busy, digest)
}

var errClosed = errors.New("cpu: the device is closed")

// Close frees all buffers and unloads all programs of the device. No launch may be under way.
func (d *Device) Close() error {
	d.mu.Lock()
	buffers, programs := d.buffers, d.programs
	already := d.closed
	d.closed, d.buffers, d.programs = true, nil, nil
	d.mu.Unlock()
	if already {
		return nil
	}
	var errs []error
	for b := range buffers {
		errs = append(errs, b.Free())
	}
	for p := range programs {
		errs = append(errs, p.Close())
	}
	errs = append(errs, d.cache.close())
	return errors.Join(errs...)
}
