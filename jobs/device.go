package jobs

import (
	"math"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// DeviceSettings are the job's wishes on how its points lie on a device. They are no part of the plan: nothing of the
// result depends on them. 0 leaves a choice to the device; a CPU heeds Epoch only.
type DeviceSettings struct {
	Points  int // of one block of a GPU at most
	Members int // threads of a GPU for one point
	Blocks  int // of a GPU for one point
	Epoch   int // steps of a launch
}

// ParseDevice reads settings of a device alone: device.points=3 and the like. The error holds all mistakes.
func ParseDevice(set ...string) (DeviceSettings, error) {
	d, err := document.Parse("--set", nil)
	if err != nil {
		return DeviceSettings{}, err
	}
	r := &reader{Document: d}
	r.change(set)
	r.faults.Add(d.Decode(&struct{ Device any }{}))
	r.device()
	return r.devices, r.faults.Err()
}

// change makes the changes of --set, address=value each.
func (r *reader) change(set []string) {
	for _, c := range set {
		address, value, found := strings.Cut(c, "=")
		if !found {
			r.faults.Addf(fault.Pos{File: "--set " + c}, "write address=value, e.g. run.seed=7")
			continue
		}
		r.faults.Add(r.Set(strings.TrimSpace(address), value))
	}
}

// device reads [device].
func (r *reader) device() {
	d := &r.devices
	if !r.section(&struct{ Points, Members, Blocks, Epoch *int }{&d.Points, &d.Members, &d.Blocks, &d.Epoch}, "device") {
		return
	}
	for _, setting := range []struct {
		name  string
		value int
		most  int
		what  string
	}{
		{"points", d.Points, 64, "points of a block"},
		{"members", d.Members, 512, "threads of a point"},
		{"blocks", d.Blocks, 1024, "blocks of a point"},
		{"epoch", d.Epoch, math.MaxInt32, "steps of a launch"},
	} {
		path := []string{"device", setting.name}
		if r.Kind(path...) == "a number" && (setting.value < 1 || setting.value > setting.most) {
			r.faultf(r.ValuePos(path...), "device.%s: %d %s; from 1 to %d, or leave it out for what serves best", setting.name, setting.value, setting.what, setting.most)
		}
	}
	if d.Blocks > 1 && (d.Points > 1 || d.Members > 0) {
		r.faultf(r.Pos("device", "blocks"), "device.blocks: a point of %d blocks shares none with others, and its threads follow from the blocks; leave out points and members", d.Blocks)
	}
}
