package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// Split writes a result for each subject of a cohort's, <subject>.h5 in a folder, with its own nodes alone: the same as a
// job of this subject would give. Series that are kept at the best points of the cohort are left out. It gives the names
// of the files.
func Split(res *result.Result, folder string) ([]string, error) {
	if !res.IsCohort() {
		return nil, fault.Mistake{Pos: fault.Pos{File: res.Path()}, Msg: "is the result of one connectome; only that of a cohort has subjects"}
	}
	j, err := Recall(res)
	if err != nil {
		return nil, err
	}
	status, err := res.Status()
	if err != nil {
		return nil, err
	}
	if slices.Contains(status, result.Missing) {
		return nil, fault.Mistake{Pos: fault.Pos{File: res.Path()}, Msg: "has points that are missing; run the job to its end first"}
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	var names []string
	for i := range j.Plan.Subjects {
		name := filepath.Join(folder, fileName(j.Plan.Subjects[i].ID)+".h5")
		if err := j.splitOff(res, status, i, name); err != nil {
			return names, fmt.Errorf("subject %s: %w", j.Plan.Subjects[i].ID, err)
		}
		names = append(names, name)
	}
	return names, nil
}

// fileName is an ID without what a file's name cannot have.
func fileName(id string) string { return strings.NewReplacer("/", "-", `\`, "-").Replace(id) }

// only is the job for one of its subjects. It reads nothing but what the job has read.
func (j *Job) only(subject int) (*Job, error) {
	in := *j.inputs
	s := j.Plan.Subjects[subject]
	in.Cohort = &found{Subjects: []Subject{s}, Notes: [][]string{nil}}
	in.Cohort.Subjects[0].place, in.Cohort.Subjects[0].config = nil, nil
	return parse(j.File, j.Text, append(slices.Clone(j.Set), fmt.Sprintf("cohort.subjects=[%q]", s.ID)), &in)
}

// splitOff writes the result of one subject.
func (j *Job) splitOff(res *result.Result, status []uint8, subject int, name string) error {
	if _, err := os.Stat(name); err == nil {
		return fault.Mistake{Pos: fault.Pos{File: name}, Msg: "is there already; give another folder with -o, or remove it"}
	}
	one, err := j.only(subject)
	if err != nil {
		return err
	}
	s, err := newSetup(one.Plan)
	if err != nil {
		return err
	}
	s.layout.Series = slices.DeleteFunc(s.layout.Series, func(series result.Series) bool { return series.Keep.Best > 0 })
	if s.layout.Provenance, err = res.Provenance(); err != nil {
		return err
	}
	s.layout.Provenance = slices.DeleteFunc(s.layout.Provenance, func(e result.Entry) bool {
		return slices.Contains([]string{"set", "plan", "plan_digest", "parts"}, e.Name)
	})
	s.layout.Provenance = append(s.layout.Provenance, result.Entry{Name: "set", Value: strings.Join(one.Set, "\n")},
		result.Entry{Name: "plan", Value: one.Plan.Text()}, result.Entry{Name: "split_from", Value: filepath.Base(res.Path())})
	if s.layout.Inputs, err = one.filesOf(); err != nil {
		return err
	}
	part := name + ".part"
	count := one.Plan.Points()
	to, err := result.CreatePart(part, s.layout, 0, count, nil)
	if err != nil {
		return err
	}
	c := copier{setup: s, res: res, whole: &j.Plan.Subjects[subject], first: subject * count, to: to}
	for k := range count {
		if err := c.point(k, status[c.first+k]); err != nil {
			return fmt.Errorf("%w (%v)", err, to.Abandon())
		}
	}
	if err := to.Close(result.Run{Started: time.Now(), Ended: time.Now()}); err != nil {
		return err
	}
	defer os.Remove(part)
	return result.Merge(name, s.layout, []string{part}, nil)
}

// copier takes the points of a subject out of the result of a cohort.
type copier struct {
	*setup
	res   *result.Result
	whole *Subject // as the cohort's plan has it
	first int      // point of the subject
	to    *result.Part
}

func (c *copier) point(k int, status uint8) error {
	if status == result.Failed {
		f, err := c.res.Fault(c.first + k)
		if c.whole.place != nil {
			f.Node = slices.Index(c.whole.place, f.Node)
		}
		c.to.Fail(k, f)
		if err != nil {
			return err
		}
	} else {
		c.to.Done(k)
	}
	for i, s := range c.layout.Series {
		values, err := c.values("/"+s.Group+"/"+s.Name, c.first+k)
		if err != nil {
			return err
		}
		var rows any = values
		if s.Single {
			single := make([]float32, len(values))
			for i, v := range values {
				single[i] = float32(v)
			}
			rows = single
		}
		if err := c.to.Series(k, i, 0, rows); err != nil {
			return err
		}
	}
	for i, m := range c.layout.Metrics {
		values, err := c.values("/metrics/"+m.Quantity+"/"+m.Name, c.first+k)
		if err != nil {
			return err
		}
		if err := c.to.Metric(k, i, values); err != nil {
			return err
		}
	}
	return nil
}

// values are those of a variable at a point and at the subject's nodes.
func (c *copier) values(path string, point int) ([]float64, error) {
	v, err := c.res.Variable(path)
	if err != nil {
		return nil, err
	}
	values, err := c.res.At(v, point)
	if err != nil || c.whole.place == nil {
		return values, err
	}
	return gathered(values, v.Shape[1:], v.Dims[1:], c.whole.place), nil
}

// gathered takes what is at some places along every dimension of nodes out of an array.
func gathered(values []float64, shape []int, dims []string, place []int) []float64 {
	if len(shape) == 0 {
		return values
	}
	each := len(values) / shape[0]
	var out []float64
	take := func(i int) { out = append(out, gathered(values[i*each:(i+1)*each], shape[1:], dims[1:], place)...) }
	if dims[0] == "node" || dims[0] == "node2" {
		for _, i := range place {
			take(i)
		}
		return out
	}
	for i := range shape[0] {
		take(i)
	}
	return out
}
