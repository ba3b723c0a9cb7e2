package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"brainsweep/document"
	"brainsweep/sweep"
)

// Text is the plan as a job file with all defaults written out. Read where the job file stands (paths are as they were
// there), it gives an equal plan. Tables of numbers stand in it, but for that of the sweep's mode list.
func (p *Plan) Text() string {
	var w writer
	w.text("title", p.Title)
	w.text("model", p.ModelSource)
	w.text("preset", p.Preset)
	p.writeCohort(&w)
	w.section("[connectome]")
	w.text("source", p.ConnectomeSource)
	if s := p.Setting("connectome.speed"); !p.Swept(s.Address) {
		w.line("speed", quantityText(s.Values[0], s.Unit))
	}
	w.text("normalise", p.Normalise)
	w.text("diagonal", p.Diagonal)
	p.lesionText(&w)
	w.section("[coupling]")
	w.text("function", p.Coupling.Name)
	w.settings(p, "coupling")
	p.writeRun(&w)
	w.section("[parameters]")
	w.settings(p, "parameters")
	p.noiseText(&w)
	if len(p.Clamped()) > 0 {
		w.section("[clamp]")
		w.settings(p, "clamp")
	}
	w.section("[initial]")
	w.settings(p, "initial")
	p.stimulusText(&w)
	p.writeSweep(&w)
	p.writeRecords(&w, true)
	if len(p.Metrics.Of) > 0 {
		w.section("[metrics]")
		w.line("of", list(p.Metrics.Of, document.Quote))
		if len(p.Metrics.Use) > 0 {
			w.line("use", list(p.Metrics.Use, document.Quote))
		}
		w.line("period", quantityText(p.Metrics.Period, "ms"))
		p.optionsText(&w)
	}
	p.targetText(&w)
	return w.String()
}

func (p *Plan) writeCohort(w *writer) {
	c := p.Cohort
	if c == nil {
		return
	}
	w.section("[cohort]")
	w.text("source", c.Source)
	if c.Wanted != nil {
		w.line("subjects", list(c.Wanted, document.Quote))
	}
	w.text("participants", c.Participants)
	w.text("only", c.Only)
	w.line("seeds", fmt.Sprint(c.Seeds))
}

// writer writes a job file.
type writer struct{ strings.Builder }

func (w *writer) section(name string) { fmt.Fprintf(w, "\n%s\n", name) }

func (w *writer) line(key, value string) { fmt.Fprintf(w, "%s = %s\n", document.Key(key), value) }

// text writes a word, if there is one.
func (w *writer) text(key, value string) {
	if value != "" {
		w.line(key, document.Quote(value))
	}
}

// settings writes the settings of a section but for the swept ones.
func (w *writer) settings(p *Plan, section string) {
	for _, s := range p.Settings {
		in, name, dotted := strings.Cut(s.Address, ".")
		if !dotted {
			in, name = "parameters", s.Address
		}
		if strings.HasPrefix(s.Address, "parameters.") {
			continue // written with its map
		}
		if s.Map != nil && in == section {
			w.line(name, p.mapText(s))
		} else if in == section && !p.Swept(s.Address) {
			w.line(name, numbers(s.Values))
		}
	}
}

// numbers writes one number as such, several as a list.
func numbers(x []float64) string {
	if len(x) == 1 {
		return document.Number(x[0])
	}
	return list(x, document.Number)
}

