package bids

import (
	"io"
	"path"
	"strings"

	"brainsweep/fault"
)

// Measured is a table that was measured of a subject.
type Measured struct {
	Name    string // from the data set's folder
	Text    []byte
	Sidecar []byte // the JSON file of the same name; nil where there is none
}

// FC returns the functional connectivity that was measured of the subject, a file *_fc.tsv or the like.
func (s *Subject) FC() (*Measured, error) { return s.measured(fc, "functional connectivity") }

// Series returns what was measured of the subject's regions over time, a file *_timeseries.tsv or *_emp.tsv.
func (s *Subject) Series() (*Measured, error) { return s.measured(bold, "time series") }

func (s *Subject) measured(k kind, what string) (*Measured, error) {
	found := s.of(k)
	place := fault.Pos{File: s.set.at(s.ID)}
	if len(found) == 0 {
		return nil, fault.Mistake{Pos: place, Msg: "the data set has no measured " + what}
	}
	if len(found) > 1 {
		return nil, fault.Mistake{Pos: place, Msg: "measured " + what + " could be " + found[0].path + " or " + found[1].path +
			`; name one with file = ".../{subject}_..."`}
	}
	m := &Measured{Name: found[0].path}
	var err error
	if m.Text, err = s.set.bytes(m.Name); err != nil {
		return nil, err
	}
	side := strings.TrimSuffix(m.Name, path.Ext(m.Name)) + ".json"
	if _, err := s.set.root.Stat(side); err == nil {
		if m.Sidecar, err = s.set.bytes(side); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// maxMeasured is how large a table of measurements may be [bytes].
const maxMeasured = 1 << 30

// bytes reads a file as it is.
func (s *Set) bytes(name string) ([]byte, error) {
	in, err := s.open(name)
	if err != nil {
		return nil, mistake(s.at(name), "%v", err)
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, maxMeasured+1))
	if err == nil && len(raw) > maxMeasured {
		return nil, mistake(s.at(name), "is larger than %d bytes", maxMeasured)
	}
	if err != nil {
		return nil, mistake(s.at(name), "%s", reason(err))
	}
	return raw, nil
}
