package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"brainsweep/fault"
	"brainsweep/mpi"
)

// execute runs the command line and returns the exit code. What went wrong is said once, here.
func execute(ctx context.Context, args []string, out, errs io.Writer) int {
	said := &voice{out: errs}
	root := rootCommand(said)
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	verbBegan := false
	root.PersistentPreRun = func(*cobra.Command, []string) { verbBegan = true }
	err := root.ExecuteContext(ctx)
	if err != nil && !verbBegan {
		err = sayOnce(said, err)
	}
	said.complain(err)
	return exitCode(err)
}

// sayOnce has rank 0 tell of a mistake in the command line, which every rank that mpirun started has found. It tells it
// before the others end: mpirun kills all when one ends with an error.
func sayOnce(said *voice, err error) error {
	comm, openErr := mpi.Open()
	if openErr != nil || comm.Size() == 1 {
		return err
	}
	defer comm.Close()
	if comm.Rank() == 0 {
		said.complain(err)
	}
	return told{err}
}

func rootCommand(said *voice) *cobra.Command {
	root := &cobra.Command{
		Use:   "brainsweep",
		Short: "Simulate whole brains by the hundred thousand",
		Long: `brainsweep simulates whole brains by the hundred thousand: parameter sweeps of neural mass and
mean-field models over connectomes, on many processes, into one HDF5 file.`,
		Example: `  brainsweep run examples/adex.toml -o results.h5
  mpirun -n 64 brainsweep run job.toml -o results.h5`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              noWord,
		RunE:              showHelp,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetFlagErrorFunc(flagMistake)
	said.addFlags(root.PersistentFlags())
	root.AddCommand(
		runCommand(said),
		submitCommand(),
		checkCommand(),
		planCommand(),
		kernelCommand(),
		modelsCommand(),
		convertCommand(),
		benchCommand(),
		statusCommand(),
		mergeCommand(said),
		analyzeCommand(said),
		inspectCommand(),
		verifyCommand(),
		plotCommand(),
		reportCommand(),
		exportCommand(),
		watchCommand(),
		cohortCommand(),
		doctorCommand(),
		versionCommand(),
	)
	return root
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// noWord is the rule of a command that only leads to others: a word that reaches it names no verb.
func noWord(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var verbs []string
	for _, verb := range cmd.Commands() {
		if verb.IsAvailableCommand() {
			verbs = append(verbs, verb.Name())
		}
	}
	hint := fault.Suggest(args[0], verbs)
	if !cmd.HasParent() && filepath.Ext(args[0]) == ".toml" {
		hint = "; to run a job: brainsweep run " + args[0]
	}
	if hint == "" {
		hint = "; there are " + strings.Join(verbs, ", ")
	}
	return mistake("%s: unknown verb %q%s", cmd.CommandPath(), args[0], hint)
}

// words is the rule of a verb that takes one word for each name.
func words(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return mistake("%s: which %s? (%s --help has an example)", cmd.CommandPath(), names[len(args)], cmd.CommandPath())
		case len(args) > len(names):
			return mistake("%s: %q is one word too many (%s --help has an example)", cmd.CommandPath(), args[len(names)], cmd.CommandPath())
		}
		return nil
	}
}

// atLeastOne is the rule of a verb that takes any number of words of a kind.
func atLeastOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return words(name)(cmd, args)
		}
		return nil
	}
}

// flagMistake adds to pflag's message where help is, and which flag may have been meant.
func flagMistake(cmd *cobra.Command, err error) error {
	hint := " (" + cmd.CommandPath() + " --help lists the flags)"
	if unknown, ok := err.(*pflag.NotExistError); ok {
		var flags []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, "--"+f.Name) })
		if near := fault.Suggest("--"+unknown.GetSpecifiedName(), flags); near != "" {
			hint = near
		}
	}
	return mistake("%s: %v%s", cmd.CommandPath(), err, hint)
}
