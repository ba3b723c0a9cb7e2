package jobs

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/bids"
	"brainsweep/io/result"
	"brainsweep/model"
	"brainsweep/model/rateml"
)

// repository is where the program comes from, as sidecars name it.
const repository = "brainsweep"

// Derivative writes the result of a cohort as a derivative in the form A of BIDS' extension for computational models into
// a folder: of every subject its connectome, and of each of its points (of those given, or of all) the BOLD signal, the
// matrices over regions, the matrices over windows of FCD, and the parameters; besides, the model as RateML and the job.
// It gives the number of points written. version is that of the program.
func Derivative(res *result.Result, folder string, points []int, version string) (int, error) {
	if !res.IsCohort() {
		return 0, fault.Mistake{Pos: fault.Pos{File: res.Path()}, Msg: "is the result of one connectome; only that of a cohort has subjects to write"}
	}
	for _, p := range points {
		if p < 0 || p >= res.Points {
			return 0, fault.Mistake{Msg: fmt.Sprintf("there is no point %d; they are 0 to %d", p, res.Points-1)}
		}
	}
	j, err := Recall(res)
	if err != nil {
		return 0, err
	}
	w, err := bids.Create(folder, bids.Description{
		Name: "Simulations: " + cmp.Or(j.Plan.Title, j.Plan.Model.Name), Generator: "brainsweep", Version: version, CodeURL: repository, Derived: true,
		Sources: []string{filepath.Base(j.Plan.Cohort.Source)},
	})
	if err != nil {
		return 0, err
	}
	d := &derivative{Writer: w, job: j, res: res, version: version, times: map[string]bool{}}
	if d.status, err = res.Status(); err != nil {
		return 0, err
	}
	if err := d.model(); err != nil {
		return 0, err
	}
	if err := d.people(); err != nil {
		return 0, err
	}
	written := 0
	for i := range j.Plan.Points() {
		if d.status[i] != result.Done || points != nil && !slices.Contains(points, i) {
			continue
		}
		if err := d.point(j.Plan.Point(i)); err != nil {
			return 0, fmt.Errorf("point %d: %w", i, err)
		}
		written++
	}
	return written, w.Close()
}

// derivative is a result being written.
type derivative struct {
	*bids.Writer
	job     *Job
	res     *result.Result
	version string
	status  []uint8
	times   map[string]bool // files of times that are written
}

// connectomeLabel is the entity desc- of connectomes: they are as they enter the equations.
const connectomeLabel = "used"

// label makes a value of the entity desc-, which has letters and digits alone.
func label(words ...string) string {
	return regexp.MustCompile(`[^A-Za-z0-9]`).ReplaceAllString(strings.Join(words, ""), "")
}

// model writes the equations and the job.
func (d *derivative) model() error {
	p := d.job.Plan
	text, notes, err := rateml.Write(p.Model)
	about := "equations of the model " + p.Model.Name + " in RateML"
	if err != nil {
		text, notes = lems(p.Model), []string{flatten(err)}
		about = "parameters and states of the model " + p.Model.Name + " in LEMS; its equations are beyond RateML, and stand in the model's own form in code"
	}
	if len(notes) > 0 {
		about += ". " + strings.Join(notes, ". ")
	}
	if err := d.File(d.equations(), text, plainFields(about)); err != nil {
		return err
	}
	if err := d.File("code/desc-"+label(p.Model.Name)+"_model.toml", p.Model.File(), plainFields("the model as brainsweep reads it")); err != nil {
		return err
	}
	return d.File("code/desc-"+label(p.Model.Name)+"_job.toml", p.Text(), plainFields("the job with all defaults written out; brainsweep run reads it"))
}

// lems writes what LEMS can say of any model: its parameters and states.
func lems(m *model.Model) string {
	var b strings.Builder
	escaped := func(s string) string {
		var e strings.Builder
		xml.EscapeText(&e, []byte(s)) // a Builder takes everything
		return e.String()
	}
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Lems>\n  <ComponentType name=\"%s\" description=\"%s\">\n", escaped(m.Name), escaped(m.Title))
	for _, q := range m.Parameters {
		fmt.Fprintf(&b, "    <Parameter name=\"%s\" dimension=\"%s\" description=\"%s\"/>\n", escaped(q.Name), escaped(cmp.Or(q.Unit, "none")), escaped(q.About))
	}
	b.WriteString("    <Dynamics>\n")
	for _, s := range m.States {
		fmt.Fprintf(&b, "      <StateVariable name=\"%s\" dimension=\"%s\"/>\n", escaped(s.Name), escaped(cmp.Or(s.Unit, "none")))
	}
	b.WriteString("    </Dynamics>\n  </ComponentType>\n</Lems>\n")
	return b.String()
}

func (d *derivative) equations() string {
	return "eq/desc-" + label(d.job.Plan.Model.Name) + "_eq.xml"
}

