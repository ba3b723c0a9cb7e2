package cpu

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"brainsweep/device"
)

//go:embed prelude/cpu.h
var prelude string

// Options for every compiler. What -ffast-math would add is left out on purpose: sums keep their order, NaN and
// infinity stay visible, and linking with it would flush denormals in the whole process.
var common = []string{
	"-std=gnu11", "-O3", "-fPIC", "-fvisibility=hidden", "-fopenmp-simd",
	"-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast",
	"-w",
}

// compiler is a C compiler set to one instruction set.
type compiler struct {
	command []string // with its own first arguments
	options []string
	version string // for people
	digest  string // of its version, options and the features of the instruction set as it understands them
}

// findCompiler looks for the compiler that is asked for, or else for the first of the usual ones that takes the options.
// It returns nil, and no error, when none was asked for and none is there.
func findCompiler(asked, isa string) (*compiler, error) {
	candidates := []string{asked}
	if asked == "" {
		candidates = []string{os.Getenv("CC"), "gcc", "clang", "cc"}
	}
	var refusals []error
	for _, c := range candidates {
		command := strings.Fields(c)
		if len(command) == 0 {
			continue
		}
		if _, err := exec.LookPath(command[0]); err != nil {
			continue
		}
		cc, err := newCompiler(command, isa)
		if err == nil {
			return cc, nil
		}
		refusals = append(refusals, err)
	}
	if asked != "" && len(refusals) == 0 {
		return nil, fmt.Errorf("cpu: there is no C compiler %q", asked)
	}
	return nil, errors.Join(refusals...)
}

// newCompiler asks the compiler for all it predefines under the options: that holds its version and every feature
// that "native" resolves to here.
func newCompiler(command []string, isa string) (*compiler, error) {
	options := append([]string{}, common...)
	switch {
	case isa != native:
		options = append(options, "-march="+isa)
	case runtime.GOARCH == "arm64":
		options = append(options, "-mcpu=native")
	default:
		options = append(options, "-march=native")
	}
	if runtime.GOARCH == "amd64" {
		options = append(options, "-mprefer-vector-width=512")
	}
	c := &compiler{command: command, options: options}
	predefined, err := c.predefined()
	if err != nil {
		return nil, err
	}
	if !strings.Contains(predefined, "#define __clang__ ") {
		// gcc's order of a long loop's instructions costs it a fifth of its speed when it is found after the registers.
		c.options = append(c.options, "-fsched-pressure", "-fschedule-insns", "-fno-loop-unroll-and-jam")
	}
	sum := sha256.Sum256([]byte(predefined + strings.Join(c.options, " ")))
	c.digest = hex.EncodeToString(sum[:8])
	version, _ := exec.Command(command[0], append(command[1:len(command):len(command)], "--version")...).Output()
	c.version, _, _ = strings.Cut(strings.TrimSpace(string(version)), "\n")
	return c, nil
}

func (c *compiler) predefined() (string, error) {
	cmd := c.run(context.Background(), append(append([]string{}, c.options...), "-dM", "-E", "-x", "c", os.DevNull)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("cpu: %s does not take the options %s: %w\n%s", c.command[0], strings.Join(c.options, " "), err, stderr.String())
	}
	return stdout.String(), nil
}

// run prepares a call of the compiler. Cancelling ctx ends it with its children.
func (c *compiler) run(ctx context.Context, args ...string) *exec.Cmd {
	args = append(c.command[1:len(c.command):len(c.command)], args...)
	cmd := exec.CommandContext(ctx, c.command[0], args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// unit is a source with the prelude in front, ready for the compiler.
type unit struct {
	source device.Source
	text   string
	digest string
}

func newUnit(src device.Source) unit {
	text := fmt.Sprintf("#define PRECISION %d\n#define NODES %d\n#line 1 \"cpu.h\"\n%s#line 1 \"%s.c\"\n%s",
		src.Precision, src.Nodes, prelude, src.Name, src.Text)
	sum := sha256.Sum256([]byte(text))
	return unit{source: src, text: text, digest: hex.EncodeToString(sum[:])}
}

// compile returns the bytes of u's shared object. It is linked in a step of its own, without the compiler's options
// for arithmetic: some add code that changes the floating-point state of the thread that loads it.
func (c *compiler) compile(ctx context.Context, u unit) ([]byte, error) {
	dir, err := os.MkdirTemp("", "brainsweep-kernel-*")
	if err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	defer os.RemoveAll(dir)
	text, object, shared := filepath.Join(dir, "kernel.c"), filepath.Join(dir, "kernel.o"), filepath.Join(dir, "kernel.so")
	if err := os.WriteFile(text, []byte(u.text), 0o600); err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	compile := append(append([]string{}, c.options...), "-c", "-o", object, text)
	link := []string{"-shared", "-o", shared, object, "-lm"}
	for _, args := range [][]string{compile, link} {
		out, err := c.run(ctx, args...).CombinedOutput()
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && len(out) == 0:
			return nil, fmt.Errorf("cpu: %s: %w", c.command[0], err)
		case err != nil:
			return nil, &device.BuildError{Source: u.source, Log: string(out)}
		}
	}
	return os.ReadFile(shared)
}
