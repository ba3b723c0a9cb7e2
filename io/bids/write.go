package bids

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"brainsweep/connectome"
)

// Writer writes a data set in form A of BIDS' extension for computational models (BEP034), which TVB's importer reads: a
// table and a JSON file of the same name for everything. Files that are there already are written over.
type Writer struct {
	folder string
	people [][]string // lines of participants.tsv
	head   []string
}

// Description is what dataset_description.json says.
type Description struct {
	Name      string
	Generator string // the program
	Version   string // of the program
	CodeURL   string
	Derived   bool     // a derivative of another data set
	Sources   []string // URLs or paths of the data sets that it comes from
}

// Create begins a data set in a folder, which is made where it is not there.
func Create(folder string, d Description) (*Writer, error) {
	w := &Writer{folder: folder}
	generated := map[string]any{"Name": d.Generator, "Version": d.Version}
	if d.CodeURL != "" {
		generated["CodeURL"] = d.CodeURL
	}
	fields := map[string]any{"Name": d.Name, "BIDSVersion": "1.8.0", "DatasetType": "raw", "GeneratedBy": []any{generated}}
	if d.Derived {
		fields["DatasetType"] = "derivative"
	}
	if len(d.Sources) > 0 {
		var sources []any
		for _, s := range d.Sources {
			sources = append(sources, map[string]any{"URL": s})
		}
		fields["SourceDatasets"] = sources
	}
	return w, w.writeJSON("dataset_description.json", fields)
}

// Person adds a line to participants.tsv: values of the columns, which are the same in every call. The line of a person
// that has one already is not added again.
func (w *Writer) Person(person string, columns []string, values ...string) {
	w.head = append([]string{"participant_id"}, columns...)
	for _, line := range w.people {
		if line[0] == person {
			return
		}
	}
	w.people = append(w.people, append([]string{person}, values...))
}

// Close writes participants.tsv.
func (w *Writer) Close() error {
	if w.people == nil {
		return nil
	}
	return w.create("participants.tsv", func(out *bufio.Writer) error {
		for _, line := range append([][]string{w.head}, w.people...) {
			for i, cell := range line {
				if line[i] = strings.Join(strings.Fields(cell), " "); line[i] == "" {
					line[i] = "n/a"
				}
			}
			fmt.Fprintln(out, strings.Join(line, "\t"))
		}
		return nil
	})
}

// Table is a table of numbers with what its JSON file says of it.
type Table struct {
	Rows, Columns             int
	Value                     func(row, column int) float64
	Description               string
	CoordsRows, CoordsColumns []string       // files, from the folder of the table
	Fields                    map[string]any // others of its JSON file
	Single                    bool           // numbers are written with the digits of single precision
}

// Table writes a table of a subject, ID as in Subject.ID, into a folder of the subject's such as ts; name is what stands
// behind the ID, such as "desc-bold_ts".
func (w *Writer) Table(id, folder, name string, t Table) error {
	at := w.name(id, folder, name)
	size := 64
	if t.Single {
		size = 32
	}
	err := w.create(at+".tsv", func(out *bufio.Writer) error {
		var text []byte
		for i := range t.Rows {
			text = text[:0]
			for j := range t.Columns {
				if j > 0 {
					text = append(text, '\t')
				}
				text = strconv.AppendFloat(text, t.Value(i, j), 'g', -1, size)
			}
			if _, err := out.Write(append(text, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fields := map[string]any{
		"NumberOfRows": t.Rows, "NumberOfColumns": t.Columns, "Description": t.Description,
		"CoordsRows": list(t.CoordsRows), "CoordsColumns": list(t.CoordsColumns),
	}
	for key, value := range t.Fields {
		fields[key] = value
	}
	return w.writeJSON(at+".json", fields)
}

// Connectome writes weights, tract lengths, labels and centres of a subject. desc is the value of the entity desc-.
func (w *Writer) Connectome(id, desc string, c *connectome.Connectome) error {
	n := c.N()
	label, centre := Regions(id, desc)
	coords := []string{label}
	if c.Centres != nil {
		coords = append(coords, centre)
	}
	for _, m := range []struct {
		name, about string
		values      []float64
		fields      map[string]any
	}{
		{"weights", "strength of the connection from the column's region to the row's", c.Weights, nil},
		{"distances", "length of the tract from the column's region to the row's", c.Lengths, map[string]any{"Units": "mm"}},
	} {
		err := w.Table(id, "net", "desc-"+desc+"_"+m.name, Table{
			Rows: n, Columns: n, Value: func(i, j int) float64 { return m.values[i*n+j] }, Description: m.about,
			CoordsRows: coords, CoordsColumns: coords, Fields: m.fields,
		})
		if err != nil {
			return err
		}
	}
	if c.Centres != nil {
		err := w.Table(id, "coord", "desc-"+desc+"_nodes", Table{
			Rows: n, Columns: 3, Value: func(i, j int) float64 { return c.Centres[i][j] }, Description: "centres of the regions",
			CoordsRows: []string{label}, Fields: map[string]any{"Units": "mm"},
		})
		if err != nil {
			return err
		}
	}
	return w.Labels(id, "coord", "desc-"+desc+"_labels", "labels of the regions", c.Labels)
}

// Regions names the JSON files of a subject's labels and centres, as other folders of the subject see them.
func Regions(id, desc string) (labels, centres string) {
	return "../coord/" + id + "_desc-" + desc + "_labels.json", "../coord/" + id + "_desc-" + desc + "_nodes.json"
}

// Labels writes a table of words, one in a line.
func (w *Writer) Labels(id, folder, name, about string, words []string) error {
	at := w.name(id, folder, name)
	err := w.create(at+".tsv", func(out *bufio.Writer) error {
		for _, word := range words {
			fmt.Fprintln(out, word)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.writeJSON(at+".json", map[string]any{
		"NumberOfRows": len(words), "NumberOfColumns": 1, "CoordsRows": []string{}, "CoordsColumns": []string{}, "Description": about, "Units": "",
	})
}

// File writes a file of the whole data set, such as param/desc-x_param.xml, with a JSON file beside it where there are
// fields.
func (w *Writer) File(name, text string, fields map[string]any) error {
	if err := w.create(name, func(out *bufio.Writer) error { _, err := io.WriteString(out, text); return err }); err != nil || fields == nil {
		return err
	}
	return w.writeJSON(strings.TrimSuffix(name, path.Ext(name))+".json", fields)
}

// name is the path of a file of a subject, or of the whole data set where id is empty.
func (w *Writer) name(id, folder, name string) string {
	if id == "" {
		return path.Join(folder, name)
	}
	person, _, _ := strings.Cut(id, "_ses-")
	return path.Join(person, folder, id+"_"+name)
}

func (w *Writer) writeJSON(name string, fields map[string]any) error {
	text, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		return err
	}
	return w.create(name, func(out *bufio.Writer) error { _, err := out.Write(append(text, '\n')); return err })
}

// create writes a file below the data set's folder.
func (w *Writer) create(name string, fill func(*bufio.Writer) error) error {
	at := filepath.Join(w.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return err
	}
	file, err := os.Create(at)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<18)
	err = fill(out)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func list(words []string) []string {
	if words == nil {
		return []string{}
	}
	return words
}