// plainFields are those that the JSON file of every table has, of a file that is none.
func plainFields(about string) map[string]any {
	return map[string]any{"NumberOfRows": 0, "NumberOfColumns": 0, "CoordsRows": []string{}, "CoordsColumns": []string{}, "Description": about}
}

// people writes what became of the subjects, and the connectomes of those that were simulated.
func (d *derivative) people() error {
	people, err := d.res.Participants()
	if err != nil {
		return err
	}
	columns := []string{"status", "reason", "nodes"}
	persons := map[string][]string{}
	for i, s := range people {
		if s.Reason != "" {
			persons[person(s.ID)] = []string{"unusable", s.Reason, "n/a"}
			continue
		}
		if persons[person(s.ID)] == nil {
			persons[person(s.ID)] = []string{"simulated", "", fmt.Sprint(s.Nodes)}
		}
		c, err := d.res.ConnectomeOf(i)
		if err != nil {
			return err
		}
		if err := d.Connectome(written(s.ID), connectomeLabel, c); err != nil {
			return err
		}
	}
	for _, s := range people {
		d.Person(person(written(s.ID)), columns, persons[person(s.ID)]...)
	}
	return nil
}

// person is whose session an ID names.
func person(id string) string {
	out, _, _ := strings.Cut(id, "_ses-")
	return out
}

// written is an ID as BIDS wants it: sub-01, or sub-01_ses-2. Those of data sets in BIDS stay as they are.
func written(id string) string {
	if strings.HasPrefix(id, "sub-") {
		return id
	}
	return "sub-" + label(id)
}

// id is that of a point's subject as it is written.
func (d *derivative) id(pt Point) string { return written(d.job.Plan.Subjects[pt.Subject].ID) }

// point writes what the result has of a point.
func (d *derivative) point(pt Point) error {
	if err := d.parameters(pt); err != nil {
		return err
	}
	for _, v := range d.res.Variables {
		rows, err := d.res.PointsOf(v)
		if err != nil {
			return err
		}
		row := slices.Index(rows, pt.Number)
		if row < 0 {
			continue
		}
		switch name := path.Base(v.Path); {
		case v.IsSeries() && slices.Equal(v.Dims, []string{"point", "time", "node"}) && strings.HasPrefix(v.Path, "/bold/"):
			err = d.series(pt, v, row)
		case !v.IsSeries() && len(v.Dims) == 3 && v.Dims[1] == "node" && v.Dims[2] == "node2":
			err = d.matrix(pt, v, row, name)
		case !v.IsSeries() && name == "fcd":
			err = d.windows(pt, v, row)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
	}
	return nil
}

// parameters writes every number that enters the equations of a point. Of what differs from node to node it is the mean.
func (d *derivative) parameters(pt Point) error {
	p := d.job.Plan
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Lems>\n  <Include file=\"../%s\"/>\n", d.equations())
	fmt.Fprintf(&b, "  <Component id=%q type=%q", "point-"+fmt.Sprint(pt.Number), p.Model.Name)
	for _, s := range p.Settings {
		if strings.ContainsAny(s.Address, ".") {
			continue
		}
		sum, n := 0.0, p.Subjects[pt.Subject].Nodes()
		for node := range n {
			sum += pt.NodeValue(s.Address, node)
		}
		value := pt.Value(s.Address)
		if len(s.Values) > 1 {
			value = sum / float64(n)
		}
		fmt.Fprintf(&b, "\n    %s=\"%v\"", s.Address, value)
	}
	b.WriteString("/>\n</Lems>\n")
	fields := plainFields("parameters of point " + fmt.Sprint(pt.Number))
	swept := map[string]any{"run.seed": pt.Seed()}
	for _, s := range p.Settings {
		if strings.Contains(s.Address, ".") && len(s.Values) == 1 {
			swept[s.Address] = pt.Value(s.Address)
		}
	}
	fields["Subject"], fields["Settings"], fields["Name"] = p.Subjects[pt.Subject].ID, swept, pt.Name()
	return d.File(d.parametersOf(pt), b.String(), fields)
}

func (d *derivative) parametersOf(pt Point) string {
	return fmt.Sprintf("param/%s_desc-point%d_param.xml", d.id(pt), pt.Number)
}

// fields are those that tables of ts and spatial have besides.
func (d *derivative) fields(pt Point) map[string]any {
	id := d.id(pt)
	return map[string]any{
		"ModelEq": "../../" + d.equations(), "ModelParam": "../../" + d.parametersOf(pt),
		"SourceCode": "../../code/desc-" + label(d.job.Plan.Model.Name) + "_job.toml", "SourceCodeVersion": d.job.Plan.Hash(),
		"SoftwareName": "brainsweep", "SoftwareVersion": d.version, "SoftwareRepository": repository,
		"Network": []string{"../net/" + id + "_desc-" + connectomeLabel + "_weights.json", "../net/" + id + "_desc-" + connectomeLabel + "_distances.json"},
	}
}

