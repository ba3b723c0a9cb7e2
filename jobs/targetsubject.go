package jobs

import (
	"crypto/sha256"
	"path"
	"strconv"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/bids"
	"brainsweep/io/matrix"
	"brainsweep/metrics"
)

// measuredFile is what a target names for the data that the cohort's data set has of each subject.
const measuredFile = "{cohort}"

// ofSubjects tells whether a file's name stands for one of each subject.
func ofSubjects(file string) bool { return file == measuredFile || strings.Contains(file, "{subject}") }

// empirical sees to it that a subject has what the job's targets compare it with, and keeps it with the job's inputs.
// The error says why the subject cannot be compared.
func (r *reader) empirical(s *bids.Subject) error {
	for i := range r.Len("target") {
		at := []string{"target", strconv.Itoa(i)}
		file, _ := r.Value(join(at, "file")...).(string)
		kind, _ := r.Value(join(at, "kind")...).(string)
		if !ofSubjects(file) {
			continue
		}
		name := fileOf(file, kind, s.ID)
		if file == measuredFile {
			found, err := measuredOf(s, kind)
			if err != nil {
				return err
			}
			r.inputs.keep(name, found.Text)
			r.inputs.keep(strings.TrimSuffix(name, path.Ext(name))+".json", found.Sidecar)
		}
		text, err := r.inputs.file(name, fault.Pos{})
		if err == nil {
			_, err = matrix.Parse(r.inputs.path(name), text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// measuredOf is what the data set has for a kind of target.
func measuredOf(s *bids.Subject, kind string) (*bids.Measured, error) {
	switch kind {
	case targetFC:
		return s.FC()
	case targetSeries:
		return s.Series()
	}
	return nil, fault.Mistake{Msg: "data sets are searched for targets of kind fc and series, not " + kind}
}

// fileOf is the file of a subject that a target stands for. What the data set has goes by a name made up.
func fileOf(file, kind, subject string) string {
	if file == measuredFile {
		return path.Join(measuredFile, kind, subject+".tsv")
	}
	return strings.ReplaceAll(file, "{subject}", subject)
}

// readTargets reads a target of each subject, each in the order of the subject's own nodes.
func (r *reader) readTargets(t *Target, at []string) (*metrics.Target, error) {
	var faults fault.List
	if r.plan.Cohort == nil {
		return nil, fault.Mistake{Pos: r.ValuePos(join(at, "file")...), Msg: "a file for each subject needs a [cohort]"}
	}
	t.own = map[int]*metrics.Target{}
	sum := sha256.New()
	for i := range r.plan.Subjects {
		s := &r.plan.Subjects[i]
		// The target's reader goes by the plan's nodes; these are the subject's.
		plan, one := *r.plan, *t
		plan.Connectome = &connectome.Connectome{Labels: s.Labels, Source: s.ID}
		own := *r
		own.plan, own.faults = &plan, nil
		one.File = fileOf(t.File, t.Kind, s.ID)
		data, err := own.readTarget(&one, at)
		faults = append(faults, own.faults...)
		faults.Add(err)
		r.warnings = own.warnings
		t.own[i] = data
		sum.Write(one.digest)
		if i == 0 {
			t.Period = one.Period
		}
	}
	t.digest = sum.Sum(nil)
	return t.own[0], faults.Err()
}
