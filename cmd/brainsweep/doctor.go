package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"brainsweep/mpi"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Tell what this machine has, what is missing, and what to do about it",
		Long: `doctor tries what a job needs: the C compiler, MPI, HDF5, memory, the kernel cache and the disk.
Each line says ok, missing (a job cannot run) or without (a job runs, but not on this).
Started by mpirun it looks at every rank, and tells of the others what rank 0 does not see.
The exit code is 1 when something is missing.`,
		Example: `  brainsweep doctor
  mpirun -n 4 brainsweep doctor`,
		Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), cmd.OutOrStdout()) },
	}
}

func runDoctor(ctx context.Context, out io.Writer) error {
	comm, mpiTrouble := mpi.Open()
	if mpiTrouble != nil {
		comm = mpi.Self()
	}
	defer comm.Close()

	mine := checkup{Host: "an unknown host"}
	if name, err := os.Hostname(); err == nil {
		mine.Host = name
	}
	for _, examine := range examinations {
		mine.Findings = append(mine.Findings, examine(ctx))
	}
	excuseCompiler(mine.Findings)
	all, err := gatherCheckups(comm, mine)
	if err != nil || all == nil {
		return err
	}
	all[0].Findings = append(all[0].Findings, examineMPI(ctx, mpiTrouble, all))
	if writeCheckups(out, all) > 0 {
		return errors.New("doctor: a job cannot run here yet")
	}
	return nil
}

// excuseCompiler lets a machine do without a C compiler whose GPU computes.
func excuseCompiler(findings []finding) {
	gpu := slices.IndexFunc(findings, func(f finding) bool { return f.Subject == "GPU" && f.State == okState })
	for i := range findings {
		if f := &findings[i]; gpu >= 0 && f.Subject == "compiler" && f.State == missingState {
			f.State = withoutState
			f.Says += "; the GPU computes"
		}
	}
}

// checkup is what doctor found on one rank.
type checkup struct {
	Host     string
	Findings []finding
}

// finding is what doctor says of one thing.
type finding struct {
	Subject string
	State   string // ok, missing or without
	Says    string
	Remedy  string // "" when there is nothing to do
}

const (
	okState      = "ok"
	missingState = "missing"
	withoutState = "without"
)

// gatherCheckups is collective. It returns every rank's checkup on rank 0, nil elsewhere.
func gatherCheckups(comm mpi.Comm, mine checkup) ([]checkup, error) {
	packed, err := json.Marshal(mine)
	if err := mpi.Agree(comm, err); err != nil {
		return nil, err
	}
	gathered, err := comm.Gather(0, packed)
	if err != nil || comm.Rank() != 0 {
		return nil, err
	}
	all := make([]checkup, len(gathered))
	for rank, p := range gathered {
		if err := json.Unmarshal(p, &all[rank]); err != nil {
			return nil, fmt.Errorf("doctor: what rank %d found: %w", rank, err)
		}
	}
	return all, nil
}

// writeCheckups writes all that rank 0 found and what is not well on the others. It returns how many things are missing.
func writeCheckups(out io.Writer, all []checkup) (missing int) {
	for rank, c := range all {
		where := ""
		if rank > 0 {
			where = fmt.Sprintf("rank %d on %s: ", rank, c.Host)
		}
		for _, f := range c.Findings {
			if f.State == missingState {
				missing++
			}
			if rank > 0 && f.State != missingState {
				continue
			}
			fmt.Fprintf(out, "%-8s %-9s %s%s\n", f.State, f.Subject, where, f.Says)
			if f.Remedy != "" {
				fmt.Fprintf(out, "%-18s to do: %s\n", "", f.Remedy)
			}
		}
	}
	return missing
}
