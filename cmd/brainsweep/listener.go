package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"

	"brainsweep/internal/progress"
	"brainsweep/jobs"
)

// listener tells people how a run goes: rank 0 on the terminal, the others each in a file of their own. It says nothing
// and makes no file until the run has begun.
type listener struct {
	rank    int
	log     *logrus.Logger
	json    bool      // a machine reads the log
	errs    io.Writer // of rank 0
	begin   func()    // says what is about to run
	begun   sync.Once
	file    *os.File // of the other ranks
	meter   *progress.Meter
	merging bool
}

// newListener makes the listener of a rank; greet, which may be nil, says what is about to run.
func newListener(rank int, said *voice, output string, errs io.Writer, greet func(*logrus.Logger)) *listener {
	l := &listener{rank: rank, log: said.logger(errs), json: said.format.value == "json", errs: errs}
	l.begin = func() {
		if rank > 0 {
			l.log.SetOutput(l.create(output + ".logs"))
		}
		if greet != nil {
			greet(l.log)
		}
	}
	return l
}

// create makes the log file of a rank above 0. A run does not fail for want of it.
func (l *listener) create(folder string) io.Writer {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return io.Discard
	}
	file, err := os.Create(filepath.Join(folder, fmt.Sprintf("rank-%04d.log", l.rank)))
	if err != nil {
		return io.Discard
	}
	l.file = file
	return file
}

func (l *listener) Note(text string) {
	l.begun.Do(l.begin)
	l.log.Info(text)
}

func (l *listener) Detail(text string) {
	l.begun.Do(l.begin)
	if l.rank == 0 {
		l.log.Debug(text)
	} else {
		l.log.Info(text)
	}
}

func (l *listener) Progress(p jobs.Progress) {
	l.begun.Do(l.begin)
	if l.meter == nil || p.Merging != l.merging {
		l.end()
		unit, total := "node-steps", p.AllNodeSteps
		if p.Merging {
			unit, total = "points", float64(p.AllPoints)
		}
		if terminal, ok := l.errs.(*os.File); ok && !l.json && progress.IsTerminal(terminal) {
			l.meter = progress.New(l.errs, true, unit, 0, total)
			l.log.SetOutput(l.meter)
		} else {
			l.meter = progress.New(entries{l.log}, false, unit, 0, total)
		}
		l.merging = p.Merging
	}
	if p.Merging {
		l.meter.Show(float64(p.Points), fmt.Sprintf("%d of %d points merged", p.Points, p.AllPoints))
		return
	}
	l.meter.Show(p.NodeSteps, fmt.Sprintf("%d of %d points", p.Points, p.AllPoints))
}

// end takes the bar away.
func (l *listener) end() {
	if l.meter != nil {
		l.meter.End()
		l.log.SetOutput(l.errs)
		l.meter = nil
	}
}

// entries makes an entry of a log of every line written to it.
type entries struct{ log *logrus.Logger }

func (e entries) Write(line []byte) (int, error) {
	e.log.Info(strings.TrimSpace(string(line)))
	return len(line), nil
}

func (l *listener) close() {
	l.end()
	if l.file != nil {
		l.file.Close()
	}
}

// once is a flag that may be given once.
type once struct {
	value string
	given bool
}

func (o *once) String() string { return o.value }
func (o *once) Type() string   { return "file" }

func (o *once) Set(value string) error {
	if o.given {
		return fmt.Errorf("it is given twice, as %q and %q", o.value, value)
	}
	o.value, o.given = value, true
	return nil
}
