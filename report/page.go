package report

import (
	"compress/gzip"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
)

// The parts of the page. The chart library is uPlot 1.6.32 by Leon Sorokin, MIT, whose licence travels in every page.
var (
	//go:embed page/index.html
	index string
	//go:embed page/style.css
	style string
	//go:embed page/uplot/uPlot.min.css
	chartStyle string
	//go:embed page/uplot/uPlot.iife.min.js
	chart string
	//go:embed page/uplot/LICENSE
	chartLicence string
	//go:embed page/data.js
	data string
	//go:embed page/draw.js
	drawing string
	//go:embed page/map.js
	sweepMap string
	//go:embed page/point.js
	point string
	//go:embed page/main.js
	mainScript string
)

// program is how many bytes the page has before any number is in it.
func program() int {
	size := 0
	for _, part := range []string{index, style, chartStyle, chart, chartLicence, data, drawing, sweepMap, point, mainScript} {
		size += len(part)
	}
	return size
}

// writePage writes the page: what a browser shows at once, the numbers, and the script that shows them.
func writePage(w io.Writer, d *digest) error {
	t, err := template.New("head").Parse(index)
	if err != nil {
		return err
	}
	title := d.page.Title
	if title == "" {
		title = "A parameter sweep"
	}
	if err := t.Execute(w, map[string]any{"Title": title, "Style": template.CSS(chartStyle + style)}); err != nil {
		return err
	}
	words, err := json.Marshal(d.page) // which leaves no < in it, and so no </script>
	if err != nil {
		return err
	}
	if err := writeAll(w, "<script type=\"application/json\" id=\"words\">", string(words), "</script>\n<script type=\"text/plain\" id=\"numbers\">"); err != nil {
		return err
	}
	if err := pack(w, d.room.bytesOf); err != nil {
		return err
	}
	return writeAll(w, "</script>\n<script>\n/*\n", chartLicence, "*/\n", chart, "\n'use strict';\n(() => {\n",
		data, drawing, sweepMap, point, mainScript, "})();\n</script>\n</body>\n</html>\n")
}

// pack writes bytes in base64, compressed.
func pack(w io.Writer, b []byte) error {
	text := base64.NewEncoder(base64.StdEncoding, w)
	small := gzip.NewWriter(text)
	if _, err := small.Write(b); err != nil {
		return err
	}
	if err := small.Close(); err != nil {
		return err
	}
	return text.Close()
}

func writeAll(w io.Writer, texts ...string) error {
	for _, text := range texts {
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}
