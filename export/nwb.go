package export

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"brainsweep/io/h5"
	"brainsweep/io/result"
)

// NWB writes the series of each point that has any into a file of Neurodata Without Borders, version 2.5 of its core
// schema, in a folder: a TimeSeries for each series in the processing module "simulation", whose tables "regions" and
// "parameters" say what the columns and the point are. Equal results give equal files. It returns the files' names.
func NWB(folder string, r *result.Result, o Options) (files []string, err error) {
	s, err := choose(r, o)
	if err != nil {
		return nil, err
	}
	at := map[int]map[string]int{} // of each point: the row of each series
	for _, v := range s.variables {
		if !v.IsSeries() {
			continue
		}
		rows, points, err := s.rows(v)
		if err != nil {
			return nil, err
		}
		for k, p := range points {
			if at[p] == nil {
				at[p] = map[string]int{}
			}
			at[p][v.Path] = rows[k]
		}
	}
	if len(at) == 0 {
		return nil, mistake("no series is kept of these points, and NWB holds series")
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	for point := range r.Points {
		if at[point] == nil {
			continue
		}
		name := filepath.Join(folder, fmt.Sprintf("point-%06d.nwb", point))
		if err := s.nwb(name, point, at[point]); err != nil {
			return files, err
		}
		files = append(files, name)
	}
	return files, nil
}

// neurodata is a file of NWB under way.
type neurodata struct {
	*h5.File
	id string // of the file, which the identities of its objects are made of
}

func (s *selection) nwb(name string, point int, rows map[string]int) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return mistake("%s is there already; give another folder with -o", name)
	}
	file, err := h5.Create(name + ".tmp")
	if err != nil {
		return err
	}
	defer os.Remove(name + ".tmp")
	n := &neurodata{file, fmt.Sprintf("brainsweep-%s-point-%d", s.result.Plan, point)}
	err = errors.Join(n.head(s.result, point), n.module(s.result, point))
	for _, v := range s.variables {
		if row, has := rows[v.Path]; has && err == nil {
			err = n.series(s.result, v, row)
		}
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}

// typed gives an object the attributes that tell a reader what it is. The identity is a UUID made of its place.
func (n *neurodata) typed(object, namespace, kind string, more ...any) error {
	sum := sha256.Sum256([]byte(n.id + object))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8: made by a rule of one's own (RFC 9562)
	id := fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	attributes := append([]any{"namespace", namespace, "neurodata_type", kind, "object_id", id}, more...)
	var err error
	for i := 0; i < len(attributes); i += 2 {
		err = errors.Join(err, n.SetAttr(object, attributes[i].(string), attributes[i+1]))
	}
	return err
}

// put writes a data set.
func (n *neurodata) put(name string, kind h5.Type, data any, shape ...int) error {
	set, err := n.CreateDataset(name, h5.Spec{Type: kind, Shape: shape})
	if err != nil {
		return err
	}
	return errors.Join(set.Write(nil, nil, data), set.Close())
}

func (n *neurodata) text(name, text string) error { return n.put(name, h5.String, []string{text}) }

func (n *neurodata) head(r *result.Result, point int) error {
	facts := map[string]string{}
	entries, err := r.Provenance()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if text, isText := e.Value.(string); isText {
			facts[e.Name] = text
		}
	}
	started := facts["started"]
	if _, err := time.Parse(time.RFC3339, started); err != nil {
		started = "1970-01-01T00:00:00Z"
	}
	words, err := r.PointText(point)
	if err != nil {
		return err
	}
	title := r.Title
	if title == "" {
		title = "a parameter sweep"
	}
	about := fmt.Sprintf("%s: point %d", title, point)
	if words != "" {
		about += " (" + words + ")"
	}
	err = n.typed("/", "core", "NWBFile", "nwb_version", "2.5.0")
	for _, group := range []string{"/acquisition", "/analysis", "/general", "/processing/simulation", "/stimulus/presentation", "/stimulus/templates"} {
		err = errors.Join(err, n.Group(group))
	}
	err = errors.Join(err,
		n.text("/identifier", n.id),
		n.text("/session_description", about),
		n.text("/session_start_time", started),
		n.text("/timestamps_reference_time", started),
		n.put("/file_create_date", h5.String, []string{started}, 1),
		n.text("/general/source_script", facts["job"]))
	return errors.Join(err, n.SetAttr("/general/source_script", "file_name", "job.toml"))
}

// module writes the tables of the processing module.
func (n *neurodata) module(r *result.Result, point int) error {
	err := n.typed("/processing/simulation", "core", "ProcessingModule", "description", "simulated by brainsweep")
	axes := []string{}
	values := []string{}
	for _, address := range r.Axes {
		column, axisErr := (&tables{selection: &selection{result: r}}).axis(address)
		if axisErr != nil {
			return axisErr
		}
		axes, values = append(axes, address), append(values, column[point])
	}
	err = errors.Join(err, n.table("regions", "the columns of the series, in order", []string{"label"}, [][]string{r.Nodes}))
	if len(axes) > 0 {
		err = errors.Join(err, n.table("parameters", "what is swept, and its value at this point", []string{"address", "value"}, [][]string{axes, values}))
	}
	return err
}

func (n *neurodata) table(name, about string, columns []string, texts [][]string) error {
	at := "/processing/simulation/" + name
	numbers := make([]int64, len(texts[0]))
	for i := range numbers {
		numbers[i] = int64(i)
	}
	err := errors.Join(n.Group(at),
		n.typed(at, "hdmf-common", "DynamicTable", "description", about, "colnames", columns),
		n.put(at+"/id", h5.Int64, numbers, len(numbers)),
		n.typed(at+"/id", "hdmf-common", "ElementIdentifiers"))
	for k, column := range columns {
		err = errors.Join(err, n.put(at+"/"+column, h5.String, texts[k], len(texts[k])),
			n.typed(at+"/"+column, "hdmf-common", "VectorData", "description", column))
	}
	return err
}

func (n *neurodata) series(r *result.Result, v result.Variable, row int) error {
	values, err := r.At(v, row)
	if err != nil {
		return err
	}
	times, err := r.Numbers(v.Coordinates("time"))
	if err != nil {
		return err
	}
	at := "/processing/simulation/" + strings.ReplaceAll(v.Address(), ".", "_")
	kind := h5.Float64
	if v.Single {
		kind = h5.Float32
	}
	about, unit := v.About, v.Unit
	if about == "" {
		about = v.Address()
	}
	if unit == "" {
		unit = "1"
	}
	err = errors.Join(n.Group(at),
		n.typed(at, "core", "TimeSeries", "description", about, "comments", "dimensions: time, region; the table regions names the columns"),
		n.put(at+"/data", kind, values, v.Shape[1:]...))
	for name, value := range map[string]any{"unit": unit, "conversion": 1.0, "offset": 0.0, "resolution": -1.0} {
		err = errors.Join(err, n.SetAttr(at+"/data", name, value))
	}
	if len(times) < 2 {
		err = errors.Join(err, n.put(at+"/timestamps", h5.Float64, times, len(times)), n.SetAttr(at+"/timestamps", "unit", "seconds"), n.SetAttr(at+"/timestamps", "interval", int64(1)))
		return err
	}
	return errors.Join(err, n.put(at+"/starting_time", h5.Float64, times[:1]),
		n.SetAttr(at+"/starting_time", "rate", float64(len(times)-1)/(times[len(times)-1]-times[0])),
		n.SetAttr(at+"/starting_time", "unit", "seconds"))
}
