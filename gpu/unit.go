package gpu

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"brainsweep/device"
)

//go:embed prelude/cuda.h
var prelude string

// options for every kernel. Contraction to fused operations is NVRTC's default; reassociation it never does.
// Denormals of single precision are flushed. Quotients and roots of single precision are rounded correctly.
var options = []string{"--std=c++17", "--device-as-default-execution-space", "--ftz=true", "--ptxas-options=-v"}

// unit is a source with the prelude in front, ready for the compiler.
type unit struct {
	source device.Source
	shape  shape
	text   string
	digest string
}

var sourceName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// newUnit puts the prelude before a source. points limits the teams of a block; 0 is no limit.
func newUnit(src device.Source, points int) (unit, error) {
	switch {
	case !sourceName.MatchString(src.Name):
		return unit{}, fmt.Errorf("gpu: kernel name %q; letters, digits, _ and - only", src.Name)
	case src.Precision != 32 && src.Precision != 64:
		return unit{}, fmt.Errorf("gpu: kernel %s: precision %d; 32 or 64", src.Name, src.Precision)
	case src.Nodes < 1:
		return unit{}, fmt.Errorf("gpu: kernel %s: %d nodes; at least 1", src.Name, src.Nodes)
	}
	s := shapeOf(src.Nodes, src.Precision, points)
	text := fmt.Sprintf("#define PRECISION %d\n#define NODES %d\n#define MEMBERS %d\n#define TEAMS %d\n#define THREADS %d\n#line 1 \"cuda.h\"\n%s#line 1 \"%s.c\"\n%s",
		src.Precision, src.Nodes, s.members, s.teams, s.threads, prelude, src.Name, src.Text)
	sum := sha256.Sum256([]byte(text))
	return unit{source: src, shape: s, text: text, digest: hex.EncodeToString(sum[:])}, nil
}

// Object is a source in machine code.
type Object struct {
	Cubin   []byte
	PTX     string   // the assembler's text that it was made from
	Kernels []Kernel // in the order of their names
	Members int      // threads of a team
	Teams   int      // of a block at most
}

// Build makes machine code of src for an architecture such as "sm_90". What the compiler refuses is a *device.BuildError.
func (n *NVRTC) Build(src device.Source, arch string) (*Object, error) {
	u, err := newUnit(src, 0)
	if err != nil {
		return nil, err
	}
	return n.buildUnit(u, arch)
}

// buildUnit lets fewer teams share a block where their SHARED memory does not fit it.
func (n *NVRTC) buildUnit(u unit, arch string) (*Object, error) {
	out, err := n.compile(u.text, u.source.Name+".cu", arch, options...)
	if errors.Is(err, errRefused) && u.shape.teams > 1 && strings.Contains(out.log, "too much shared data") {
		if u, err = newUnit(u.source, u.shape.teams/2); err != nil {
			return nil, err
		}
		return n.buildUnit(u, arch)
	}
	if errors.Is(err, errRefused) {
		return nil, &device.BuildError{Source: u.source, Log: out.log}
	}
	if err != nil {
		return nil, err
	}
	kernels, err := kernelsOf(out.cubin)
	if err != nil {
		return nil, err
	}
	readReport(kernels, out.log)
	return &Object{Cubin: out.cubin, PTX: out.ptx, Kernels: kernels, Members: u.shape.members, Teams: u.shape.teams}, nil
}
