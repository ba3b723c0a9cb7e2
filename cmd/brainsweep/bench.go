package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/gpu"
	"brainsweep/internal/progress"
	"brainsweep/jobs"
)

func benchCommand() *cobra.Command {
	var f deviceFlags
	var only string
	var asJSON bool
	var nodes, points []int
	var turns int
	var speed, density float64
	var delays string
	var use, set []string
	precision := choice{value: "both", of: []string{"both", "single", "double"}}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Time the kernels on fixed cases",
		Long: `bench times fixed cases: a synthetic brain with delays, Heun with noise, 1 ms averages, BOLD and FC. It prints
node-steps per second and core, and the share of each stage: the time that its absence saves; io is the writing of a part.
Of several runs the fastest counts. On a CPU, seconds are those of processor time.
With --metrics it times batches of adex2 with metrics and without instead, in turns, and prints medians.`,
		Example: `  brainsweep bench
  brainsweep bench --case adex2 --precision single --threads 1 --json
  brainsweep bench --device cuda --case adex2 --points 256,8192
  brainsweep bench --metrics all`,
		Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(use) > 0 {
				if err := checkBenchMetrics(cmd, use); err != nil {
					return err
				}
			} else if cmd.Flags().Changed("turns") {
				return mistake("--turns goes with --metrics; of other cases the fastest of several runs counts")
			}
			cases, err := benchCases(only)
			if err != nil {
				return err
			}
			if cases, err = vary(cases, nodes, points, speed); err != nil {
				return err
			}
			if delays != "" {
				if err := tangle(cases, delays, density); err != nil {
					return err
				}
			}
			wanted, err := jobs.ParseDevice(set...)
			if err != nil {
				return err
			}
			dev, err := f.open(runtime.NumCPU(), wanted)
			if err != nil {
				return err
			}
			defer dev.Close()
			if len(use) > 0 {
				return runBenchMetrics(cmd.Context(), dev, use, precision.value, turns, asJSON, cmd.OutOrStdout())
			}
			return runBench(cmd.Context(), dev, cases, precision.value, asJSON, cmd.OutOrStdout())
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringArrayVar(&set, "set", nil, "how points lie on a GPU: device.points=N, device.members=N or device.blocks=N (may be given again)")
	cmd.Flags().StringVar(&only, "case", "", "time this case only: "+strings.Join(caseNames(), ", "))
	cmd.Flags().Var(&precision, "precision", "single, double or both")
	cmd.Flags().IntSliceVar(&points, "points", nil, "points simulated at the same time; several for a curve (default: as many as the device works on at a time)")
	cmd.Flags().IntSliceVar(&nodes, "nodes", []int{68}, "regions of the brain; several for a curve")
	cmd.Flags().Float64Var(&speed, "speed", 4, "conduction speed [mm/ms]; the slower, the longer the history")
	cmd.Flags().StringVar(&delays, "delays", "", "LOW-HIGH: a random network instead of a brain, its delays from LOW to HIGH steps of 0.1 ms")
	cmd.Flags().Float64Var(&density, "density", 0.3, "with --delays, the share of pairs that are connected")
	cmd.Flags().StringSliceVar(&use, "metrics", nil, "time adex2 with these metrics or groups, and without: all, or rate,fc,psd,...")
	cmd.Flags().IntVar(&turns, "turns", 0, "with --metrics, batches that count of each kind (default: 5 to 15, as fit some seconds)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object for each case and precision")
	return cmd
}

func caseNames() []string {
	var names []string
	for _, c := range jobs.BenchCases() {
		names = append(names, c.Name)
	}
	return names
}

// benchCases gives the case of a name, or all.
func benchCases(name string) ([]jobs.BenchCase, error) {
	all := jobs.BenchCases()
	if name == "" {
		return all, nil
	}
	i := slices.Index(caseNames(), name)
	if i < 0 {
		return nil, mistake("--case: unknown case %q%s; there are %s", name, fault.Suggest(name, caseNames()), strings.Join(caseNames(), ", "))
	}
	return all[i : i+1], nil
}

