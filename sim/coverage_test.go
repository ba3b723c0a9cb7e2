package sim_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// elsewhere are the references that are no run of testdata/tvb, and the tests that reproduce them.
var elsewhere = map[string]string{
	"tvb/" + paperRun:       "TestThePapersBrain; the connectome stays where it is",
	"tvb/adex2_dfun_table":  "model/library: TestAdEx2AgainstTVB",
	"series/bold":           "TestHRFAgreesWithTVB",
	"series/monitors":       "jobs: TestMonitorsAreTVBs",
	"tables/coupling":       "model: TestCouplingsAgainstTVB",
	"tables/equations":      "model: TestPatternsAgainstTVB; the responses of BOLD in TestHRFAgreesWithTVB",
	"tables/integrators":    "TestIntegratorsAgreeWithTVB",
	"tables/model_defaults": "model/library: TestDefaultsAreTVBs",
}

// TestEveryReferenceIsReproduced goes through the folder of references that are not part of the project, as far as it is to be
// had: each is in the testdata of a test. The tables of derivatives are gone through by TestDerivativesAgainstTVB.
func TestEveryReferenceIsReproduced(t *testing.T) {
	folder := filepath.Join(cmp.Or(os.Getenv("BRAINSWEEP_SHARED"), "../../shared"), "reference")
	var all []string
	for _, part := range []string{"tvb", "series", "tables"} {
		found, err := filepath.Glob(filepath.Join(folder, part, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		t.Skipf("the reference data are not there: %s", folder)
	}
	for _, path := range all {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if elsewhere[filepath.Base(filepath.Dir(path))+"/"+name] != "" {
			continue
		}
		if _, err := os.Stat(filepath.Join("testdata", "tvb", name+".json.gz")); err != nil {
			t.Errorf("no test reproduces %s", path)
		}
	}
}
