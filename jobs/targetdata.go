package jobs

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/io/matrix"
	"brainsweep/metrics"
)

// readTarget reads a target's file. It leaves the digest of what it found in the target.
func (r *reader) readTarget(t *Target, at []string) (*metrics.Target, error) {
	pos := r.ValuePos(join(at, "file")...)
	text, err := r.inputs.file(t.File, pos)
	if err != nil {
		return nil, err
	}
	m, err := matrix.Parse(r.inputs.path(t.File), text)
	if err != nil {
		return nil, err
	}
	if t.Transpose {
		m = m.Transposed()
	}
	data := &metrics.Target{Band: t.Band}
	switch t.Kind {
	case targetFC:
		data.FC, err = r.targetFC(t, m, at)
	case targetFCD:
		data.FCD, err = squareOf(m)
		data.Window, data.Step = t.Window, t.Step
	case targetPSD:
		data.Frequency, data.Power, err = spectrumOf(m)
	case targetSeries:
		var signal *metrics.Signal
		if signal, err = r.targetSeries(t, m, at); err == nil {
			data = metrics.NewTarget(signal, r.plan.Metrics.effective)
			data.Band = t.Band
			t.digest = digestOf(slices.Concat([]float64{signal.Rate, float64(signal.N())}, slices.Concat(signal.Nodes()...), t.Band[:]))
			return data, nil
		}
	}
	t.digest = digestOf(slices.Concat([]float64{data.Window, data.Step}, t.Band[:], data.FC, data.FCD, data.Frequency, data.Power))
	return data, err
}

func digestOf(x []float64) []byte {
	sum := sha256.Sum256(doubles(x))
	return sum[:]
}

// targetFC is a matrix of the connectome's regions in their order.
func (r *reader) targetFC(t *Target, m *matrix.Matrix, at []string) ([]float64, error) {
	if m.Rows != m.Cols {
		return nil, fault.Mistake{Pos: m.File(), Msg: fmt.Sprintf("%d rows and %d columns; functional connectivity has as many rows as columns", m.Rows, m.Cols)}
	}
	names := m.ColNames
	if names == nil {
		names = m.RowNames
	}
	order, err := r.regionsOf(t, m, names, m.Cols, at)
	if err != nil {
		return nil, err
	}
	rows := order
	if m.RowNames != nil && m.ColNames != nil && t.Order == byLabel && t.Labels == "" && slices.Contains(m.RowNames, m.ColNames[order[0]]) {
		if rows, err = r.regionsOf(t, m, m.RowNames, m.Rows, at); err != nil {
			return nil, err
		}
	}
	n := len(order)
	out := make([]float64, n*n)
	beyond := 0
	for i := range n {
		for j := range n {
			v := m.At(rows[i], order[j])
			if out[i*n+j] = v; i != j && math.Abs(v) > 1 {
				beyond++
			}
		}
	}
	if beyond > 0 {
		r.warnOnce(fmt.Sprintf("%s: %d numbers off the diagonal are not from -1 to 1, so they are no correlations; fc_rmse compares with correlations", t.File, beyond))
	}
	r.hollow(t.File, out, n)
	return out, nil
}

// hollow warns of a matrix of n regions that nothing can be compared with: of too few pairs, or all pairs the same.
func (r *reader) hollow(file string, m []float64, n int) {
	var pairs []float64
	for i := range n {
		for j := range i {
			if v := (m[i*n+j] + m[j*n+i]) / 2; !math.IsNaN(v) {
				pairs = append(pairs, v)
			}
		}
	}
	switch all := n * (n - 1) / 2; {
	case len(pairs) < 3:
		r.warnOnce(fmt.Sprintf("%s: %d of %d pairs of regions have a number; below three, every comparison is NaN", file, len(pairs), all))
	case slices.Min(pairs) == slices.Max(pairs):
		r.warnOnce(fmt.Sprintf("%s: all pairs of regions have the number %v, so nothing correlates with them: fc_fit is NaN", file, pairs[0]))
	}
}

// regionsOf gives for each region of the connectome its place among the columns: by names where there are any, else its own.
func (r *reader) regionsOf(t *Target, m *matrix.Matrix, names []string, cols int, at []string) ([]int, error) {
	c := r.plan.Connectome
	refuse := func(format string, args ...any) ([]int, error) {
		return nil, fault.Mistake{Pos: m.File(), Msg: fmt.Sprintf(format, args...)}
	}
	if t.Labels != "" {
		var err error
		if names, err = r.labelsOf(t.Labels, cols, at); err != nil {
			return nil, foundIn(err, r.ValuePos(join(at, "labels")...))
		}
	}
	if names == nil || t.Order == byPosition {
		if cols != c.N() {
			hint := "; with the names of its regions in the first line, their order and further regions do not matter"
			if m.Rows == c.N() && t.Kind == targetSeries {
				hint = "; rows are times: if they are regions here, write transpose = true"
			}
			return refuse("%d columns for the %d regions of %s%s", cols, c.N(), c.Source, hint)
		}
		order := make([]int, cols)
		for i := range order {
			order[i] = i
		}
		return order, nil
	}
	place := map[string]int{}
	for k, name := range names {
		if other, twice := place[name]; twice {
			return refuse("columns %d and %d are both called %q", other+1, k+1, name)
		}
		place[name] = k
	}
	var missing []string
	order := make([]int, c.N())
	for i, label := range c.Labels {
		k, ok := place[label]
		if !ok {
			missing = append(missing, label)
		}
		order[i] = k
	}
	switch {
	case len(missing) == c.N():
		return refuse("its regions have other names (%s ...) than those of %s (%s ...); write order = \"position\" if they stand in the same order",
			names[0], c.Source, c.Labels[0])
	case len(missing) > 0:
		return refuse("it lacks %d of the %d regions of %s: %s%s", len(missing), c.N(), c.Source, some(missing), fault.Suggest(missing[0], names))
	case len(names) > c.N():
		r.warnOnce(fmt.Sprintf("%s: %d of its %d regions are not in %s and are left out", t.File, len(names)-c.N(), len(names), c.Source))
	}
	return order, nil
}