// vary repeats the cases for each number of nodes and of points.
func vary(cases []jobs.BenchCase, nodes, points []int, speed float64) ([]jobs.BenchCase, error) {
	if !(speed > 0) {
		return nil, mistake("--speed: %v is not a speed; above 0", speed)
	}
	var all []jobs.BenchCase
	for _, c := range cases {
		for _, n := range nodes {
			if n < 2 {
				return nil, mistake("--nodes: %d; at least 2", n)
			}
			c.Nodes, c.Speed = n, speed
			for _, p := range points {
				if p < 1 {
					return nil, mistake("--points: %d; at least 1", p)
				}
				c.Points = p
				all = append(all, c)
			}
			if len(points) == 0 {
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// tangle makes the cases' brains random networks.
func tangle(cases []jobs.BenchCase, delays string, density float64) error {
	var low, high int
	from, to, _ := strings.Cut(delays, "-")
	low, err := strconv.Atoi(from)
	if err == nil {
		high, err = strconv.Atoi(to)
	}
	if err != nil || low < 0 || high < low {
		return mistake("--delays: %q; want the least and the most [steps], as 0-14", delays)
	}
	if !(density > 0 && density <= 1) {
		return mistake("--density: %v; above 0, at most 1", density)
	}
	for i := range cases {
		cases[i].Delays, cases[i].Density = [2]int{low, high}, density
	}
	return nil
}

// wantsPrecision tells whether --precision means numbers of so many bits.
func wantsPrecision(precision string, bits int) bool {
	return precision == "both" || precision == map[int]string{32: "single", 64: "double"}[bits]
}

func runBench(ctx context.Context, dev device.Device, cases []jobs.BenchCase, precision string, asJSON bool, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if !asJSON {
		info, per := dev.Info(), "per core"
		fmt.Fprintf(out, "%s, %s", info.Name, info.ISA)
		if info.Kind == "cpu" {
			fmt.Fprintf(out, ", %s", workers(info))
		} else {
			per = "rate"
		}
		fmt.Fprint(out, "\n\n")
		fmt.Fprintf(table, "case\tnodes\tpoints\tprecision\t%s\t%s\n", per, strings.Join(jobs.BenchStages(), "\t"))
	}
	for _, c := range cases {
		for _, bits := range []int{32, 64} {
			if !wantsPrecision(precision, bits) {
				continue
			}
			r, err := jobs.Bench(ctx, dev, c, bits)
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(out).Encode(r); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s", r.Case, r.Nodes, r.Points, r.Precision, progress.Rate(r.NodeStepsPerSecond, "node-steps"))
			for _, stage := range jobs.BenchStages() {
				fmt.Fprintf(table, "\t%.0f %%", 100*r.Stages[stage])
			}
			fmt.Fprintln(table)
		}
	}
	if err := table.Flush(); err != nil || asJSON {
		return err
	}
	return benchLaunches(dev, out)
}

// benchLaunches tells how the kernels of a bench lay on a GPU. Of each case and number of points, the first is the one
// with nothing left out.
func benchLaunches(dev device.Device, out io.Writer) error {
	told, ok := dev.(interface{ Launched() []gpu.Launched })
	if !ok {
		return nil
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "kernel\tnodes\tbits\tregisters\tlocal\tshared\tthreads of a point\tblocks of a point\tpoints of a block\tpoints\twarps at a time\toccupancy")
	for _, l := range told.Launched() {
		if l.Kernel != "simulate" {
			continue
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d B\t%d B\t%d\t%d\t%d\t%d\t%d\t%.0f %%\n", l.Source, l.Nodes, l.Precision, l.Registers, l.Local, l.Shared,
			l.Members, l.Blocks, l.Teams, l.Points, l.Warps, 100*l.Occupancy)
	}
	return table.Flush()
}
