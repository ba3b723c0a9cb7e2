package main

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brainsweep/internal/progress"
	"brainsweep/jobs"
	"brainsweep/plot"
)

func watchCommand() *cobra.Command {
	var metric string
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "watch RESULT",
		Short: "Look on while a job runs",
		Long: `watch shows how far the job has come whose result will have the given name: what status tells, and a coarse map of a metric
over the first two swept quantities that fills up. It ends when the result is there; Ctrl-C ends it earlier. It disturbs nothing,
and runs in another shell, or on another machine that has the same files.`,
		Example: `  brainsweep watch results.h5
  brainsweep watch results.h5 --metric E.fc_mean --every 10s`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if every < 100*time.Millisecond {
				return mistake("--every %v: want at least 100ms", every)
			}
			file, isFile := cmd.OutOrStdout().(*os.File)
			w := &watcher{out: cmd.OutOrStdout(), output: args[0], metric: metric, terminal: isFile && progress.IsTerminal(file), every: every}
			w.colours = w.terminal && os.Getenv("NO_COLOR") == ""
			return w.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&metric, "metric", "", "the metric of the map, such as E.fc_mean; without it the mean rate, or the first")
	cmd.Flags().DurationVar(&every, "every", 2*time.Second, "how often to look")
	return cmd
}

// watcher shows the same thing again and again, on a terminal in the same place.
type watcher struct {
	out               io.Writer
	output, metric    string
	terminal, colours bool
	every             time.Duration
	filling           *jobs.Filling
	last              string
}

// How many cells a map has at most.
const mapAcross, mapUp = 60, 16

func (w *watcher) run(ctx context.Context) error {
	for {
		s, err := jobs.Look(w.output)
		if err != nil {
			return err
		}
		if !s.Merged {
			if err := w.fill(); err != nil {
				return err
			}
		}
		w.show(s)
		if s.Merged {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.every):
		}
	}
}

// fill takes in what has come. A run that ends meanwhile takes its folder away; the next look finds its result.
func (w *watcher) fill() (err error) {
	if w.filling == nil {
		w.filling, err = jobs.Watch(w.output, w.metric, mapAcross, mapUp)
	} else {
		err = w.filling.Fill()
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (w *watcher) show(s *jobs.Status) {
	var b strings.Builder
	tellStatus(&b, w.output, s, time.Now())
	if w.filling != nil {
		b.WriteByte('\n')
		drawFilling(&b, w.filling, w.colours)
	}
	if s.Merged {
		fmt.Fprintf(&b, "the result is there; to look at it: brainsweep report %s\n", w.output)
	}
	text := b.String()
	switch {
	case w.terminal:
		const home, clear = "\x1b[H", "\x1b[J"
		if w.last == "" {
			fmt.Fprint(w.out, "\x1b[2J")
		}
		fmt.Fprint(w.out, home+strings.ReplaceAll(text, "\n", "\x1b[K\n")+clear)
	case text != w.last:
		fmt.Fprintln(w.out, text)
	}
	w.last = text
}

// shades stand for values from the least to the greatest where there are no colours.
var shades = []rune(".:-=+*#%@")

// drawFilling draws a map in characters: two for each cell, the largest Y at the top; a cell without a point that is done is a dot.
func drawFilling(out io.Writer, f *jobs.Filling, colours bool) {
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range f.Values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			least, most = min(least, v), max(most, v)
		}
	}
	unit := f.Unit
	if unit != "" {
		unit = " " + unit
	}
	if least > most {
		fmt.Fprintf(out, "%s: no point is done yet\n", f.Metric)
		return
	}
	fmt.Fprintf(out, "%s from %.4g to %.4g%s\n", f.Metric, least, most, unit)
	wide := max(1, mapAcross/f.X.Cells/2) * 2
	for y := f.Y.Cells - 1; y >= 0; y-- {
		label := ""
		switch {
		case f.Y.Address == "":
		case y == f.Y.Cells-1:
			label = f.Y.Last
		case y == 0:
			label = f.Y.First
		case y == f.Y.Cells/2:
			label = f.Y.Address
		}
		fmt.Fprintf(out, "%14.14s ", label)
		for x := range f.X.Cells {
			fmt.Fprint(out, cell(f.Values[y*f.X.Cells+x], least, most, min(wide, 6), colours))
		}
		fmt.Fprintln(out)
	}
	width := f.X.Cells * min(wide, 6)
	axis := f.X.Address
	gap := max(1, width-len(f.X.First)-len(f.X.Last)-len(axis))
	fmt.Fprintf(out, "%14s %s%s%s%s%s\n", "", f.X.First, strings.Repeat(" ", gap/2), axis, strings.Repeat(" ", gap-gap/2), f.X.Last)
}

// cell draws a value as so many characters.
func cell(v, least, most float64, width int, colours bool) string {
	if math.IsNaN(v) {
		return strings.Repeat(" ", width-1) + "·"
	}
	share := 0.5
	if most > least {
		share = min(1, max(0, (v-least)/(most-least)))
	}
	if !colours {
		return strings.Repeat(string(shades[int(math.Round(share*float64(len(shades)-1)))]), width)
	}
	c := viridis(share)
	return fmt.Sprintf("\x1b[48;2;%d;%d;%dm%s\x1b[0m", c.R, c.G, c.B, strings.Repeat(" ", width))
}

func viridis(share float64) color.RGBA { return plot.Viridis().At(share) }
