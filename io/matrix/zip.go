package matrix

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"brainsweep/fault"
)

const (
	zipMagic    = "PK\x03\x04"
	mostUnzip   = 1 << 30 // [bytes] of a member: more is refused as a zip bomb
	manyMembers = 12      // named in a message
)

// parseZip reads the matrix of an archive: of its only table, or of the only one with projection, gain or leadfield
// in its name. NumPy's npz is such an archive, too.
func parseZip(name string, text []byte) (*Matrix, error) {
	place := fault.Pos{File: name}
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, fault.Mistake{Pos: place, Msg: "not a zip archive, or a damaged one, perhaps cut short (" + err.Error() + "): fetch or copy it again"}
	}
	var tables, meant []*zip.File
	var names []string
	for _, f := range archive.File {
		base := strings.ToLower(path.Base(strings.ReplaceAll(f.Name, `\`, "/")))
		if strings.HasPrefix(base, ".") || !slices.Contains([]string{".npy", ".csv", ".tsv", ".txt", ".dat", ".mat"}, path.Ext(base)) {
			continue
		}
		tables, names = append(tables, f), append(names, f.Name)
		if meansProjection(base) {
			meant = append(meant, f)
		}
	}
	if len(tables) > 1 && len(meant) == 1 {
		tables = meant
	}
	switch {
	case len(tables) == 0:
		return nil, fault.Mistake{Pos: place, Msg: "the archive has no table: no npy, mat, csv, tsv or txt"}
	case len(tables) > 1:
		return nil, fault.Mistake{Pos: place, Msg: fmt.Sprintf("which table of the archive? it has %s; one alone may have projection in its name",
			strings.Join(names[:min(len(names), manyMembers)], ", "))}
	}
	in, err := tables[0].Open()
	if err != nil {
		return nil, fault.Mistake{Pos: place, Msg: tables[0].Name + " cannot be unpacked: " + err.Error()}
	}
	defer in.Close()
	unpacked, err := io.ReadAll(io.LimitReader(in, mostUnzip+1))
	switch {
	case err != nil:
		return nil, fault.Mistake{Pos: place, Msg: tables[0].Name + " cannot be unpacked: " + err.Error()}
	case len(unpacked) > mostUnzip:
		return nil, fault.Mistake{Pos: place, Msg: tables[0].Name + " unpacks to more than 1 GiB: refused as a zip bomb"}
	case bytes.HasPrefix(unpacked, []byte(zipMagic)):
		return nil, fault.Mistake{Pos: place, Msg: tables[0].Name + " is an archive in an archive"}
	}
	return Parse(name+":"+tables[0].Name, unpacked)
}

// meansProjection tells whether a name is that of the gains of sensors.
func meansProjection(name string) bool {
	return strings.Contains(name, "projection") || strings.Contains(name, "gain") || strings.Contains(name, "leadfield")
}
