package jobs

// Cohort is what a plan takes from a data set of many subjects.
type Cohort struct {
	Source string
	Seeds  int // with which each parameter set is simulated, counted from run.seed
}
