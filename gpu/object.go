package gpu

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Object is a source in machine code.
type Object struct {
	Cubin   []byte   // nil for a GPU newer than the compiler: its driver makes it from the assembler's text
	PTX     string   // the assembler's text
	Kernels []Kernel // in the order of their names
	Members int      // threads of a team
	Blocks  int      // of a team
	Teams   int      // of a block at most; of teams of several blocks, under way at a time
}

// image is what the driver loads.
func (o *Object) image() []byte {
	if o.Cubin == nil {
		return []byte(o.PTX)
	}
	return o.Cubin
}

// findKernels reads the kernels in machine code, or in the assembler's text where there is no other, or where the
// machine code is laid out in a way that this program does not know.
func (o *Object) findKernels() error {
	inText := kernelsOfText(o.PTX)
	inCode, err := kernelsOfCubin(o.Cubin)
	o.Kernels = inCode
	if len(inText) > len(inCode) {
		o.Kernels, err = inText, nil
	}
	if len(o.Kernels) == 0 {
		err = errors.Join(errors.New("gpu: the compiler gave no kernel"), err)
	}
	slices.SortFunc(o.Kernels, func(a, b Kernel) int { return strings.Compare(a.Name, b.Name) })
	return err
}

// packed is what stands before the image in a file of the cache.
type packed struct {
	Format                 int
	Text                   bool // the image is the assembler's text
	Kernels                []Kernel
	Members, Blocks, Teams int
}

// packedFormat changes when packed does.
const packedFormat = 1

// pack gives what is kept of an object: a line that describes it, and what the driver loads.
func (o *Object) pack() []byte {
	head, err := json.Marshal(packed{packedFormat, o.Cubin == nil, o.Kernels, o.Members, o.Blocks, o.Teams})
	if err != nil {
		panic("gpu: an object is described by plain numbers: " + err.Error())
	}
	return append(append(head, '\n'), o.image()...)
}

// unpackObject is the reverse of pack, but for the assembler's text of what has machine code.
func unpackObject(file []byte) (*Object, error) {
	at := slices.Index(file, '\n')
	if at < 0 {
		return nil, errors.New("gpu: the cache holds something else")
	}
	var head packed
	if err := json.Unmarshal(file[:at], &head); err != nil {
		return nil, fmt.Errorf("gpu: the cache holds something else: %w", err)
	}
	if head.Format != packedFormat {
		return nil, fmt.Errorf("gpu: the cache holds format %d, not %d", head.Format, packedFormat)
	}
	o := &Object{Kernels: head.Kernels, Members: head.Members, Blocks: head.Blocks, Teams: head.Teams}
	if head.Text {
		o.PTX = string(file[at+1:])
	} else {
		o.Cubin = file[at+1:]
	}
	return o, nil
}
