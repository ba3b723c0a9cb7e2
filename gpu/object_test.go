package gpu

import (
	"reflect"
	"testing"
)

const someText = `.visible .entry start(
	.param .align 8 .b8 start_param_0[368]
)
.visible .entry finish(
	.param .align 8 .b8 finish_param_0[24]
)
`

// The inside is tested here because machine code of a compiler that does not exist yet cannot be had.
func TestKernelsOfStrangeCode(t *testing.T) {
	want := []Kernel{{Name: "finish", Words: 1}, {Name: "start", Words: 44}}
	for name, o := range map[string]*Object{
		"machine code of another kind": {Cubin: []byte("something that is new"), PTX: someText},
		"the assembler's text alone":   {PTX: someText},
	} {
		t.Run(name, func(t *testing.T) {
			if err := o.findKernels(); err != nil || !reflect.DeepEqual(o.Kernels, want) {
				t.Fatalf("%+v, %v", o.Kernels, err)
			}
			o.Members, o.Blocks, o.Teams = 68, 1, 3
			back, err := unpackObject(o.pack())
			if err != nil {
				t.Fatal(err)
			}
			if string(back.image()) != string(o.image()) || !reflect.DeepEqual(back.Kernels, want) || back.Members != 68 || back.Blocks != 1 || back.Teams != 3 {
				t.Errorf("%+v comes back as %+v", o, back)
			}
		})
	}
	for _, nothing := range []*Object{{}, {Cubin: []byte("no machine code"), PTX: "no text"}} {
		if err := nothing.findKernels(); err == nil {
			t.Errorf("kernels are found where there are none: %+v", nothing.Kernels)
		}
	}
	for _, file := range []string{"", "no line", "no object\nat all", "{}\nof another format"} {
		if o, err := unpackObject([]byte(file)); err == nil {
			t.Errorf("%q is taken for %+v", file, o)
		}
	}
}
