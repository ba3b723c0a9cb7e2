// Package simt is a device for tests: a team is a few threads under the thread sanitizer, as a GPU's are, so that a
// forgotten SYNC is found on a machine without a GPU.
//
// A source becomes a program of its own; a launch runs it, on buffers that it shares. What a kernel does wrong with
// its members is the launch's error: a data race, a SYNC that some members miss, an OWN value of another member's,
// a touch beyond a buffer's end.
package simt

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"

	"brainsweep/device"
)

//go:embed prelude/simt.h
var prelude string

//go:embed prelude/runtime.c
var runtimeText string

// Device runs kernels under the thread sanitizer. It implements device.Device.
type Device struct {
	members int
	dir     string // of its programs and buffers

	mu     sync.Mutex
	closed bool
	made   int // programs
	open   map[interface{ release() error }]struct{}
}

var _ device.Device = (*Device)(nil)

// Open prepares teams of the given number of members. The error tells why the sanitizer cannot be had here: it needs
// gcc or clang with its library.
func Open(members int) (*Device, error) {
	if members < 1 {
		return nil, fmt.Errorf("simt: %d members; at least 1", members)
	}
	dir, err := os.MkdirTemp("", "brainsweep-simt-*")
	if err != nil {
		return nil, fmt.Errorf("simt: %w", err)
	}
	d := &Device{members: members, dir: dir, open: map[interface{ release() error }]struct{}{}}
	if err := d.try(); err != nil {
		return nil, errors.Join(fmt.Errorf("simt: the thread sanitizer cannot be had here: %w", err), os.RemoveAll(dir))
	}
	return d, nil
}

// try compiles the runtime for all programs to come, and runs a kernel.
func (d *Device) try() error {
	text := filepath.Join(d.dir, "runtime.c")
	if err := os.WriteFile(text, []byte(runtimeText), 0o600); err != nil {
		return err
	}
	out, err := d.cc(context.Background(), fmt.Sprintf("-DMEMBERS=%d", d.members), "-c", text, "-o", d.runtime())
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	p, err := d.Build(context.Background(), device.Source{
		Name: "try", Precision: 64, Nodes: 3,
		Text: "struct args { double *x; }; KERNEL(sum) { SHARED(double, s, NODES); EACH_OF(i, NODES) s[i] = i; SYNC; ONCE A->x[0] = s[0] + s[1] + s[2]; }",
	})
	if err != nil {
		return err
	}
	b, err := d.Alloc(8)
	if err != nil {
		return err
	}
	return errors.Join(p.Launch(context.Background(), "sum", 1, b), b.Free(), p.Close())
}

func (d *Device) runtime() string { return filepath.Join(d.dir, "runtime.o") }

// cc runs the compiler and gives what it said.
func (d *Device) cc(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "cc", append([]string{"-std=gnu11", "-O1", "-g", "-w", "-fsanitize=thread", "-pthread", "-ffp-contract=fast"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	return cmd.CombinedOutput()
}

// Info describes the device.
func (d *Device) Info() device.Info {
	return device.Info{Kind: "simt", Name: fmt.Sprintf("%d threads under the thread sanitizer", d.members), Workers: 1, Memory: 1 << 30, ISA: "generic", Tools: "cc -fsanitize=thread"}
}

var sourceName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Build makes a program of src.
func (d *Device) Build(ctx context.Context, src device.Source) (device.Program, error) {
	if !sourceName.MatchString(src.Name) || src.Precision != 32 && src.Precision != 64 || src.Nodes < 1 {
		return nil, fmt.Errorf("simt: bad source: name %q, precision %d, %d nodes", src.Name, src.Precision, src.Nodes)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.made++
	stem := filepath.Join(d.dir, fmt.Sprintf("%s-%d", src.Name, d.made))
	closed := d.closed
	d.mu.Unlock()
	if closed {
		return nil, errClosed
	}
	text := fmt.Sprintf("#define PRECISION %d\n#define NODES %d\n#define MEMBERS %d\n#line 1 \"simt.h\"\n%s#line 1 \"%s.c\"\n%s",
		src.Precision, src.Nodes, d.members, prelude, src.Name, src.Text)
	if err := os.WriteFile(stem+".c", []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("simt: %w", err)
	}
	out, err := d.cc(ctx, "-rdynamic", stem+".c", d.runtime(), "-ldl", "-lm", "-o", stem)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &device.BuildError{Source: src, Log: string(out)}
	}
	p := &program{device: d, name: src.Name, path: stem}
	return p, d.keep(p)
}

var errClosed = errors.New("simt: the device is closed")

// keep remembers what Close has to release.
func (d *Device) keep(x interface{ release() error }) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errors.Join(errClosed, x.release())
	}
	d.open[x] = struct{}{}
	return nil
}

func (d *Device) forget(x interface{ release() error }) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, x)
}

// Close frees all buffers and programs.
func (d *Device) Close() error {
	d.mu.Lock()
	open := d.open
	already := d.closed
	d.closed, d.open = true, nil
	d.mu.Unlock()
	if already {
		return nil
	}
	var errs []error
	for x := range open {
		errs = append(errs, x.release())
	}
	return errors.Join(append(errs, os.RemoveAll(d.dir))...)
}
