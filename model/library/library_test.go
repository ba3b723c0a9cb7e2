package library_test

import (
	"fmt"
	"testing"

	"brainsweep/model/expr"
	"brainsweep/model/library"
)

func TestEveryModelReads(t *testing.T) {
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if w := m.Warnings(); len(w) > 0 {
			t.Errorf("%s: %q", name, w)
		}
		d, err := m.Dynamics()
		if err != nil {
			t.Error(err)
			continue
		}
		ops := map[expr.Op]int{}
		total := 0
		for _, n := range expr.Order(d.Derivatives...) {
			if len(n.Args) > 0 {
				ops[n.Op]++
				total++
			}
		}
		fmt.Println(name, total, ops)
	}
}
