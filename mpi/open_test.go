//go:build !mpi

package mpi_test

import (
	"fmt"
	"strings"
	"testing"

	"brainsweep/mpi"
)

// A program without MPI refuses to be one of several processes, which would all do the same job.
func TestOpenWithoutMPI(t *testing.T) {
	tests := []struct {
		env  map[string]string
		want string // in the error; "" for a job of one rank
	}{
		{nil, ""},
		{map[string]string{"OMPI_COMM_WORLD_SIZE": "1", "PMIX_RANK": "0"}, ""},
		{map[string]string{"OMPI_COMM_WORLD_SIZE": "4"}, "started as one of several processes (OMPI_COMM_WORLD_SIZE=4), but this program was built without MPI"},
		{map[string]string{"PMI_SIZE": "2"}, "PMI_SIZE=2"},
		{map[string]string{"SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "0"}, "SLURM_STEP_NUM_TASKS=8"},
		{map[string]string{"SLURM_NTASKS": "8", "SLURM_PROCID": "0"}, ""}, // a batch script, not srun
		{map[string]string{"PMIX_RANK": "3"}, "PMIX_RANK=3"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.env), func(t *testing.T) {
			for _, v := range []string{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"} {
				t.Setenv(v, tt.env[v])
			}
			c, err := mpi.Open()
			switch {
			case tt.want == "" && (err != nil || c.Size() != 1):
				t.Errorf("%v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if got := mpi.Library(); got != "" {
		t.Errorf("library %q", got)
	}
}
