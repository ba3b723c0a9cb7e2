package export

import (
	"os"

	"brainsweep/io/result"
	"brainsweep/io/tvb"
)

// TVB writes the connectome of a result as a connectivity archive of TVB's: weights as the equations have them, normalised
// and before lesions, and tract lengths [mm]. A job with this file as its connectome and normalise = "none" has the same weights.
// It is a mistake where the result has several connectomes, where file is there already, and where a label has blanks.
func TVB(file string, r *result.Result) error {
	if r.IsCohort() {
		return mistake("%s has a connectome of each subject: write a result of each with --to subjects first", r.Path())
	}
	if _, err := os.Lstat(file); err == nil {
		return mistake("%s is there already; give another name with -o", file)
	}
	c, err := r.Connectome()
	if err != nil {
		return err
	}
	return tvb.Write(file, c)
}
