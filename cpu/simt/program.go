package simt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"brainsweep/device"
)

type program struct {
	device *Device
	name   string
	path   string

	mu     sync.RWMutex // held for reading by launches
	closed bool
}

// Launch runs the program, team after team. Its error holds the sanitizer's report.
func (p *program) Launch(ctx context.Context, kernel string, teams int, args ...any) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	switch {
	case p.closed:
		return fmt.Errorf("simt: kernel %s: the program is closed", p.name)
	case teams < 0:
		return fmt.Errorf("simt: kernel %s of %s: %d teams", kernel, p.name, teams)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	request, files, release, err := p.device.request(kernel, teams, args)
	defer release()
	if err != nil {
		return fmt.Errorf("simt: kernel %s of %s: %w", kernel, p.name, err)
	}
	cmd := exec.CommandContext(ctx, p.path)
	cmd.Stdin = strings.NewReader(request)
	cmd.ExtraFiles = files
	cmd.Env = append(os.Environ(), "TSAN_OPTIONS=halt_on_error=1 exitcode=66")
	var said strings.Builder
	cmd.Stderr = &said
	err = start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("simt: kernel %s of %s: %w\n%s", kernel, p.name, err, said.String())
	}
	return nil
}

// start starts cmd with addresses that are not drawn at random: older sanitizers do not bear all that newer Linux draws.
func start(cmd *exec.Cmd) error {
	const ask, noRandom = 0xffffffff, 0x0040000
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, _, errno := syscall.RawSyscall(syscall.SYS_PERSONALITY, ask, 0, 0)
	if errno == 0 {
		syscall.RawSyscall(syscall.SYS_PERSONALITY, before|noRandom, 0, 0)
		defer syscall.RawSyscall(syscall.SYS_PERSONALITY, before, 0, 0)
	}
	return cmd.Start()
}

// request is what the program reads, and the files of the buffers in their order.
func (d *Device) request(kernel string, teams int, args []any) (text string, files []*os.File, release func(), err error) {
	var held []*buffer
	release = func() {
		for _, b := range held {
			b.unhold()
		}
	}
	var sizes, words strings.Builder
	number := map[*buffer]int{}
	for i, a := range args {
		switch a := a.(type) {
		case int64:
			fmt.Fprintf(&words, "w %x\n", uint64(a))
		case float64:
			fmt.Fprintf(&words, "w %x\n", math.Float64bits(a))
		case *buffer:
			if a == nil || a.device != d {
				return "", nil, release, fmt.Errorf("argument %d is a buffer of another device", i)
			}
			if _, known := number[a]; !known {
				if err := a.hold(); err != nil {
					return "", nil, release, fmt.Errorf("argument %d: %w", i, err)
				}
				held = append(held, a)
				number[a] = len(files)
				files = append(files, a.file)
				fmt.Fprintf(&sizes, "%d\n", a.size)
			}
			fmt.Fprintf(&words, "b %x\n", number[a])
		case device.Buffer:
			return "", nil, release, fmt.Errorf("argument %d is a buffer of another device", i)
		default:
			return "", nil, release, fmt.Errorf("argument %d is of type %T; a buffer, int64 or float64", i, a)
		}
	}
	return fmt.Sprintf("%s %d %d %d\n%s%s", kernel, teams, len(args), len(files), sizes.String(), words.String()), files, release, nil
}

func (p *program) release() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	return errors.Join(os.Remove(p.path), os.Remove(p.path+".c"))
}

// Close removes the program. Closing it again does nothing.
func (p *program) Close() error {
	p.device.forget(p)
	return p.release()
}
