package mpi

import (
	"fmt"
	"os"
	"strconv"
)

// launch tells how many processes a launcher says it started, and by which variable it says so; 0 and "" where
// no launcher speaks. A batch script's own environment (SLURM_NTASKS) is no launcher.
func launch(getenv func(string) string) (processes int, variable string) {
	for _, v := range []string{
		"OMPI_COMM_WORLD_SIZE", // Open MPI's mpirun
		"PMI_SIZE",             // Hydra: mpirun of MPICH and Intel MPI
		"SLURM_STEP_NUM_TASKS", // srun
	} {
		if n, err := strconv.Atoi(getenv(v)); err == nil && n > 0 {
			return n, v
		}
	}
	// PMIx tells the rank only; one above 0 is not alone.
	if rank, err := strconv.Atoi(getenv("PMIX_RANK")); err == nil && rank >= 0 {
		return rank + 1, "PMIX_RANK"
	}
	return 0, ""
}

// checkLaunch refuses to be one of several processes that would each do the whole job.
func checkLaunch(getenv func(string) string, why string) error {
	if n, variable := launch(getenv); n > 1 {
		return fmt.Errorf("mpi: started as one of several processes (%s=%s), but %s", variable, getenv(variable), why)
	}
	return nil
}

// launched reports whether a launcher started this process.
func launched() bool {
	n, _ := launch(os.Getenv)
	return n > 0
}
