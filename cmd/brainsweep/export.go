package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/export"
	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/jobs"
)

func exportCommand() *cobra.Command {
	var form, out string
	var o export.Options
	long := "export writes a result in a form that other programs read:\n"
	for _, f := range export.Forms() {
		long += fmt.Sprintf("\n  %s  %s", f[0], f[1])
	}
	cmd := &cobra.Command{
		Use:   "export RESULT",
		Short: "Write a result as CSV, NumPy's npz, NWB, or a BIDS derivative; its connectome for TVB",
		Long:  long,
		Example: `  brainsweep export results.h5 --to npz
  brainsweep export results.h5 --to csv --only E.rate_mean,E.fc -o tables
  brainsweep export results.h5 --to nwb --point 3,7
  brainsweep export cohort.h5 --to bids -o derivatives/brainsweep`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer r.Close()
			base := strings.TrimSuffix(args[0], filepath.Ext(args[0]))
			var files []string
			switch form {
			case "csv":
				files, err = export.CSV(or(out, base+".csv.d"), r, o)
			case "nwb":
				files, err = export.NWB(or(out, base+".nwb.d"), r, o)
			case "npz":
				files, err = []string{or(out, base+".npz")}, aside(or(out, base+".npz"), func(w *bufio.Writer) error { return export.NPZ(w, r, o) })
			case "tvb":
				if o.Only != nil || o.Points != nil {
					return mistake("--only, --point: there is one connectome, and it is whole")
				}
				files = []string{or(out, base+".zip")}
				err = export.TVB(files[0], r)
			case "bids":
				folder := or(out, filepath.Join("derivatives", "brainsweep"))
				if o.Only != nil {
					return mistake("--only: bids is written with all that it has a place for")
				}
				files = []string{folder}
				_, err = jobs.Derivative(r, folder, o.Points, version)
			case "subjects":
				if o.Only != nil || o.Points != nil {
					return mistake("--only, --point: the results of subjects are whole")
				}
				files, err = jobs.Split(r, or(out, base+".subjects"))
			case "":
				return mistake("--to is missing; say %s", forms())
			default:
				return mistake("--to %s: there is no such form%s; there is %s", form, fault.Suggest(form, strings.Split(forms(), ", ")), forms())
			}
			if err != nil {
				return err
			}
			for i, name := range files {
				if i == 12 && len(files) > 13 {
					fmt.Fprintf(cmd.OutOrStdout(), "and %d more\n", len(files)-i)
					break
				}
				fmt.Fprintln(cmd.OutOrStdout(), name)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&form, "to", "", "the form: "+forms())
	flags.StringVarP(&out, "output", "o", "", "the file, or for csv and nwb the folder; without it, beside the result")
	flags.IntSliceVar(&o.Points, "point", nil, "only these points: 3,7")
	flags.StringSliceVar(&o.Only, "only", nil, "only these series and metrics: average.E,E.fc")
	return cmd
}

func forms() string {
	var names []string
	for _, f := range export.Forms() {
		names = append(names, f[0])
	}
	return strings.Join(names, ", ")
}

func or(given, usual string) string {
	if given != "" {
		return given
	}
	return usual
}

// aside writes a file beside its place, and gives it its name when it is whole.
func aside(name string, write func(w *bufio.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return mistake("%v", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