func list[T any](x []T, write func(T) string) string {
	words := make([]string, len(x))
	for i, v := range x {
		words[i] = write(v)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

func (p *Plan) writeRun(w *writer) {
	w.section("[run]")
	w.line("duration", quantityText(p.Run.Duration, "ms"))
	w.line("transient", quantityText(p.Run.Transient, "ms"))
	w.line("step", quantityText(p.Run.Step, "ms"))
	w.text("scheme", p.Run.Scheme)
	w.text("precision", map[int]string{32: "single", 64: "double"}[p.Run.Precision])
	w.line("seed", fmt.Sprint(p.Run.Seed))
	w.text("noise", p.Run.Noise)
}

func (p *Plan) writeSweep(w *writer) {
	s := p.Sweep
	if s.Mode == "" {
		return
	}
	w.section("[sweep]")
	w.text("mode", string(s.Mode))
	w.text("file", s.File)
	if s.Mode.Drawn() {
		w.line("points", fmt.Sprint(s.Points))
		w.line("seed", fmt.Sprint(s.Seed))
	}
	for i, a := range s.Axes {
		rule := s.Rules[i]
		switch {
		case s.Mode == sweep.List:
		case !rule.Range:
			w.line(a.Address, list(a.Values, document.Number))
		default:
			words := []string{"from = " + document.Number(rule.From), "to = " + document.Number(rule.To)}
			if !s.Mode.Drawn() {
				words = append(words, fmt.Sprintf("points = %d", rule.Points))
			}
			if rule.Log {
				words = append(words, `scale = "log"`)
			}
			w.line(a.Address, "{ "+strings.Join(words, ", ")+" }")
		}
	}
}

// writeRecords writes the records; sources says whether to write the names of a model and its preset.
func (p *Plan) writeRecords(w *writer, sources bool) {
	for _, rec := range p.Records {
		w.section("[[record]]")
		w.text("monitor", rec.Monitor)
		w.line("of", list(rec.Of, document.Quote))
		if rec.Monitor != "raw" {
			w.line("period", quantityText(rec.Period, "ms"))
		}
		w.text("keep", rec.Keep.String())
		switch {
		case rec.View == nil:
		case sources:
			p.viewText(w, rec.View)
		default:
			w.text("view", hex.EncodeToString(rec.View.digest()))
		}
		b := rec.Bold
		if b == nil {
			continue
		}
		w.text("kernel", b.Kernel)
		if b.Model != nil {
			if sources {
				w.text("model", b.Source)
				w.text("preset", b.Preset)
			}
			w.line("step", quantityText(b.Step, "ms"))
		}
		var words []string
		for _, s := range b.Parameters {
			if p.Swept(s.Address) {
				continue
			}
			words = append(words, document.Key(strings.TrimPrefix(s.Address, "bold."))+" = "+numbers(s.Values))
		}
		w.line("parameters", "{ "+strings.Join(words, ", ")+" }")
	}
}

// String writes a Keep as the job file has it.
func (k Keep) String() string {
	if k.Mode != KeepBest {
		return k.Mode
	}
	sign := ""
	if k.Least {
		sign = "-"
	}
	return fmt.Sprintf("best:%d by %s%s.%s", k.Count, sign, k.Quantity, k.Metric)
}

// Hash is a digest, in hexadecimal, of everything that decides the bytes of the result: all that enters the names of the
// points, and besides labels and centres of the nodes, [run] whole, the points of the sweep in their order, the records
// and the metrics. The title and the names of files do not enter, their content does.
func (p *Plan) Hash() string {
	h := sha256.New()
	h.Write([]byte("brainsweep plan 1\n"))
	for i, s := range p.Subjects {
		h.Write(p.names[i].text)
		if s.ID != "" {
			fmt.Fprintln(h, "subject", document.Quote(s.ID))
		}
		for _, label := range s.Labels {
			h.Write(append([]byte(label), 0))
		}
		for _, centre := range s.Centres {
			h.Write(doubles(centre[:]))
		}
	}
	var w writer
	if p.Cohort != nil {
		w.line("seeds", fmt.Sprint(p.Cohort.Seeds))
	}
	p.writeRun(&w)
	p.recordsDigest(&w)
	p.metricsDigest(&w)
	fmt.Fprintln(&w, "mode", p.Sweep.Mode, "points", p.Sweep.Points, "seed", p.Sweep.Seed)
	h.Write([]byte(w.String()))
	for _, a := range p.Sweep.Axes {
		h.Write(append([]byte(a.Address), 0))
		h.Write(doubles(a.Values))
		fmt.Fprintln(h, document.Number(a.Range.From), document.Number(a.Range.To), a.Range.Log)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// doubles gives the bits of numbers, least byte first.
func doubles(x []float64) []byte {
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v+0))
	}
	return b
}
