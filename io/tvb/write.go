package tvb

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
)

// Write writes the connectome as a zip archive that TVB and Read read back to the last bit. The same connectome
// gives the same bytes. The file is whole or not there: it is written under another name and moved into place.
func Write(file string, c *connectome.Connectome) error {
	if err := writable(c); err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return fmt.Errorf("tvb: %w", err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	if err := writeZip(out, c); err != nil {
		return fmt.Errorf("tvb: %s: %w", file, err)
	}
	if err := out.Chmod(0o644); err != nil {
		return fmt.Errorf("tvb: %w", err)
	}
	if err := out.Sync(); err != nil {
		return fmt.Errorf("tvb: %w", err)
	}
	if err := os.Rename(out.Name(), file); err != nil {
		return fmt.Errorf("tvb: %w", err)
	}
	return nil
}

// writeZip writes the archive of Write to w.
func writeZip(w io.Writer, c *connectome.Connectome) error {
	if err := writable(c); err != nil {
		return err
	}
	z := zip.NewWriter(w)
	n := c.N()
	parts := []struct {
		name       string
		rows, cols int
		text       func(row, col int) string
	}{
		{"weights.txt", n, n, func(i, j int) string { return number(c.Weights[i*n+j]) }},
		{"tract_lengths.txt", n, n, func(i, j int) string { return number(c.Lengths[i*n+j]) }},
		{"centres.txt", len(c.Centres), 4, func(i, j int) string {
			if j == 0 {
				return c.Labels[i]
			}
			return number(c.Centres[i][j-1])
		}},
		{"areas.txt", len(c.Areas), 1, func(i, _ int) string { return number(c.Areas[i]) }},
		{"average_orientations.txt", len(c.Orientations), 3, func(i, j int) string { return number(c.Orientations[i][j]) }},
		{"cortical.txt", len(c.Cortical), 1, func(i, _ int) string { return flag(c.Cortical[i]) }},
		{"hemispheres.txt", len(c.Right), 1, func(i, _ int) string { return flag(c.Right[i]) }},
	}
	if c.Centres == nil {
		parts[2].name, parts[2].rows, parts[2].cols = "labels.txt", n, 1
	}
	for _, p := range parts {
		if p.rows == 0 {
			continue
		}
		to, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate}) // no date: the same bytes every day
		if err != nil {
			return err
		}
		text := bufio.NewWriter(to)
		for i := range p.rows {
			for j := range p.cols {
				if j > 0 {
					text.WriteByte(' ')
				}
				text.WriteString(p.text(i, j))
			}
			text.WriteByte('\n')
		}
		if err := text.Flush(); err != nil {
			return err
		}
	}
	return z.Close()
}

// writable refuses what the form cannot hold.
func writable(c *connectome.Connectome) error {
	var faults fault.List
	faults.Add(c.Check())
	for _, label := range c.Labels {
		if strings.ContainsAny(label, " \t\r\n\v\f,;#") {
			faults.Addf(fault.Pos{File: c.Source}, "label %q: blanks, commas, semicolons and # cannot be written in TVB's form", label)
		}
	}
	return faults.Err()
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
