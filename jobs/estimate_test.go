package jobs_test

import (
	"testing"
	"time"

	"brainsweep/cpu"
)

// TestEstimateCountsMetrics has metrics that take far longer than the simulation: the time that is told holds them, behind the
// transient, at the rate that was measured with them.
func TestEstimateCountsMetrics(t *testing.T) {
	t.Parallel()
	const text = `model = "kuramoto"
[connectome]
source = "synthetic:6"
[coupling]
function = "kuramoto"
[run]
duration = "4 s"
transient = "1 s"
step = "1 ms"
[sweep]
omega = { from = 0.1, to = 0.9, points = 64 }
`
	dev, err := cpu.Open(cpu.Options{Threads: 1, CacheDir: kernels})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	bare, err := parse(t, text).Plan.Estimate(t.Context(), dev)
	if err != nil {
		t.Fatal(err)
	}
	full, err := parse(t, text+"[metrics]\nof = \"theta\"\nuse = [\"coherence\", \"timescale\", \"lz\", \"plv\"]\n").Plan.Estimate(t.Context(), dev)
	if err != nil {
		t.Fatal(err)
	}
	if bare.WithMetrics != 0 || !(full.WithMetrics > 0) || !(full.WithMetrics < full.Rate/2) {
		t.Fatalf("rates %v and %v without metrics, %v and %v with them", bare.Rate, full.Rate, bare.WithMetrics, full.WithMetrics)
	}
	want := time.Duration(full.NodeSteps * (0.25/full.Rate + 0.75/full.WithMetrics) * float64(time.Second))
	if got := full.RankTime(1); (got - want).Abs() > want/1000 {
		t.Errorf("%v on a rank, want %v", got, want)
	}
	if want := time.Duration(bare.NodeSteps / bare.Rate * float64(time.Second)); (bare.RankTime(1) - want).Abs() > want/1000 {
		t.Errorf("%v on a rank without metrics, want %v", bare.RankTime(1), want)
	}
}
