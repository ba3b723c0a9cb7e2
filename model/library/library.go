// Package library holds the models that come with the program, as files of the same form as a user's.
package library

import (
	"embed"
	"io/fs"
	"path"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/rateml"
)

//go:embed *.toml
var files embed.FS

// Names lists the models, sorted.
func Names() []string {
	paths, err := fs.Glob(files, "*.toml")
	if err != nil {
		panic("library: " + err.Error())
	}
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = strings.TrimSuffix(path.Base(p), ".toml")
	}
	return names
}

// Read returns the model of that name. The error is a fault.Mistake when there is none.
func Read(name string) (*model.Model, error) {
	text, err := files.ReadFile(name + ".toml")
	if err != nil {
		hint := fault.Suggest(name, Names())
		if hint == "" {
			hint = "; the library has " + strings.Join(Names(), ", ")
		}
		return nil, fault.Mistake{Msg: `unknown model "` + name + `"` + hint}
	}
	return model.Parse("library/"+name+".toml", text)
}

// Open returns a model of the library by its name, or reads the model file at a path that ends in .toml or, of RateML, .xml.
func Open(nameOrPath string) (*model.Model, error) {
	if strings.HasSuffix(nameOrPath, ".xml") {
		return rateml.Read(nameOrPath)
	}
	if strings.HasSuffix(nameOrPath, ".toml") {
		return model.Read(nameOrPath)
	}
	return Read(nameOrPath)
}

// RateML says a model in RateML; see rateml.Write.
func RateML(m *model.Model) (text string, notes []string, err error) { return rateml.Write(m) }
