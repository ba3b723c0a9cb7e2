package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/fault"
	"brainsweep/jobs"
	"brainsweep/model/library"
)

func evalCommand() *cobra.Command {
	var f deviceFlags
	var at, output, preset string
	var of []string
	precision := choice{value: "double", of: []string{"single", "double"}}
	cmd := &cobra.Command{
		Use:   "eval MODEL --at TABLE.csv",
		Short: "Compute a model's derivatives and other values at given states",
		Long: `eval computes, with the kernel that a job would run, the derivatives of a model at the rows of a table: for phase planes,
nullclines and checks. The table's columns are the model's states, and as far as wanted its coupling terms (c0, c1, ...;
0 where they are missing) and parameters. The result has a column d_<state> for each state, per ms, or those asked for
with --of: any value that the equations name.`,
		Example: `  brainsweep models eval epileptor --at states.csv -o slopes.csv
  brainsweep models eval wilson_cowan --at states.csv --of d_E,d_I,E_minus_I`,
		Args: words("model"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dev, err := f.open(1, jobs.DeviceSettings{})
			if err != nil {
				return err
			}
			defer dev.Close()
			m, err := library.Open(args[0])
			if err != nil {
				return err
			}
			if at == "" {
				return mistake("--at is missing: name a CSV file with a column for each state of %s", m.Name)
			}
			columns, err := readColumns(at)
			if err != nil {
				return err
			}
			e := jobs.Evaluation{Model: m, Preset: preset, Precision: 64, Columns: columns, Of: of}
			if precision.value == "single" {
				e.Precision = 32
			}
			for _, name := range e.Unused() {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: warning: the column %q is not used: model %s has no such state, coupling term or parameter\n", at, name, m.Name)
			}
			values, err := e.Run(cmd.Context(), dev)
			if err != nil {
				return err
			}
			return writeColumns(output, cmd.OutOrStdout(), e.Names(), values)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&at, "at", "", "CSV file of states, coupling terms and parameters")
	cmd.Flags().StringVarP(&output, "output", "o", "", "CSV file to write (default: standard output)")
	cmd.Flags().StringVar(&preset, "preset", "", "named parameter set of the model")
	cmd.Flags().StringSliceVar(&of, "of", nil, "what to compute instead of all derivatives: NAME,NAME,...")
	cmd.Flags().Var(&precision, "precision", "single or double")
	return cmd
}

// readColumns reads a CSV file with a heading; true and false are 1 and 0.
func readColumns(path string) (map[string][]float64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, mistake("%v", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	heading, err := r.Read()
	if err != nil {
		return nil, mistake("%s: expected a heading and rows of numbers: %v", path, err)
	}
	columns := map[string][]float64{}
	var mistakes fault.List
	for i, name := range heading {
		heading[i] = strings.TrimSpace(name)
		if columns[heading[i]] != nil {
			mistakes.Addf(fault.Pos{File: path, Line: 1}, "the column %q is there twice", heading[i])
		}
		columns[heading[i]] = []float64{}
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return columns, mistakes.Err()
		}
		if err != nil {
			return nil, mistake("%s: %v", path, err)
		}
		for i, cell := range row {
			v, err := parseNumber(cell)
			if err != nil {
				line, column := r.FieldPos(i)
				mistakes.Addf(fault.Pos{File: path, Line: line, Col: column}, "%s: expected a number, found %q", heading[i], cell)
			}
			columns[heading[i]] = append(columns[heading[i]], v)
		}
	}
}

func parseNumber(text string) (float64, error) {
	switch text = strings.TrimSpace(text); strings.ToLower(text) {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	return strconv.ParseFloat(text, 64)
}

// writeColumns writes columns of numbers with a heading, each number so that it reads back as it is.
func writeColumns(path string, out io.Writer, heading []string, columns [][]float64) error {
	if path != "" {
		f, err := os.Create(path)
		if err != nil {
			return mistake("%v", err)
		}
		defer f.Close()
		out = f
	}
	w := csv.NewWriter(out)
	w.Write(heading)
	for i := range columns[0] {
		row := make([]string, len(columns))
		for k := range columns {
			row[k] = strconv.FormatFloat(columns[k][i], 'g', -1, 64)
		}
		w.Write(row)
	}
	w.Flush()
	return w.Error()
}
