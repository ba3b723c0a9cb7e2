package result_test

import (
	"encoding/json"
	"math"
	"os/exec"
	"path"
	"reflect"
	"slices"
	"testing"
)

// seen is what testdata/open.py tells.
type seen map[string]struct {
	Groups map[string]struct {
		Dims       map[string]int
		Coords     []string
		Attributes []string
		Variables  map[string]struct {
			Dims   []string
			Units  string
			Values []any
		}
	}
	Selected []float64
}

// TestXarray opens every group by name with both of xarray's engines, and compares each number with what Go reads.
func TestXarray(t *testing.T) {
	needXarray(t)
	l := small(16)
	out := merge(t, l, write(t, l, 4, 12))
	both := look(t, out, "average", "I", "b_e", "30", "région C")
	r := openResult(t, out)
	for _, engine := range []string{"h5netcdf", "netcdf4"} {
		see := both[engine]
		coords := map[string][]string{
			"average":      {"b_e", "coupling.a", "node", "point", "subject", "time"},
			"raw":          {"b_e", "coupling.a", "node", "point", "subject", "time"},
			"bold":         {"b_e", "coupling.a", "node", "point", "subject", "time"},
			"eeg":          {"b_e", "coupling.a", "point", "sensor", "subject", "time"},
			"global":       {"b_e", "coupling.a", "point", "subject", "time"},
			"metrics/E":    {"b_e", "coupling.a", "node", "node2", "point", "subject"},
			"metrics/bold": {"b_e", "coupling.a", "frequency", "node", "point", "subject"},
			"points":       {"b_e", "coupling.a", "point", "subject"},
			"connectome":   {"axis", "node", "node2"},
			"provenance":   {},
		}
		for group, want := range coords {
			if got := see.Groups[group].Coords; !slices.Equal(got, want) {
				t.Errorf("%s: %s has the coordinates %v, want %v", engine, group, got, want)
			}
		}
		for _, v := range r.Variables {
			got := see.Groups[path.Dir(v.Path)[1:]].Variables[path.Base(v.Path)]
			if !reflect.DeepEqual(got.Dims, v.Dims) || got.Units != v.Unit {
				t.Errorf("%s: %s has the dimensions %v and unit %q, want %v and %q", engine, v.Path, got.Dims, got.Units, v.Dims, v.Unit)
			}
			same(t, engine+" "+v.Path, got.Values, must(r.Rows(v, 0, v.Shape[0]))(t))
		}
		average := see.Groups["average"].Variables
		same(t, engine+" b_e", average["b_e"].Values, must(r.Axis("b_e"))(t))
		same(t, engine+" time", average["time"].Values, must(r.Numbers("/average/time"))(t))
		if got := average["subject"].Values[3]; got != "sub-03" {
			t.Errorf("%s: subject 3 is %v", engine, got)
		}
		same(t, engine+" weights", see.Groups["connectome"].Variables["weights"].Values, l.Connectome.Weights)
		if got := see.Groups["points"].Variables["name"].Values[2]; got != l.Name(2) {
			t.Errorf("%s: point 2 is called %v", engine, got)
		}
		if !slices.Contains(see.Groups["provenance"].Attributes, "job") {
			t.Errorf("%s: provenance is %v", engine, see.Groups["provenance"].Attributes)
		}
		// Point 3 has b_e = 30; "région C" is node 2.
		for i, x := range see.Selected {
			if x != float64(float32(sample(3, 1, i, 2))) {
				t.Errorf("%s: selected sample %d is %v", engine, i, x)
			}
		}
		if len(see.Selected) != 5 {
			t.Errorf("%s: selected %v", engine, see.Selected)
		}
	}
}

// TestXarrayOfLittle does the same for results in which much is not there: no axes, no point done, nothing kept.
func TestXarrayOfLittle(t *testing.T) {
	needXarray(t)
	bare := small(3)
	bare.Axes, bare.Grid, bare.Name, bare.Connectome.Notes, bare.Series, bare.Provenance = nil, nil, nil, nil, bare.Series[2:4], nil
	for name, out := range map[string]string{
		"bare":  merge(t, bare, write(t, bare, 3)),
		"empty": merge(t, small(3), nil),
	} {
		for engine, see := range look(t, out) {
			for group, points := range map[string]int{"raw": map[string]int{"bare": 3}[name], "global": 3, "metrics/E": 3, "points": 3} {
				if got, there := see.Groups[group].Dims["point"]; got != points || !there {
					t.Errorf("%s, %s: %s has %d points, want %d", name, engine, group, got, points)
				}
			}
		}
	}
}

// look runs testdata/open.py.
func look(t *testing.T, args ...string) seen {
	t.Helper()
	text, err := exec.Command(python, append([]string{"testdata/open.py"}, args...)...).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	var both seen
	ok(t, json.Unmarshal(text, &both))
	return both
}

// python is Debian's: its packages are not seen by others.
const python = "/usr/bin/python3"

func needXarray(t *testing.T) {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import h5py, xarray, h5netcdf, netCDF4").CombinedOutput(); err != nil {
		t.Skipf("%s with h5py, xarray, h5netcdf and netCDF4 is not here: %s", python, out)
	}
}

// same compares JSON's numbers, where what is undefined is nil, with Go's.
func same(t *testing.T, what string, got []any, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d values, want %d", what, len(got), len(want))
		return
	}
	for i, w := range want {
		if x, defined := got[i].(float64); defined == math.IsNaN(w) || (defined && x != w) {
			t.Errorf("%s: value %d is %v, want %v", what, i, got[i], w)
			return
		}
	}
}
