package jobs

import (
	"path/filepath"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/library"
)

// defaultBalloon is the library's BOLD model.
const defaultBalloon = "balloon"

// openModel reads the model that a job names at pos: a file where the name has an ending or a slash, else one of the library.
func (r *reader) openModel(source string, pos fault.Pos) (*model.Model, error) {
	ending := filepath.Ext(source)
	if ending == "" && !strings.ContainsAny(source, `/\`) {
		m, err := library.Read(source)
		return m, placed(err, pos)
	}
	if ending != ".toml" {
		return nil, fault.Mistake{Pos: pos, Msg: source + ": a model file ends in .toml"}
	}
	text, err := r.inputs.file(source, pos)
	if err != nil {
		return nil, err
	}
	return model.Parse(r.inputs.path(source), text)
}
