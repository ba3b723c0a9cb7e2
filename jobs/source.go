package jobs

import (
	"path/filepath"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/library"
	"brainsweep/model/rateml"
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
	if ending != ".toml" && ending != ".xml" {
		return nil, fault.Mistake{Pos: pos, Msg: source + ": a model file ends in .toml, or in .xml when it is RateML"}
	}
	text, err := r.inputs.file(source, pos)
	if err != nil {
		return nil, err
	}
	if ending == ".xml" {
		return rateml.Parse(r.inputs.path(source), text)
	}
	return model.Parse(r.inputs.path(source), text)
}
