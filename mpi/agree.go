package mpi

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"strings"

	"brainsweep/fault"
)

// Agree is collective. It returns nil on every rank if err is nil on every rank; otherwise every rank
// gets one error with the message of each rank that had one, a message of several ranks once.
//
// The error is a fault.List if all of them were faults, and fault.Is holds if any was. It is context.Canceled
// (or DeadlineExceeded) to errors.Is only if nothing else went wrong anywhere: a job that was stopped, not one that failed.
// With one rank, err itself comes back.
func Agree(c Comm, err error) error {
	if c.Size() == 1 {
		return err
	}
	told, commErr := c.Gather(0, encode(reportsOf(c.Rank(), err)))
	if commErr != nil {
		return errors.Join(err, commErr)
	}
	var all []report
	for _, p := range told {
		all = append(all, decode(p)...)
	}
	verdict, commErr := c.Bcast(0, encode(all))
	if commErr != nil {
		return errors.Join(err, commErr)
	}
	return merge(decode(verdict), c.Size())
}

// report is one rank's error on its way.
type report struct {
	Rank     int
	Text     string
	Faults   fault.List
	Canceled bool
	Late     bool
}

func reportsOf(rank int, err error) []report {
	if err == nil {
		return nil
	}
	r := report{Rank: rank, Text: err.Error(),
		Canceled: errors.Is(err, context.Canceled), Late: errors.Is(err, context.DeadlineExceeded)}
	if fault.Is(err) {
		r.Faults.Add(err)
	}
	return []report{r}
}

// encode writes reports; none take no bytes.
func encode(reports []report) []byte {
	if len(reports) == 0 {
		return nil
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(reports); err != nil {
		panic("mpi: " + err.Error())
	}
	return b.Bytes()
}

func decode(p []byte) []report {
	if len(p) == 0 {
		return nil
	}
	var reports []report
	if err := gob.NewDecoder(bytes.NewReader(p)).Decode(&reports); err != nil {
		return []report{{Text: fmt.Sprintf("mpi: unreadable error of another rank: %v", err)}}
	}
	return reports
}

// agreed is the error of several ranks.
type agreed struct {
	text   string
	causes []error
}

func (e *agreed) Error() string   { return e.text }
func (e *agreed) Unwrap() []error { return e.causes }

// merge makes one error of all reports, the same on every rank.
func merge(reports []report, size int) error {
	if len(reports) == 0 {
		return nil
	}
	reports = withoutStops(reports)
	var texts, mistakes tally
	var faults fault.List
	err := &agreed{}
	onlyFaults := true
	for _, r := range reports {
		texts.add(r.Text, r.Rank)
		onlyFaults = onlyFaults && len(r.Faults) > 0 && r.Text == r.Faults.Error()
		for _, m := range r.Faults {
			if mistakes.add(m.Error(), r.Rank) {
				faults = append(faults, m)
			}
		}
		if r.Canceled {
			err.causes = append(err.causes, context.Canceled)
		}
		if r.Late {
			err.causes = append(err.causes, context.DeadlineExceeded)
		}
	}
	for i, m := range faults {
		// Rank 0 reads what the user wrote for all: a mistake that it alone saw is one of the job's, not of a rank's.
		if by := mistakes.by[m.Error()]; len(by) > 1 || by[0] != 0 {
			faults[i].Msg = mistakes.speakers(m.Error(), size) + m.Msg
		}
	}
	if onlyFaults {
		return faults.Err()
	}
	if len(faults) > 0 {
		err.causes = append(err.causes, faults)
	}
	lines := make([]string, len(texts.said))
	for i, text := range texts.said {
		lines[i] = texts.speakers(text, size) + text
	}
	err.text = strings.Join(lines, "\n")
	return err
}

// withoutStops leaves out the ranks that were only stopped, where another has a reason of its own.
func withoutStops(reports []report) []report {
	var reasons []report
	for _, r := range reports {
		if !r.Canceled && !r.Late {
			reasons = append(reasons, r)
		}
	}
	if len(reasons) == 0 {
		return reports
	}
	return reasons
}

// tally notes which ranks said what, in the order first said.
type tally struct {
	said []string
	by   map[string][]int
}

// add reports whether text is said for the first time. Ranks come in ascending order.
func (t *tally) add(text string, rank int) bool {
	if t.by == nil {
		t.by = map[string][]int{}
	}
	first := len(t.by[text]) == 0
	if first {
		t.said = append(t.said, text)
	}
	if ranks := t.by[text]; first || ranks[len(ranks)-1] != rank {
		t.by[text] = append(ranks, rank)
	}
	return first
}

// speakers gives "rank 2: ", "ranks 0-2, 5: ", or nothing when all said it.
func (t *tally) speakers(text string, size int) string {
	ranks := t.by[text]
	if len(ranks) == size {
		return ""
	}
	if len(ranks) == 1 {
		return fmt.Sprintf("rank %d: ", ranks[0])
	}
	var spans []string
	for i := 0; i < len(ranks); {
		j := i
		for j+1 < len(ranks) && ranks[j+1] == ranks[j]+1 {
			j++
		}
		span := fmt.Sprint(ranks[i])
		if j > i {
			span += fmt.Sprintf("-%d", ranks[j])
		}
		spans = append(spans, span)
		i = j + 1
	}
	return "ranks " + strings.Join(spans, ", ") + ": "
}
