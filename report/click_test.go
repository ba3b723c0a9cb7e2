package report_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/report"
)

// save writes a result's page to a file.
func save(t *testing.T, r *result.Result) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.html")
	f, err := os.Create(name)
	check(t, err)
	w := bufio.NewWriter(f)
	_, err = report.Write(w, r, report.Options{})
	check(t, err)
	check(t, w.Flush())
	check(t, f.Close())
	return name
}

// wantText complains unless an element says all of the words.
func (b *browser) wantText(selector string, words ...string) {
	b.t.Helper()
	text := strings.ReplaceAll(b.text(selector), "−", "-")
	for _, word := range words {
		if !strings.Contains(text, word) {
			b.t.Errorf("%s says %q, and not %q", selector, text, word)
		}
	}
}

// five writes a number with the digits that the page shows.
func five(v float64) string { return fmt.Sprintf("%.5g", v) }

// onMap is where the cell in a column and row, counted from the left and below, lies in the map's canvas: the page
// leaves margins of 84 pixels at the left, 98 at the right, 8 above, and 48 below.
func (b *browser) onMap(column, row, n int) (x, y float64) {
	size := b.value("(() => { const c = document.querySelector('#map canvas'); return [c.clientWidth, c.clientHeight]; })()").([]any)
	width, height := size[0].(float64), size[1].(float64)
	part := func(i int) float64 { return (float64(i) + 0.5) / float64(n) }
	return (84 + part(column)*(width-84-98)) / width, (8 + (1-part(row))*(height-8-48)) / height
}

func TestAClickShowsThePoint(t *testing.T) {
	const n = 6
	b := startBrowser(t)
	b.size(1280, 1600)
	b.open(save(t, resulttest.Make(t, n, true)))

	const column, row = 2, 4
	p := column*n + row
	x, y := b.onMap(column, row, n)
	b.click("#map canvas", x, y)
	b.wantText("#point-title", fmt.Sprint("Point ", p))
	b.wantText("#parameters", "20 pA", "0.5")
	b.wantText("#metric-table", five(resulttest.Rate(p))+" Hz", five(float64(p)/10))
	b.wantText("#rerun", fmt.Sprintf("--set run.seed=7 --set 'record.0.period=2 ms' --set sweep.only=%d -o point-%d.h5", p, p))

	// What the matrix shows of a pair of regions is what the file has.
	b.value("document.querySelector('figure[data-address=\"E.fc\"]').scrollIntoView({block: 'center', behavior: 'instant'})")
	b.value(`(() => {
		const c = document.querySelector('figure[data-address="E.fc"] canvas'), side = c.clientHeight - 56;
		c.dispatchEvent(new MouseEvent('mousemove', { clientX: c.getBoundingClientRect().x + 80 + side * 0.7, clientY: c.getBoundingClientRect().y + 8 + side * 0.3 }));
	})()`)
	b.wantText(`figure[data-address="E.fc"] .note`, "region 1 – region 3: "+five(float64(float32(resulttest.FC(p, 1, 3)))))
	if curves := b.value("document.querySelectorAll('#figures .uplot').length"); curves != 2.0 {
		t.Errorf("%v curves, want the series and the spectrum", curves)
	}
}

func TestKeysTablesAndChoices(t *testing.T) {
	const n = 6
	b := startBrowser(t)
	b.size(1280, 1400)
	path := save(t, resulttest.Make(t, n, true))
	b.open(path)
	x, y := b.onMap(0, 0, n)
	b.click("#map canvas", x, y)
	b.value("document.getElementById('map').focus()")
	b.press("ArrowRight", 39)
	b.press("ArrowUp", 38)
	b.wantText("#point-title", fmt.Sprint("Point ", n+1))
	b.wantText("#spot", "b_e = 10 pA, coupling.a = 0.2", five(float64(n+1)/10))

	// The other metric, and its lowest point.
	b.value("(() => { const s = document.getElementById('metric'); s.value = 1; s.dispatchEvent(new Event('change')); })()")
	b.click("#turn", 0.5, 0.5)
	b.wantText("#ranking-title", "lowest E.rate_mean")
	least := 0
	for p := range n*n - 1 {
		if resulttest.Rate(p) < resulttest.Rate(least) {
			least = p
		}
	}
	b.click("#ranking button", 0.5, 0.5)
	b.wantText("#point-title", fmt.Sprint("Point ", least))

	// Curves instead of a map, and the failed point's address.
	b.value("(() => { const s = document.getElementById('y-axis'); s.value = -1; s.dispatchEvent(new Event('change')); })()")
	if b.value("document.querySelectorAll('#map .uplot').length") != 1.0 {
		t.Error("without an axis up the picture there is no curve")
	}
	b.wantText("#controls", "coupling.a", "mean over all 6")
	b.click("#failed-table button", 0.5, 0.5)
	b.wantText("#point-status", "failed: E of region 2 at 2.5 s")

	// A bookmark finds the point and the metric again.
	b.call("Page.navigate", map[string]any{"url": "about:blank"}) // else the page is not opened anew
	b.open(path + "#point=7&metric=E.rate_mean")
	b.wantText("#point-title", "Point 7")
	if b.value("document.getElementById('metric').value") != "1" {
		t.Error("the bookmark's metric is not shown")
	}
}

