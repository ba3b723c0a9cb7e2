package jobs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"brainsweep/device"
	"brainsweep/io/result/resulttest"
)

// disguised is a device that says it is another.
type disguised struct {
	device.Device
	info device.Info
}

func (d disguised) Info() device.Info { return d.info }

// TestRanksAndDevices: ranks with a GPU each, with fewer and with more GPUs than ranks, and together with ranks on CPUs
// share a job. What a user should know of it is said, and no byte shows it where the devices compute alike.
func TestRanksAndDevices(t *testing.T) {
	gpus := func(n int) device.Info {
		return device.Info{Kind: "cuda", Name: "H0", Workers: 12, Memory: 1 << 30, Twins: n}
	}
	own := func(id string) device.Info {
		info := gpus(1)
		info.ID = id
		return info
	}
	host := device.Info{Kind: "cpu", Name: "cores", Workers: 1, Memory: 1 << 30}
	j := parse(t, fmt.Sprintf(failing, "double", "grow = [0.01, 0.7, 0.9, 0.02, 2.0, 0.03]"))
	want := result(t, j, ways{})
	for _, c := range []struct {
		name  string
		kinds []device.Info
		said  []string
	}{
		{"one each", []device.Info{gpus(2), gpus(2)}, nil},
		{"more ranks", []device.Info{gpus(2), gpus(2), gpus(2)}, []string{"3 ranks on ", " share 2 GPUs: H0"}},
		{"one for all", []device.Info{gpus(1), gpus(1)}, []string{"2 ranks on ", " share one GPU: H0"}},
		{"fewer ranks", []device.Info{gpus(4), gpus(4)}, []string{"2 of the 4 GPUs on ", " compute, one for each rank"}},
		{"one each, of which each knows its own", []device.Info{own("GPU-a"), own("GPU-b")}, nil},
		{"two of three know the same", []device.Info{own("GPU-a"), own("GPU-b"), own("GPU-a")}, []string{"3 ranks on ", " share 2 GPUs: H0"}},
		{"with a cpu", []device.Info{host, gpus(1)}, []string{"several kinds (cpu, cuda): the last digits of a point depend on which kind took it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			heard := &listener{}
			resulttest.Same(t, c.name, result(t, j, ways{ranks: len(c.kinds), kinds: c.kinds, heard: heard}), want)
			said := strings.Join(heard.notes, "\n")
			if len(heard.notes) != min(1, len(c.said)) || slices.ContainsFunc(c.said, func(part string) bool { return !strings.Contains(said, part) }) {
				t.Errorf("said %q, want %q", heard.notes, c.said)
			}
		})
	}
}
