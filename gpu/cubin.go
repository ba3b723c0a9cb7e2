package gpu

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kernel is what the compiler says of one kernel.
type Kernel struct {
	Name      string
	Words     int // 8-byte words of its arguments
	Registers int // of a thread
	Stack     int // [bytes] of a thread, in its local memory
	Spilled   int // [bytes] that a thread writes to its stack for want of registers, written down once each
	Shared    int // [bytes] of a block
}

// Attributes of a kernel in machine code, each behind a byte that tells its format (as cuobjdump -elf names them).
const (
	attributeParamSize = 0x19 // EIATTR_CBANK_PARAM_SIZE [bytes]
	formatHalf         = 0x03 // EIFMT_HVAL: the value is the next half word
	formatSized        = 0x04 // EIFMT_SVAL: the next half word is the length of what follows
)

// hostWords are the last words of a kernel's parameter: the number of teams and the place where the host says stop.
const hostWords = 2

// parameterOf finds an entry of the assembler's text with the bytes of its one parameter, as in
//
//	.visible .entry simulate(
//		.param .align 8 .b8 simulate_param_0[376]
var parameterOf = regexp.MustCompile(`\.entry (\w+)\(\s*\.param \.align 8 \.b8 \w+\[(\d+)\]`)

// kernelsOfText reads the kernels of the assembler's text: their names and arguments.
func kernelsOfText(text string) []Kernel {
	var kernels []Kernel
	for _, m := range parameterOf.FindAllStringSubmatch(text, -1) {
		if size, err := strconv.Atoi(m[2]); err == nil {
			kernels = append(kernels, Kernel{Name: m[1], Words: size/8 - hostWords})
		}
	}
	return kernels
}

// kernelsOfCubin reads an ELF file with a section .nv.info.<kernel> each.
func kernelsOfCubin(cubin []byte) ([]Kernel, error) {
	damaged := func(err error) error { return fmt.Errorf("gpu: the compiled kernel is damaged: %w", err) }
	if len(cubin) < 64 {
		return nil, damaged(fmt.Errorf("%d bytes", len(cubin)))
	}
	// NVIDIA writes the version of CUDA where ELF has its own, which is 1.
	image := slices.Clone(cubin)
	binary.LittleEndian.PutUint32(image[20:], uint32(elf.EV_CURRENT))
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, damaged(err)
	}
	var kernels []Kernel
	for _, section := range file.Sections {
		name, ok := strings.CutPrefix(section.Name, ".nv.info.")
		if !ok {
			continue
		}
		attributes, err := section.Data()
		if err != nil {
			return nil, damaged(err)
		}
		bytes, ok := halfAttribute(attributes, attributeParamSize)
		if !ok {
			continue // a function that a kernel calls
		}
		k := Kernel{Name: name, Words: bytes/8 - hostWords}
		if shared := file.Section(".nv.shared." + name); shared != nil {
			k.Shared = int(shared.Size)
		}
		kernels = append(kernels, k)
	}
	return kernels, nil
}

// halfAttribute finds the value of an attribute that is a half word.
func halfAttribute(attributes []byte, wanted byte) (value int, ok bool) {
	for len(attributes) >= 4 {
		half := int(binary.LittleEndian.Uint16(attributes[2:]))
		if attributes[0] == formatHalf && attributes[1] == wanted {
			return half, true
		}
		length := 4
		if attributes[0] == formatSized {
			length += half
		}
		if length > len(attributes) {
			break
		}
		attributes = attributes[length:]
	}
	return 0, false
}

// The assembler's report, such as
//
//	ptxas info    : Compiling entry function 'simulate' for 'sm_90'
//	    64 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
//	ptxas info    : Used 96 registers, 4424 bytes smem, 888 bytes cmem[0]
var (
	reportEntry = regexp.MustCompile(`Compiling entry function '(\w+)'`)
	reportStack = regexp.MustCompile(`(\d+) bytes stack frame, (\d+) bytes spill stores`)
	reportUsed  = regexp.MustCompile(`Used (\d+) registers`)
)

// readReport adds what the assembler reports of each kernel.
func readReport(kernels []Kernel, log string) {
	var k *Kernel
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	for line := range strings.Lines(log) {
		if m := reportEntry.FindStringSubmatch(line); m != nil {
			k = nil
			if at := slices.IndexFunc(kernels, func(k Kernel) bool { return k.Name == m[1] }); at >= 0 {
				k = &kernels[at]
			}
		}
		if k == nil {
			continue
		}
		if m := reportStack.FindStringSubmatch(line); m != nil {
			k.Stack, k.Spilled = number(m[1]), number(m[2])
		}
		if m := reportUsed.FindStringSubmatch(line); m != nil {
			k.Registers = number(m[1])
		}
	}
}
