// Package report writes a result as one page for a browser: maps of the metrics over the sweep that lead, by a click, to
// the series, matrices, spectra and parameters of a point. The page holds all that it shows, asks no network for
// anything, and works from a file on disk.
package report

import (
	"fmt"
	"io"
	"strings"

	"brainsweep/io/result"
	"brainsweep/plot"
)

// Options say how a page is made. The zero value is ready for use.
type Options struct {
	Most int // how many bytes the page may have; 0: 19 million
}

// Summary tells what became of a result's numbers in its page.
type Summary struct {
	Bytes    int      // of the page
	Points   int      // in the maps: all
	Detailed int      // those with series, matrices and curves
	LeftOut  []string // addresses of metrics for which there was no room
}

// usual is a page that a mail takes and a phone opens.
const usual = 19_000_000

// Write writes the page of a result. All points enter the maps; series, matrices and curves those of as many points as
// there is room for: the ones that lead the ranking by the map's metric, then others spread evenly over the sweep.
func Write(w io.Writer, r *result.Result, o Options) (Summary, error) {
	if o.Most == 0 {
		o.Most = usual
	}
	d := &digest{result: r, room: room{left: max(0, o.Most-program()) * 7 / 10}} // base64 makes four bytes of three
	steps := []func() error{d.about, d.axes, d.status, d.scalars, d.connectome, d.details, d.provenance}
	for _, step := range steps {
		if err := step(); err != nil {
			return Summary{}, err
		}
	}
	out := &counter{to: w}
	err := writePage(out, d)
	return Summary{Bytes: out.n, Points: r.Points, Detailed: d.detailed, LeftOut: d.page.LeftOut}, err
}

type counter struct {
	to io.Writer
	n  int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += n
	return n, err
}

// digest gathers what the page shows.
type digest struct {
	result   *result.Result
	room     room
	page     page
	state    []uint8   // of every point
	leading  []float64 // the values of the metric that the map begins with
	detailed int
}

// page is what the page's script reads as JSON. Numbers in bulk lie in the room, and a ref says where.
type page struct {
	Title      string              `json:"title"`
	Mode       string              `json:"mode"`
	Points     int                 `json:"points"`
	Nodes      []string            `json:"nodes"`
	Axes       []axis              `json:"axes"`
	Status     ref                 `json:"status"`
	Faults     []faulty            `json:"faults"`
	Scalars    []scalar            `json:"scalars"`
	First      int                 `json:"first"` // the metric that the map begins with
	Series     []detail            `json:"series"`
	Matrices   []detail            `json:"matrices"`
	Curves     []detail            `json:"curves"`
	Connectome *ref                `json:"connectome"`
	LeftOut    []string            `json:"leftOut"`
	Facts      [][2]string         `json:"facts"`
	Job        string              `json:"job"`
	Set        []string            `json:"set"`
	Colours    map[string][]string `json:"colours"`
}

type axis struct {
	Address string   `json:"address"`
	Unit    string   `json:"unit"`
	Values  ref      `json:"values"` // the different ones, ascending
	Texts   []string `json:"texts"`
	Of      ref      `json:"of"` // the place of every point's value
	Even    bool     `json:"even"`
	Log     bool     `json:"log"`
}

type faulty struct {
	Point int     `json:"point"`
	Time  float64 `json:"time"` // [s]
	Node  string  `json:"node"`
	State string  `json:"state"`
}

type scalar struct {
	Address string `json:"address"`
	Unit    string `json:"unit"`
	About   string `json:"about"`
	Values  ref    `json:"values"`
}

func (d *digest) about() error {
	r := d.result
	d.page.Title, d.page.Mode, d.page.Points, d.page.Nodes = r.Title, r.Mode, r.Points, r.Nodes
	d.page.Colours = map[string][]string{"rising": plot.Viridis().Hex(), "signed": plot.RdBu().Hex()}
	return nil
}

