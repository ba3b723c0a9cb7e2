package bids

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"brainsweep/connectome"
	"brainsweep/fault"
)

// maxText is how much is read of a file that is held whole in memory [bytes]; matrices of numbers are not.
const maxText = 64 << 20

// text reads a file whole, whatever it is written in: UTF-8 with or without a mark, UTF-16 with one, or Latin-1.
func (s *Set) text(name string) (string, error) {
	in, err := s.open(name)
	if err != nil {
		return "", mistake(s.at(name), "%v", err)
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err == nil && len(raw) > maxText {
		err = errors.New("is larger than a table of this kind can be")
	}
	if err != nil {
		return "", mistake(s.at(name), "%s", reason(err))
	}
	return decode(raw), nil
}

func utf16Mark(p []byte) bool { return p[0] == 0xff && p[1] == 0xfe || p[0] == 0xfe && p[1] == 0xff }

// decode gives text of any of the encodings.
func decode(raw []byte) string {
	if len(raw) >= 2 && utf16Mark(raw) {
		var order binary.ByteOrder = binary.LittleEndian
		if raw[0] == 0xfe {
			order = binary.BigEndian
		}
		units := make([]uint16, 0, len(raw)/2)
		for k := 2; k+1 < len(raw); k += 2 {
			units = append(units, order.Uint16(raw[k:]))
		}
		return string(utf16.Decode(units))
	}
	text := strings.TrimPrefix(string(raw), "\ufeff")
	if utf8.ValidString(text) {
		return text
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return string(runes)
}

// lines are the lines of a table that hold something, each split at tabs, else at commas or semicolons.
func (s *Set) lines(name string) ([][]string, error) {
	text, err := s.text(name)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		separator := "\t"
		for _, sep := range []string{"\t", ";", ","} {
			if strings.Contains(line, sep) {
				separator = sep
				break
			}
		}
		cells := strings.Split(line, separator)
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), `"`)
		}
		out = append(out, cells)
	}
	if len(out) == 0 {
		return nil, mistake(s.at(name), "is empty")
	}
	return out, nil
}

// column gives the labels of a table: its column k, without a first line that names it. A table of one line has them in
// that line.
func column(lines [][]string, k int) []string {
	if len(lines) == 1 && len(lines[0]) > 1 {
		return lines[0]
	}
	head := lines[0]
	for i, name := range head {
		switch strings.ToLower(name) {
		case "label", "labels", "name", "region", "roi":
			k = i
			lines = lines[1:]
			return cellsOf(lines, k)
		}
	}
	return cellsOf(lines, k)
}

func cellsOf(lines [][]string, k int) []string {
	var out []string
	for _, cells := range lines {
		if k < len(cells) {
			out = append(out, cells[k])
		} else {
			out = append(out, "")
		}
	}
	return out
}

// coordinates gives the lines of centres as three numbers each, and the labels in front of them, where there are any.
func coordinates(lines [][]string) (numbers, names []string) {
	if len(lines[0]) == 1 { // blanks between the numbers
		for i := range lines {
			lines[i] = strings.Fields(lines[i][0])
		}
	}
	isNumber := func(text string) bool { _, err := strconv.ParseFloat(text, 64); return err == nil }
	first := 0
	if len(lines) > 1 && !isNumber(lines[0][len(lines[0])-1]) && isNumber(lines[1][len(lines[1])-1]) {
		first = 1
	}
	for _, cells := range lines[first:] {
		if len(cells) > 3 && !isNumber(cells[0]) {
			names, cells = append(names, cells[0]), cells[1:]
		}
		numbers = append(numbers, strings.Join(cells[:min(3, len(cells))], "\t"))
	}
	if len(names) != len(numbers) {
		names = nil
	}
	return numbers, names
}

// sidecar is what the JSON file beside a table says that is of use here.
type sidecar struct {
	path          string
	place         string
	rows          []string // CoordsRows
	names         []string // labels that stand in it
	height, width int      // NumberOfRows and NumberOfColumns; 0 where it does not say
}

// sidecar reads the JSON file beside a table, if there is one. It may be called as the table without its desc- entity.
func (r *reading) sidecar(f file) *sidecar {
	if f.path == "" {
		return nil
	}
	stem := strings.TrimSuffix(f.path, ".gz")
	stem = strings.TrimSuffix(stem, path.Ext(stem))
	at := ""
	for _, name := range []string{stem + ".json", without(stem, "desc") + ".json"} {
		if _, err := r.set.root.Stat(name); err == nil {
			at = name
			break
		}
	}
	if at == "" {
		return nil
	}
	text, err := r.set.text(at)
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		r.faults.Addf(fault.Pos{File: r.set.at(at)}, "is no JSON object: %v", err)
		return nil
	}
	side := &sidecar{path: at, place: r.set.at(at), rows: words(fields["CoordsRows"])}
	for _, key := range []string{"Labels", "labels", "NodeLabels", "RegionLabels", "region_labels"} {
		if found := words(fields[key]); len(found) > 1 {
			side.names = found
		}
	}
	side.height, side.width = count(fields["NumberOfRows"]), count(fields["NumberOfColumns"])
	return side
}

// agrees compares what the sidecar says with what was read.
func (s *sidecar) agrees(c *connectome.Connectome) error {
	if n := c.N(); s.height != 0 && s.height != n || s.width != 0 && s.width != n {
		return mistake(s.place, "NumberOfRows and NumberOfColumns say %d x %d, but the table is %d x %d", s.height, s.width, n, n)
	}
	return nil
}

// without takes an entity out of a name.
func without(stem, key string) string {
	if e := entity(path.Base(stem), key); e != "" {
		return strings.Replace(stem, "_"+e, "", 1)
	}
	return stem
}

// words are the strings of a JSON value that is one, or a list of them.
func words(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []any:
		var out []string
		for _, e := range x {
			text, ok := e.(string)
			if !ok {
				return nil
			}
			out = append(out, text)
		}
		return out
	}
	return nil
}

// count is a JSON number that counts something; 0 for anything else.
func count(v any) int {
	x, _ := v.(float64)
	if x != float64(int(x)) {
		return 0
	}
	return int(x)
}
