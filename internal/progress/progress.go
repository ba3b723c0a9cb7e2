// Package progress tells how far a long piece of work is: a bar on a terminal, a line now and then in a log.
package progress

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	barWidth  = 24
	redraw    = 100 * time.Millisecond // a terminal shows ten bars a second
	firstLine = 5 * time.Second        // a log gets its first line early, then at doubling intervals
	lastLine  = time.Minute            // that end at one a minute
)

// Meter shows the share of work done, the rate and the remaining time. Its methods may be called from several
// goroutines. What else goes to the same terminal is written through the Meter, so that it never meets the bar.
type Meter struct {
	out      io.Writer
	terminal bool
	unit     string  // of work
	total    float64 // work in all [unit]

	mu      sync.Mutex
	start   time.Time
	before  float64 // work that was done when the Meter was made [unit]
	next    time.Time
	every   time.Duration
	drawn   bool // a bar stands on the terminal's last line
	lastBar string
}

// New gives a Meter for total units of work, of which done are done already. On a terminal it draws a bar.
func New(out io.Writer, terminal bool, unit string, done, total float64) *Meter {
	m := &Meter{out: out, terminal: terminal, unit: unit, total: total, before: done, start: time.Now(), every: firstLine}
	if terminal {
		m.every = redraw
	}
	m.next = m.start.Add(m.every)
	return m
}

// IsTerminal tells whether a person watches the file.
func IsTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// Show tells the Meter that done units are done; note is a word on them, such as "3 of 8 points".
// It costs next to nothing while no line is due.
func (m *Meter) Show(done float64, note string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if now.Before(m.next) {
		return
	}
	line := m.line(now.Sub(m.start), done, note)
	if m.terminal {
		m.draw(line)
	} else {
		fmt.Fprintln(m.out, line)
		m.every = min(2*m.every, lastLine)
	}
	m.next = now.Add(m.every)
}

// Write puts whole lines above the bar.
func (m *Meter) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.drawn {
		return m.out.Write(p)
	}
	m.erase()
	n, err := m.out.Write(p)
	m.draw(m.lastBar)
	return n, err
}

// End takes the bar away.
func (m *Meter) End() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.erase()
}

func (m *Meter) draw(line string) {
	m.erase()
	fmt.Fprint(m.out, line)
	m.drawn, m.lastBar = true, line
}

func (m *Meter) erase() {
	if m.drawn {
		fmt.Fprint(m.out, "\r\x1b[K")
		m.drawn = false
	}
}

func (m *Meter) line(elapsed time.Duration, done float64, note string) string {
	share := 1.0
	if m.total > 0 {
		share = min(max(done/m.total, 0), 1)
	}
	line := fmt.Sprintf("%3.0f %%", math.Floor(100*share))
	if m.terminal {
		full := int(share * barWidth)
		line = "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "] " + line
	}
	if note != "" {
		line += "  " + note
	}
	if rate := (done - m.before) / elapsed.Seconds(); rate > 0 {
		line += "  " + Rate(rate, m.unit)
		if left := time.Duration((m.total - done) / rate * float64(time.Second)); left >= 0 { // else there is more to do than was known
			line += "  " + Duration(left) + " left"
		}
	}
	return line
}

// Rate prints a rate for people: 31.2 M node-steps/s.
func Rate(rate float64, unit string) string {
	prefix := ""
	for _, p := range []string{"k", "M", "G", "T"} {
		if rate < 999.5 {
			break
		}
		rate, prefix = rate/1000, p
	}
	return strings.TrimSpace(fmt.Sprintf("%.3g %s", rate, prefix)) + " " + unit + "/s"
}

// Duration prints a time for people, with two parts at most: 12 s, 3 min 20 s, 5 h 7 min, 2 d 4 h.
func Duration(d time.Duration) string {
	s := int64(math.Round(d.Seconds()))
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	case s < 24*3600:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	}
	return fmt.Sprintf("%d d %d h", s/86400, s/3600%24)
}