const mostSome = 5

// some is a few words of many.
func some(words []string) string {
	if len(words) > mostSome {
		return strings.Join(words[:mostSome], ", ") + ", ..."
	}
	return strings.Join(words, ", ")
}

// labelsOf reads a label from each line of a file: its first cell. A line of names more than there are columns is passed over.
func (r *reader) labelsOf(file string, cols int, at []string) ([]string, error) {
	text, err := r.inputs.file(file, r.ValuePos(join(at, "labels")...))
	if err != nil {
		return nil, err
	}
	var labels []string
	for _, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		first, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(line), "\t", ","), ",")
		if first = strings.Trim(strings.TrimSpace(first), `"`); first != "" {
			labels = append(labels, first)
		}
	}
	if len(labels) == cols+1 {
		labels = labels[1:]
	}
	if len(labels) != cols {
		return nil, fault.Mistake{Pos: fault.Pos{File: r.inputs.path(file)}, Msg: fmt.Sprintf("%d labels for %d columns of numbers", len(labels), cols)}
	}
	return labels, nil
}

// squareOf is a matrix of windows.
func squareOf(m *matrix.Matrix) ([]float64, error) {
	if m.Rows != m.Cols || m.Rows < 2 {
		return nil, fault.Mistake{Pos: m.File(), Msg: fmt.Sprintf("%d rows and %d columns; fcd has as many rows as columns, at least two: one for each window", m.Rows, m.Cols)}
	}
	return m.Values, nil
}

// spectrumOf reads frequencies [Hz] from the first column and powers from the others, of which it takes the mean.
func spectrumOf(m *matrix.Matrix) (frequency, power []float64, err error) {
	var faults fault.List
	if m.RowNames != nil || m.Cols < 2 {
		faults.Addf(m.File(), "a spectrum has a column of frequencies [Hz] and one or more of power")
		return nil, nil, faults.Err()
	}
	for row := range m.Rows {
		f := m.At(row, 0)
		if last := len(frequency) - 1; math.IsNaN(f) || f < 0 || last >= 0 && f <= frequency[last] {
			faults.Addf(m.Place(row, 0), "the frequency %v; frequencies are at least 0 and rise", f)
			break
		}
		sum := 0.0
		for col := 1; col < m.Cols; col++ {
			v := m.At(row, col)
			if v < 0 {
				faults.Addf(m.Place(row, col), "the power %v; powers are not below 0 (nor in decibels)", v)
				return nil, nil, faults.Err()
			}
			sum += v
		}
		frequency, power = append(frequency, f), append(power, sum/float64(m.Cols-1))
	}
	return frequency, power, faults.Err()
}

// targetSeries is a series of the connectome's regions in their order.
func (r *reader) targetSeries(t *Target, m *matrix.Matrix, at []string) (*metrics.Signal, error) {
	if math.IsNaN(t.Period) {
		if t.Period = r.sidecarPeriod(t.File); math.IsNaN(t.Period) {
			return nil, fault.Mistake{Pos: r.Pos(at...), Msg: document.Address(at...) + `.period is missing: the time from sample to sample, for example period = "2 s"`}
		}
	}
	order, err := r.regionsOf(t, m, m.ColNames, m.Cols, at)
	if err != nil {
		return nil, err
	}
	x := make([][]float64, len(order))
	for i, col := range order {
		x[i] = make([]float64, m.Rows)
		for k := range x[i] {
			x[i][k] = m.At(k, col)
		}
	}
	s := metrics.NewSignal(1000/t.Period, x)
	var bad []string
	for i := range x {
		if s.Bad[i] {
			bad = append(bad, r.plan.Connectome.Labels[i])
		}
	}
	if len(bad) == len(x) {
		row, col, _ := m.FirstBad()
		return nil, fault.Mistake{Pos: m.Place(row, col), Msg: "every region has a sample that is not finite; this is the first"}
	}
	if len(bad) > 0 {
		r.warnOnce(fmt.Sprintf("%s: %d of %d regions have samples that are not finite and are left out: %s", t.File, len(bad), len(x), some(bad)))
	}
	return s, nil
}

// sidecarPeriod is the period [ms] that the JSON file of the same name states, as BIDS has it; NaN where there is none.
func (r *reader) sidecarPeriod(file string) float64 {
	text, err := r.inputs.file(strings.TrimSuffix(file, filepath.Ext(file))+".json", fault.Pos{})
	if err != nil || text == nil {
		return math.NaN()
	}
	var said struct{ RepetitionTime, SamplingPeriod, SamplingFrequency float64 }
	if json.Unmarshal(text, &said) != nil {
		return math.NaN()
	}
	switch {
	case said.RepetitionTime > 0:
		return 1000 * said.RepetitionTime
	case said.SamplingPeriod > 0:
		return 1000 * said.SamplingPeriod
	case said.SamplingFrequency > 0:
		return 1000 / said.SamplingFrequency
	}
	return math.NaN()
}
