package bids

import (
	"path"
	"regexp"
	"strings"
)

// kind is what a file holds, by its name.
type kind int

const (
	other kind = iota
	weights
	lengths
	delays
	speeds
	labels
	centres
	areas
	orientations
	cortical
	hemispheres
	archive
	bold // measured, time along rows
	fc   // measured
)

func (k kind) ofConnectome() bool { return k >= weights && k <= archive }
func (k kind) measured() bool     { return k == bold || k == fc }

// patterns are the names by which a file is known, without its ending and in lower case; the first that fits counts.
var patterns = []struct {
	kind kind
	of   *regexp.Regexp
}{
	{fc, regexp.MustCompile(`_(fc|boldcorrelation)$|_desc-fc_|_meas-(pearsoncorrelation|fc)_`)},
	{bold, regexp.MustCompile(`_(timeseries|emp)$`)},
	{lengths, regexp.MustCompile(`(^|_)(distances?|tract_?lengths?|tracts?|lengths?|meanlength|desc-distances?_.*connectivity)$`)},
	{delays, regexp.MustCompile(`(^|_)delays?$`)},
	{speeds, regexp.MustCompile(`(^|_)speeds?$`)},
	{weights, regexp.MustCompile(`(^|_)(weights?|desc-weights?_.*connectivity|conndata-network_connectivity|level-participant_connectome)$`)},
	{labels, regexp.MustCompile(`(^|_)labels$`)},
	{centres, regexp.MustCompile(`(^|_)(nodes|centres?|centers?)$`)},
	{areas, regexp.MustCompile(`(^|_)areas?$`)},
	{orientations, regexp.MustCompile(`(^|_)orientations?$`)},
	{cortical, regexp.MustCompile(`(^|_)cortical$`)},
	{hemispheres, regexp.MustCompile(`(^|_)hemispheres?$`)},
}

// notConnectomes are words of other things in such names: coordinates of surfaces, lead fields, connectivity that was
// measured between time courses.
var notConnectomes = regexp.MustCompile(`_(surface|vertices|faces|normals|proj|eeg|meg)(_|$)|_sd(_|$)|(^|_)sim(_|$)`)

// kindOf tells what a file holds. Loose archives are connectomes whatever they are called; in the folder of a subject
// they are where the name says so.
func kindOf(name string, loose bool) kind {
	lower := strings.ToLower(name)
	if strings.HasSuffix(lower, ".zip") {
		if loose || strings.Contains(lower, "connect") || strings.HasPrefix(lower, "sub-") {
			return archive
		}
		return other
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(lower, ".gz"), ".bz2")
	ending := path.Ext(stem)
	if ending != ".tsv" && ending != ".csv" && ending != ".txt" {
		return other
	}
	stem = strings.TrimSuffix(stem, ending)
	for _, p := range patterns {
		if p.of.MatchString(stem) {
			if p.kind.ofConnectome() && notConnectomes.MatchString(stem) {
				return other
			}
			return p.kind
		}
	}
	return other
}

// looseID is the subject that a file which lies in no folder of its own is of: what stands before the part of its name
// that tells its kind; "" where nothing stands there.
func looseID(f file) string {
	name := path.Base(f.path)
	if id := entity(name, "sub"); id != "" {
		return id
	}
	stem := name
	for ext := path.Ext(stem); ext != "" && len(ext) <= 5; ext = path.Ext(stem) {
		stem = strings.TrimSuffix(stem, ext)
	}
	if f.kind == archive {
		return strings.TrimSuffix(strings.TrimSuffix(stem, "_connectivity"), "_connectome")
	}
	id, _, found := strings.Cut(stem, "_SC_")
	if !found {
		if i := strings.LastIndex(stem, "_"); i > 0 {
			id = stem[:i]
		} else {
			id = ""
		}
	}
	return id
}

// entityPattern finds entities, as in sub-01_ses-2.
var entityPattern = regexp.MustCompile(`(?:^|[_/])([a-z]+)-([A-Za-z0-9+]+)`)

// entity gives an entity of a path, such as "ses-2" for "ses"; the last one counts.
func entity(name, key string) string {
	out := ""
	for _, m := range entityPattern.FindAllStringSubmatch(name, -1) {
		if m[1] == key {
			out = m[1] + "-" + m[2]
		}
	}
	return out
}
