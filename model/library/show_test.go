package library_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/model/library"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What "models show" prints is kept in testdata/show; its equations must read back as the model's own.
func TestText(t *testing.T) {
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Error(err)
			continue
		}
		text := m.Text()
		golden := "testdata/show/" + name + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Error(err)
		}
		if text != string(want) {
			t.Errorf("%s: the text has changed; look at it, then go test -update\n%s", name, text)
		}
		_, rest, _ := strings.Cut(text, "\nEquations\n")
		equations, _, _ := strings.Cut(rest, "\nStates\n")
		all, err := expr.ParseEquations(fault.Pos{}, equations)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		printed := map[string]string{}
		for _, e := range all {
			printed[e.Name] += e.Value.String()
		}
		for _, f := range m.Functions {
			if printed[f.Name] != f.Body.String() {
				t.Errorf("%s: %s(...) reads back as %s", name, f.Name, printed[f.Name])
			}
		}
		for _, f := range m.Definitions {
			if printed[f.Name] != f.Value.String() {
				t.Errorf("%s: %s reads back as %s", name, f.Name, printed[f.Name])
			}
		}
		for _, s := range m.States {
			if printed[s.Symbol] != s.Derivative.String() {
				t.Errorf("%s: d(%s) reads back as %s", name, s.Name, printed[s.Name])
			}
		}
	}
}

func TestEveryModelIsWhole(t *testing.T) {
	for _, name := range library.Names() {
		m, _ := read(t, name)
		if w := m.Warnings(); len(w) > 0 {
			t.Errorf("%s: %q", name, w)
		}
		if m.Title == "" || m.Reference == "" || strings.Contains(m.Title, "\n") {
			t.Errorf("%s needs a title of one line and a reference", name)
		}
		for _, p := range m.Parameters {
			if p.About == "" {
				t.Errorf("%s: parameter %s is not described", name, p.Name)
			}
		}
		for _, s := range m.States {
			if s.About == "" {
				t.Errorf("%s: state %s is not described", name, s.Name)
			}
		}
	}
}

func TestOpen(t *testing.T) {
	text, err := os.ReadFile("kuramoto.toml")
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/mine.toml"
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	mine, err := library.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := library.Open("kuramoto")
	if err != nil {
		t.Fatal(err)
	}
	if mine.Name != "mine" || mine.Digest() != theirs.Digest() {
		t.Error("a user's copy of a model is another model")
	}
	if _, err := library.Open("kuramato"); err == nil || err.Error() != `unknown model "kuramato" (did you mean "kuramoto"?)` {
		t.Error(err)
	}
	if _, err := library.Open("../library/kuramoto"); err == nil {
		t.Error("a path without .toml is no model of the library")
	}
}

// A model of the library that is written as a file reads back as the same model with the same numbers.
func TestFile(t *testing.T) {
	for _, name := range library.Names() {
		m, _ := read(t, name)
		again, err := model.Parse(name+".toml", []byte(m.File()))
		if err != nil {
			t.Errorf("%v\n%s", err, m.File())
			continue
		}
		if again.Digest() != m.Digest() || again.Text() != m.Text() {
			t.Errorf("%s is another model after writing and reading:\n%s\n%s", name, m.Text(), again.Text())
		}
	}
}
