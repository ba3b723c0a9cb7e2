// Package layers keeps the house: which package stands on which floor, and which arrows lead out of it.
//
// Arrows only go down, and neighbours on a floor import each other only where the table says so.
// The table is policy: an arrow is added because the design wants it, not because a build needs it.
package layers_test

// room is one package of the program. Every room may import fault and the standard library besides.
type room struct {
	floor   int
	imports []string // rooms that its files may import; its tests may import any room that is not higher
	outside []string // modules from elsewhere that its files may import
	cgo     bool     // whether it may speak C
}

var house = map[string]room{
	"cmd/brainsweep": {floor: 6, imports: []string{
		"cpu", "device", "export", "gpu", "internal/progress", "io/h5", "io/result", "jobs", "model", "model/library", "mpi", "plot", "report",
	}, outside: []string{"github.com/sirupsen/logrus", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/sys"}},

	"jobs": {floor: 5, imports: []string{
		"codegen", "connectome", "device", "document", "internal/doom", "io/bids", "io/matrix", "io/result", "io/tvb", "metrics",
		"model", "model/library", "model/rateml", "mpi", "partition", "philox", "sim", "sweep",
	}},

	"plot":   {floor: 5, imports: []string{"io/result"}, outside: []string{"gonum.org/v1/plot"}},
	"export": {floor: 5, imports: []string{"io/h5", "io/result", "io/tvb"}},
	"report": {floor: 5, imports: []string{"io/result", "plot"}},

	"io/result": {floor: 4, imports: []string{"connectome", "internal/doom", "io/h5"}},
	"io/tvb":    {floor: 4, imports: []string{"connectome", "io/h5", "io/matrix"}},
	"io/bids":   {floor: 4, imports: []string{"connectome", "io/tvb"}},
	"io/matrix": {floor: 4},
	"io/h5":     {floor: 4, outside: []string{"gonum.org/v1/hdf5"}, cgo: true},

	"sim": {floor: 3, imports: []string{"codegen", "connectome", "device", "metrics"}},

	"codegen": {floor: 2, imports: []string{"device", "model", "model/expr"}},
	"cpu":     {floor: 2, imports: []string{"device"}, outside: []string{"github.com/ebitengine/purego"}},
	"gpu":     {floor: 2, imports: []string{"device"}, outside: []string{"github.com/ebitengine/purego", "gorgonia.org/cu"}, cgo: true},

	"model":         {floor: 1, imports: []string{"document", "model/expr"}},
	"model/expr":    {floor: 1},
	"model/library": {floor: 1, imports: []string{"model", "model/rateml"}},
	"model/rateml":  {floor: 1, imports: []string{"model", "model/expr"}},
	"connectome":    {floor: 1},
	"sweep":         {floor: 1},
	"partition":     {floor: 1},
	"metrics":       {floor: 1, outside: []string{"gonum.org/v1/gonum", "golang.org/x/sys"}},
	"device":        {floor: 1},
	"mpi":           {floor: 1, outside: []string{"github.com/emer/empi"}, cgo: true},

	// What only tests import.
	"cpu/simt":                  {floor: 2, imports: []string{"device"}},
	"connectome/connectometest": {floor: 1, imports: []string{"connectome"}},
	"device/devicetest":         {floor: 1, imports: []string{"device"}},
	"metrics/metricstest":       {floor: 1, imports: []string{"metrics"}},
	"mpi/commtest":              {floor: 1, imports: []string{"mpi"}},
	"io/result/resulttest":      {floor: 4, imports: []string{"connectome", "io/h5", "io/result"}},

	"document": {floor: 0, outside: []string{"github.com/BurntSushi/toml"}},
	"fault":    {floor: 0},
	"philox":   {floor: 0},

	"internal/doom":     {floor: 0},
	"internal/layers":   {floor: 0},
	"internal/progress": {floor: 0},
}

// pure are the rooms that reach no C, and so no MPI, CUDA or HDF5, not even at second hand.
var pure = []string{"sim", "codegen"}

// forTests are modules that any test may import.
var forTests = []string{"github.com/google/go-cmp", "github.com/rogpeppe/go-internal"}

// nondescript are names that say nothing of what a package holds; io is the standard library's.
var nondescript = []string{"base", "common", "core", "helpers", "internal", "io", "misc", "shared", "types", "util", "utils"}

// A file is meant to stay within 400 lines.
const longestFile = 500
