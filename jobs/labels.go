package jobs

import (
	"fmt"
	"os"
	"strings"

	"brainsweep/connectome"
	"brainsweep/document"
	"brainsweep/fault"
)

// Connectome reads the connectome that the job file at path names, with the changes of --set made to it, whatever else may be wrong in
// the file. Of a cohort it has the labels of the regions of all its subjects, and perhaps nothing else.
func Connectome(path string, set ...string) (*connectome.Connectome, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, fault.Pos{}, err)
	}
	r, err := newReader(path, text, set, newInputs(path))
	if err != nil {
		return nil, err
	}
	r.connectome()
	if r.plan.Connectome == nil {
		return nil, r.mistakes()
	}
	return r.plan.Connectome, nil
}

// noRegion notes that the connectome has no region of a label.
func (r *reader) noRegion(pos fault.Pos, label string) {
	r.faultf(pos, "unknown region %q%s", label, r.regionHint(label, r.plan.Connectome.Labels))
}

// regionHint ends the message that none of the labels is label: it gives the nearest one, those with label in them where they are few,
// or the first ones, and what lists all.
func (r *reader) regionHint(label string, labels []string) string {
	if hint := document.Hint(label, labels); hint != "" {
		return hint
	}
	var alike []string
	for _, l := range labels {
		if strings.Contains(strings.ToLower(l), strings.ToLower(label)) {
			alike = append(alike, l)
		}
	}
	if label != "" && 0 < len(alike) && len(alike) <= mostSome {
		return "; there is " + strings.Join(alike, ", ")
	}
	return fmt.Sprintf("; there are %d: %s (%s lists them)", len(labels), some(labels), r.lister)
}