func (d *digest) axes() error {
	axes, err := plot.Axes(d.result)
	d.page.Axes = []axis{}
	for _, a := range axes {
		d.page.Axes = append(d.page.Axes, axis{
			Address: a.Address, Unit: a.Unit, Texts: a.Texts,
			Values: d.room.float64s(a.Values), Of: d.room.whole(a.Of), Log: a.Geometric(),
		})
	}
	return err
}

// told is how many failed points are listed.
const told = 200

func (d *digest) status() error {
	r := d.result
	var err error
	if d.state, err = r.Status(); err != nil {
		return err
	}
	d.page.Status = d.room.bytes(d.state)
	states, err := r.States()
	if err != nil {
		return err
	}
	d.page.Faults = []faulty{}
	for point, s := range d.state {
		if s != result.Failed || len(d.page.Faults) == told {
			continue
		}
		f, err := r.Fault(point)
		if err != nil {
			return err
		}
		d.page.Faults = append(d.page.Faults, faulty{point, f.Time / 1000, nameOf(r.Nodes, f.Node), nameOf(states, f.State)})
	}
	return nil
}

func nameOf(names []string, i int) string {
	if i >= 0 && i < len(names) {
		return names[i]
	}
	return fmt.Sprint(i)
}

// scalars takes the metrics with one number per point, as far as half of the room goes: as float64 where that costs
// little, as float32 where it does not.
func (d *digest) scalars() error {
	r := d.result
	var found []result.Variable
	for _, v := range r.Variables {
		if !v.IsSeries() && len(v.Dims) == 1 {
			found = append(found, v)
		}
	}
	width := 8
	if len(found)*r.Points*width > 2_000_000 {
		width = 4
	}
	limit := d.room.left / 2
	d.page.Scalars, d.page.LeftOut, d.page.First = []scalar{}, []string{}, -1
	for _, v := range plot.LeadersFirst(found) {
		if limit -= width * r.Points; limit < 0 {
			d.page.LeftOut = append(d.page.LeftOut, v.Address())
			continue
		}
		values, err := r.Rows(v, 0, r.Points)
		if err != nil {
			return err
		}
		at := d.room.float32s
		if width == 8 {
			at = d.room.float64s
		}
		if d.page.First < 0 && differ(values) {
			d.page.First, d.leading = len(d.page.Scalars), values
		}
		d.page.Scalars = append(d.page.Scalars, scalar{v.Address(), v.Unit, v.About, at(values)})
	}
	d.page.First = max(d.page.First, 0)
	return nil
}

// differ tells whether values that are numbers are not all the same.
func differ(values []float64) bool {
	var seen []float64
	for _, v := range values {
		if v == v && (len(seen) == 0 || v != seen[0]) {
			if seen = append(seen, v); len(seen) == 2 {
				return true
			}
		}
	}
	return false
}

// mostNodes is the largest connectome that a page draws.
const mostNodes = 600

func (d *digest) connectome() error {
	if n := len(d.result.Nodes); n > mostNodes {
		return nil
	}
	weights, err := d.result.Numbers("/connectome/weights")
	if err != nil {
		return err
	}
	at := d.room.float32s(weights)
	d.page.Connectome = &at
	return nil
}

// provenance tells how the result came about, in the order of a person's questions, then by name.
func (d *digest) provenance() error {
	entries, err := d.result.Provenance()
	d.page.Facts, d.page.Set = [][2]string{}, []string{}
	for _, e := range entries {
		switch v := e.Value.(type) {
		case string:
			switch {
			case e.Name == "job":
				d.page.Job = v
			case !strings.Contains(strings.TrimSpace(v), "\n"):
				d.fact(e.Name, v)
			}
		case []string:
			if e.Name == "set" {
				d.page.Set = append(d.page.Set, v...)
			} else {
				d.fact(e.Name, strings.Join(v, ", "))
			}
		case float64:
			d.fact(e.Name, fmt.Sprintf("%.6g", v))
		default:
			d.fact(e.Name, fmt.Sprint(v))
		}
	}
	return err
}

func (d *digest) fact(name, value string) {
	d.page.Facts = append(d.page.Facts, [2]string{name, value})
}
