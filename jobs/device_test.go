package jobs_test

import (
	"fmt"
	"testing"

	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// TestDeviceIsNoPartOfThePlan: how a job lies on a device changes neither its plan nor its result.
func TestDeviceIsNoPartOfThePlan(t *testing.T) {
	text := fmt.Sprintf(failing, "double", "grow = [0.01, 0.7]")
	plain, set := parse(t, text), parse(t, text+"[device]\npoints = 3\nepoch = 48\n")
	if set.Device != (jobs.DeviceSettings{Points: 3, Epoch: 48}) {
		t.Errorf("read %+v", set.Device)
	}
	if plain.Plan.Text() != set.Plan.Text() {
		t.Error("another plan")
	}
	resulttest.Same(t, "epochs of 48 steps", result(t, set, ways{}), result(t, plain, ways{}))
}

func TestDeviceAlone(t *testing.T) {
	if d, err := jobs.ParseDevice("device.blocks=4", "device.epoch=1000"); err != nil || d != (jobs.DeviceSettings{Blocks: 4, Epoch: 1000}) {
		t.Errorf("read %+v, %v", d, err)
	}
	for _, wrong := range []string{"run.seed=7", "device.points=-1", "device.points", "device.point=3"} {
		if _, err := jobs.ParseDevice(wrong); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}