// Nothing is wider than the window, on a desk and on a phone, in both schemes of colours.
func TestPageFitsItsWindow(t *testing.T) {
	b := startBrowser(t)
	path := save(t, resulttest.Make(t, 6, true))
	for _, width := range []int{1440, 800, 390} {
		for _, dark := range []bool{false, true} {
			b.size(width, 1200)
			b.dark(dark)
			b.open(path)
			if over := b.value("document.documentElement.scrollWidth - innerWidth").(float64); over > 0 {
				t.Errorf("at a width of %d, %v pixels reach over the edge", width, over)
			}
			if cut := b.value(`[...document.querySelectorAll('section')].filter(s => !s.hidden && [...s.children].some(e => e.getBoundingClientRect().right > s.getBoundingClientRect().right + 1)).length`); cut != 0.0 {
				t.Errorf("at a width of %d, %v sections are too narrow for what they hold", width, cut)
			}
			paper := fmt.Sprint(b.value("getComputedStyle(document.body).backgroundColor"))
			if isDark := !strings.Contains(paper, "25"); isDark != dark {
				t.Errorf("dark is %v, and the paper is %s", dark, paper)
			}
		}
	}
	if unlabelled := b.value(`[...document.querySelectorAll('button, select, input, canvas')].filter(e => !(e.labels?.length || e.getAttribute("aria-label") || e.innerText)).map(e => e.outerHTML.slice(0, 60)).join(", ")`); unlabelled != "" {
		t.Errorf("say nothing to a screen reader: %v", unlabelled)
	}
}

func TestALargePageOpensAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("a page of 65,536 points takes a while to make")
	}
	const n = 256
	path := save(t, resulttest.Make(t, n, false))
	info, err := os.Stat(path)
	check(t, err)
	b := startBrowser(t)
	b.size(1280, 1400)
	took := b.open(path)
	t.Logf("%d points, %.1f MB, drawn after %v", n*n, float64(info.Size())/1e6, took.Round(time.Millisecond))
	if info.Size() > 20_000_000 {
		t.Errorf("the page has %d bytes", info.Size())
	}
	x, y := b.onMap(200, 100, n)
	b.click("#map canvas", x, y)
	p := 200*n + 100
	b.wantText("#point-title", fmt.Sprint("Point ", p))
	b.wantText("#metric-table", five(math.Round(resulttest.Rate(p)*1e12)/1e12))
}

// With SCREENSHOTS naming a folder and RESULT a result file, this takes the pictures of docs/report.md.
func TestScreenshots(t *testing.T) {
	name := os.Getenv("RESULT")
	if os.Getenv("SCREENSHOTS") == "" || name == "" {
		t.Skip("takes pictures where SCREENSHOTS names a folder and RESULT a result file")
	}
	r, err := result.Open(name)
	check(t, err)
	defer r.Close()
	path := save(t, r)
	b := startBrowser(t)
	for _, window := range []struct {
		name          string
		width, height int
	}{{"wide", 1280, 1000}, {"narrow", 390, 1300}} {
		for _, dark := range []bool{false, true} {
			b.size(window.width, window.height)
			b.dark(dark)
			b.open(path)
			b.picture(fmt.Sprintf("report-%s-%s", window.name, map[bool]string{false: "light", true: "dark"}[dark]))
		}
	}
}
