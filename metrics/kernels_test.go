package metrics_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"brainsweep/metrics"
)

// TestKernelsAgreeOnSizes: what the kernels lay out and what Go reads are written in two languages.
func TestKernelsAgreeOnSizes(t *testing.T) {
	text, err := metrics.Kernels()
	if err != nil {
		t.Fatal(err)
	}
	features := 0
	for _, g := range metrics.Groups() {
		for _, m := range g.Metrics {
			if strings.HasPrefix(m.Name, "region_psd_") {
				features++
			}
		}
	}
	bands := len(metrics.Bands())
	for _, c := range []struct {
		kernels string // a constant of an enum
		want    int
	}{
		{`\bBANDS = (\d+)`, bands},
		{`\bFEATURES = (\d+) \+ 2 \* BANDS\b`, features - 2*bands},
		{`\bTILE = (\d+)`, metrics.TileWidth},
		{`\bLONGEST = (\d+)`, metrics.LongestLine},
		{`\bSPAN = (\d+)`, metrics.PhaseSpan},
	} {
		found := regexp.MustCompile(c.kernels).FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Errorf("the kernels have %d of %s, not one", len(found), c.kernels)
			continue
		}
		if got, _ := strconv.Atoi(found[0][1]); got != c.want {
			t.Errorf("the kernels have %s, Go %d", found[0][0], c.want)
		}
	}
}