// own takes the values at the subject's nodes, in its order, out of rows of the result, along the last dimension.
func (d *derivative) own(pt Point, rows []float64) []float64 {
	s, n := &d.job.Plan.Subjects[pt.Subject], len(d.res.Nodes)
	if s.place == nil {
		return rows
	}
	var out []float64
	for at := 0; at < len(rows); at += n {
		for _, k := range s.place {
			out = append(out, rows[at+k])
		}
	}
	return out
}

// series writes a series over time.
func (d *derivative) series(pt Point, v result.Variable, row int) error {
	values, err := d.res.At(v, row)
	if err != nil {
		return err
	}
	times, err := d.res.Numbers(v.Coordinates("time"))
	if err != nil {
		return err
	}
	id, n := d.id(pt), d.job.Plan.Subjects[pt.Subject].Nodes()
	values = d.own(pt, values)
	name := label(path.Base(path.Dir(v.Path)))
	if err := d.timesOf(id, name, times); err != nil {
		return err
	}
	fields := d.fields(pt)
	if len(times) > 1 {
		const digits = 1e9 // of a second: what lies below is rounding
		period := math.Round((times[1]-times[0])*digits) / digits
		fields["SamplingPeriod"], fields["SamplingFrequency"] = period, math.Round(1/period*digits)/digits
	}
	labels, centres := d.regions(pt)
	return d.Table(id, "ts", fmt.Sprintf("desc-point%d%s_ts", pt.Number, name), bids.Table{
		Rows: len(times), Columns: n, Value: func(i, j int) float64 { return values[i*n+j] }, Single: v.Single, Description: "simulated " + v.About,
		CoordsRows: []string{"../coord/" + id + "_desc-" + name + "_times.json"}, CoordsColumns: append([]string{labels}, centres...), Fields: fields,
	})
}

// timesOf writes the times of a series of a subject, once.
func (d *derivative) timesOf(id, name string, times []float64) error {
	if d.times[id+name] {
		return nil
	}
	d.times[id+name] = true
	return d.Table(id, "coord", "desc-"+name+"_times", bids.Table{
		Rows: len(times), Columns: 1, Value: func(i, _ int) float64 { return times[i] }, Description: "times of the samples since the start of the simulation",
		Fields: map[string]any{"Units": "s"},
	})
}

// regions are the files of a subject's labels and, where there are any, its centres.
func (d *derivative) regions(pt Point) (labels string, centres []string) {
	s := &d.job.Plan.Subjects[pt.Subject]
	l, c := bids.Regions(d.id(pt), connectomeLabel)
	if s.Centres == nil {
		return l, nil
	}
	return l, []string{c}
}

// matrix writes a matrix over regions, such as FC.
func (d *derivative) matrix(pt Point, v result.Variable, row int, name string) error {
	values, err := d.res.At(v, row)
	if err != nil {
		return err
	}
	s, all := &d.job.Plan.Subjects[pt.Subject], len(d.res.Nodes)
	n := s.Nodes()
	labels, centres := d.regions(pt)
	coords := append([]string{labels}, centres...)
	suffix, desc := "fc", fmt.Sprintf("point%d%s", pt.Number, label(path.Base(path.Dir(v.Path))))
	if name != "fc" {
		suffix, desc = "map", desc+label(name)
	}
	return d.Table(d.id(pt), "spatial", "desc-"+desc+"_"+suffix, bids.Table{
		Rows: n, Columns: n, Value: func(i, j int) float64 { return values[s.at(i)*all+s.at(j)] }, Description: "simulated: " + v.About,
		CoordsRows: coords, CoordsColumns: coords, Fields: d.fields(pt),
	})
}

// windows writes the matrix of FCD, over pairs of windows.
func (d *derivative) windows(pt Point, v result.Variable, row int) error {
	values, err := d.res.At(v, row)
	if err != nil {
		return err
	}
	times, err := d.res.Numbers(v.Coordinates(v.Dims[1]))
	if err != nil {
		return err
	}
	id, n := d.id(pt), int(math.Sqrt(float64(len(values))))
	quantity := label(path.Base(path.Dir(v.Path)))
	if err := d.timesOf(id, quantity+"windows", times); err != nil {
		return err
	}
	coords := []string{"../coord/" + id + "_desc-" + quantity + "windows_times.json"}
	return d.Table(id, "spatial", fmt.Sprintf("desc-point%d%sfcd_map", pt.Number, quantity), bids.Table{
		Rows: n, Columns: n, Value: func(i, j int) float64 { return values[i*n+j] }, Description: "simulated: " + v.About,
		CoordsRows: coords, CoordsColumns: coords, Fields: d.fields(pt),
	})
}
