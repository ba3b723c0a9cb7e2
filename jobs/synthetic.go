package jobs

import (
	"fmt"
	"os"
	"strconv"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/bids"
)

// SyntheticCohort writes a data set of made up people to try cohorts with: subjects sub-01, sub-02, ... with brains
// jittered from synthetic ones, of the sizes given in turn, and a participants.tsv with ages and groups. The same
// arguments give the same files.
func SyntheticCohort(folder string, subjects int, sizes []int) error {
	if subjects < 1 || subjects > 10000 {
		return fault.Mistake{Msg: fmt.Sprintf("%d subjects; there can be from 1 to 10000", subjects)}
	}
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		return fault.Mistake{Pos: fault.Pos{File: folder}, Msg: "is there already, and not empty; give the name of a new folder"}
	}
	brains := make([]*connectome.Connectome, len(sizes))
	for i, n := range sizes {
		var err error
		if brains[i], err = connectome.Synthetic(n); err != nil {
			return err
		}
	}
	w, err := bids.Create(folder, bids.Description{Name: "Synthetic cohort of brainsweep", Generator: "brainsweep", Version: "1"})
	if err != nil {
		return err
	}
	digits := max(2, len(strconv.Itoa(subjects)))
	for k := range subjects {
		id := fmt.Sprintf("sub-%0*d", digits, k+1)
		group := []string{"control", "patient"}[k%2]
		w.Person(id, []string{"age", "group"}, strconv.Itoa(40+(k*37)%45), group)
		if err := w.Connectome(id, "synthetic", brains[k%len(brains)].Jittered(k)); err != nil {
			return err
		}
	}
	return w.Close()
}
