package bids_test

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/bids"
)

const (
	weights = "0\t1\t0.5\n1\t0\t0\n0.2\t0\t0\n"
	lengths = "0\t10\t20\n10\t0\t30\n20\t30\t0\n"
	centres = "0\t0\t0\n3\t4\t0\n0\t0\t12\n"
)

// tree writes files below a new folder; a content that begins with "-> " is a link.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		at := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(content, "-> "); link {
			err = os.Symlink(target, at)
		} else {
			err = os.WriteFile(at, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func open(t testing.TB, root, only string) *bids.Set {
	t.Helper()
	s, err := bids.Open(root, only)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func ids(s *bids.Set) []string {
	var out []string
	for _, sub := range s.Subjects {
		out = append(out, sub.ID)
	}
	return out
}

// archive is TVB's own form of the same connectome.
func archive(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"weights.txt": weights, "tract.txt": lengths, "centre.txt": "A 0 0 0\nB 3 4 0\nC 0 0 12\n"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryFormIsRead(t *testing.T) {
	commas := func(s string) string { return strings.ReplaceAll(s, "\t", ",") }
	for name, files := range map[string]map[string]string{
		"form A": {
			"dataset_description.json":               `{"Name": "x"}`,
			"sub-01/net/sub-01_desc-a_weights.tsv":   weights,
			"sub-01/net/sub-01_desc-a_distances.tsv": lengths,
			"sub-01/net/sub-01_desc-a_weights.json":  `{"NumberOfRows": 3, "NumberOfColumns": 3, "CoordsRows": ["../../coord/desc-a_labels.json", "../../coord/desc-a_nodes.json"]}`,
			"coord/desc-a_labels.tsv":                "A\nB\nC\n",
			"coord/desc-a_nodes.tsv":                 centres,
		},
		"form A, coordinates of the subject's own, without sidecars": {
			"sub-01/net/weights.tsv":         weights,
			"sub-01/net/distances.tsv":       lengths,
			"sub-01/coord/sub-01_labels.tsv": "label\nA\nB\nC\n",
			"sub-01/coord/sub-01_nodes.tsv":  "x\ty\tz\n" + centres,
		},
		"form B": {
			"comp/model/desc-m_eq.xml": "<Lems/>",
			"comp/sub-01/connectivity/sub-01_conndata-network_connectivity.tsv":               weights,
			"comp/sub-01/connectivity/sub-01_desc-distance_conndata-network_connectivity.tsv": lengths,
			"comp/sub-01/connectivity/sub-01_conndata-network_connectivity.json":              `{"NodeLabels": ["A", "B", "C"]}`,
			"coord/nodes.tsv": centres,
		},
		"derivatives of TVB's pipeline": {
			"sub-01/anat/sub-01_T1w.nii.gz": "",
			"derivatives/TVB/sub-01/connectivity/sub-01_desc-weight_conndata-network_connectivity.tsv":   weights,
			"derivatives/TVB/sub-01/connectivity/sub-01_desc-distance_conndata-network_connectivity.tsv": lengths,
			"derivatives/TVB/sub-01/connectivity/sub-01_conndata-network_connectivity.json":              `{"labels": ["A", "B", "C"]}`,
			"derivatives/TVB/sub-01/connectivity/sub-01_centres.txt":                                     centres,
		},
		"MRtrix": {
			"sub-01/connectome/sub-01_parc-x_level-participant_connectome.csv": commas(weights),
			"sub-01/connectome/sub-01_parc-x_meanlength.csv":                   commas(lengths),
			"labels.txt":  "A\nB\nC\n",
			"centres.txt": strings.ReplaceAll(centres, "\t", " "),
		},
		"Fast_TVB": {
			"sub-01_SC_weights.txt":   strings.ReplaceAll(weights, "\t", " "),
			"sub-01_SC_distances.txt": strings.ReplaceAll(lengths, "\t", "  "),
			"centers.txt":             "A 0 0 0\nB 3 4 0\nC 0 0 12\n",
		},
		"archives":               {"sub-01.zip": archive(t)},
		"an archive in a folder": {"sub-01/sub-01_connectome.zip": archive(t), "sub-01/other.zip": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, tree(t, files), "")
			if got := ids(s); !slices.Equal(got, []string{"sub-01"}) {
				t.Fatalf("subjects %v", got)
			}
			c, err := s.Subject("01").Read()
			if err != nil {
				t.Fatal(err)
			}
			if want := []float64{0, 1, 0.5, 1, 0, 0, 0.2, 0, 0}; !slices.Equal(c.Weights, want) {
				t.Errorf("weights %v, want %v", c.Weights, want)
			}
			if want := []float64{0, 10, 20, 10, 0, 30, 20, 30, 0}; !slices.Equal(c.Lengths, want) {
				t.Errorf("lengths %v, want %v", c.Lengths, want)
			}
			if !slices.Equal(c.Labels, []string{"A", "B", "C"}) {
				t.Errorf("labels %v", c.Labels)
			}
			if want := [][3]float64{{}, {3, 4, 0}, {0, 0, 12}}; !slices.Equal(c.Centres, want) {
				t.Errorf("centres %v, want %v", c.Centres, want)
			}
		})
	}
}

func TestSessionsAreSubjectsOfTheirOwn(t *testing.T) {
	s := open(t, tree(t, map[string]string{
		"sub-01/ses-a/net/sub-01_ses-a_weights.tsv":   weights,
		"sub-01/ses-a/net/sub-01_ses-a_distances.tsv": lengths,
		"sub-01/ses-b/net/sub-01_ses-b_weights.tsv":   strings.Replace(weights, "1", "7", 1),
		"sub-01/net/sub-01_distances.tsv":             lengths,
		"sub-01/coord/sub-01_labels.tsv":              "A\nB\nC\n",
		"sub-02/net/sub-02_weights.tsv":               weights,
		"sub-02/net/sub-02_distances.tsv":             lengths,
	}), "")
	if got, want := ids(s), []string{"sub-01_ses-a", "sub-01_ses-b", "sub-02"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	c, err := s.Subjects[1].Read()
	if err != nil || c.Weights[1] != 7 || c.Labels[2] != "C" {
		t.Errorf("the second session: %v, %v", c, err)
	}
}

func TestOneOfSeveralConnectomesIsChosen(t *testing.T) {
	files := map[string]string{}
	for _, atlas := range []string{"dk", "aal"} {
		files["sub-01/net/sub-01_atlas-"+atlas+"_weights.tsv"] = weights
		files["sub-01/net/sub-01_atlas-"+atlas+"_distances.tsv"] = lengths
	}
	root := tree(t, files)
	if _, err := open(t, root, "").Subjects[0].Read(); err == nil || !strings.Contains(err.Error(), "cohort.only") {
		t.Errorf("two atlases: %v", err)
	}
	if c, err := open(t, root, "atlas-dk").Subjects[0].Read(); err != nil || !strings.Contains(c.Source, "atlas-dk") {
		t.Errorf("chosen: %v, %v", c, err)
	}
}

// What a tree may do to a reader: links out of it and in circles, odd encodings, sidecars that lead out, pipes, files
// without end. Nothing outside is read, and what is sound is read all the same.
func TestSloppyAndHostileTrees(t *testing.T) {
	outside := tree(t, map[string]string{"weights.tsv": weights, "distances.tsv": lengths, "secret.tsv": "SECRET\nSECRET2\nSECRET3\n"})
	utf16 := "\xff\xfe"
	for _, r := range strings.ReplaceAll(weights, "\n", "\r\n") {
		utf16 += string([]byte{byte(r), 0})
	}
	files := map[string]string{
		"sub-ann/net/weights.tsv":          ".." + "/" + "stored/w", // replaced by a link below
		"sub-ann/net/distances.tsv":        lengths,
		"stored/w":                         weights,
		"sub-bom/net/weights.tsv":          "\ufeff" + strings.ReplaceAll(weights, "\n", "\r\n"),
		"sub-bom/net/distances.tsv":        lengths,
		"sub-bom/coord/labels.tsv":         "\ufeffA\r\nR\xe9gion\r\nC\r\n", // Latin-1
		"sub-utf/net/weights.tsv":          utf16,
		"sub-utf/net/distances.tsv":        lengths,
		"sub-out/net/weights.tsv":          "-> " + outside + "/weights.tsv",
		"sub-out/net/distances.tsv":        lengths,
		"sub-rel/net/weights.tsv":          "-> ../../../" + filepath.Base(outside) + "/weights.tsv",
		"sub-rel/net/distances.tsv":        lengths,
		"sub-dir":                          "-> " + outside,
		"sub-loop/net":                     "-> .",
		"sub-self/net/weights.tsv":         "-> weights.tsv",
		"sub-json/net/weights.tsv":         weights,
		"sub-json/net/distances.tsv":       lengths,
		"sub-json/net/weights.json":        `{"CoordsRows": ["../../../` + filepath.Base(outside) + `/secret.json"]}`,
		"sub-root/net/weights.tsv":         weights,
		"sub-root/net/distances.tsv":       lengths,
		"sub-root/net/weights.json":        `{"CoordsRows": ["` + outside + `/secret.tsv"]}`,
		"sub-deep/a/b/c/d/e/f/weights.tsv": weights,
		"sub-none/readme.txt":              "nothing",
		"sub-.hidden":                      "x",
	}
	files["sub-ann/net/weights.tsv"] = "-> ../../stored/w" // as git-annex has it
	for i := range 3000 {
		files[fmt.Sprintf("sub-bom/dwi/sub-bom_dir-%d_dwi.json", i)] = "{}"
	}
	s := open(t, tree(t, files), "")
	sound := []string{"sub-ann", "sub-bom", "sub-utf"}
	wrong := map[string]string{
		"sub-out": "leads out of the data set", "sub-rel": "leads out of the data set", "sub-dir": "leads out of the data set",
		"sub-loop": "weights are missing", "sub-self": "leads to itself", "sub-json": "leads out of the data set",
		"sub-root": "path from the root", "sub-deep": "weights are missing", "sub-none": "weights are missing",
	}
	for _, sub := range s.Subjects {
		c, err := sub.Read()
		if slices.Contains(sound, sub.ID) {
			if err != nil {
				t.Errorf("%s: %v", sub.ID, err)
			} else if c.Weights[1] != 1 || c.Weights[2] != 0.5 {
				t.Errorf("%s: weights %v", sub.ID, c.Weights)
			}
			if sub.ID == "sub-bom" && err == nil && c.Labels[1] != "Région" {
				t.Errorf("labels %q", c.Labels)
			}
			continue
		}
		want, known := wrong[sub.ID]
		switch {
		case !known:
			t.Errorf("unexpected subject %s", sub.ID)
		case err == nil:
			t.Errorf("%s was read: %v", sub.ID, c)
		case !fault.Is(err) || !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v; want %q", sub.ID, err, want)
		case strings.Contains(err.Error(), "SECRET"):
			t.Errorf("%s: the message tells what lies outside: %v", sub.ID, err)
		}
		delete(wrong, sub.ID)
	}
	if len(wrong) > 0 {
		t.Errorf("not found: %v", wrong)
	}
}

func TestNoDataSet(t *testing.T) {
	for name, root := range map[string]string{
		"nothing there": filepath.Join(t.TempDir(), "none"),
		"empty":         t.TempDir(),
		"raw data":      tree(t, map[string]string{"sub-01/anat/sub-01_T1w.json": "{}"}),
		"own results":   tree(t, map[string]string{"derivatives/brainsweep/sub-01/net/weights.tsv": weights}),
	} {
		if _, err := bids.Open(root, ""); !fault.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParticipants(t *testing.T) {
	files := map[string]string{"participants.tsv": "participant_id\tage\tgroup\r\nsub-1\t61\tpatient\r\n2\t60\tcontrol\r\nsub-3\tn/a\tpatient\r\n"}
	for _, id := range []string{"1", "2", "3", "4"} {
		files["sub-"+id+"/net/weights.tsv"], files["sub-"+id+"/net/distances.tsv"] = weights, lengths
	}
	s := open(t, tree(t, files), "")
	for text, want := range map[string][]string{
		"age > 60":                              {"sub-1"},
		"age >= 60":                             {"sub-1", "sub-2"},
		"age<61":                                {"sub-2"},
		"group == patient":                      {"sub-1", "sub-3"},
		`group = "patient" and age != 1`:        {"sub-1"},
		"group != patient or age >= 61":         {"sub-1", "sub-2"},
		"age == 61.0":                           {"sub-1"},
		"age > 1000":                            nil,
		"group == control or age>60 and age<62": {"sub-1", "sub-2"},
	} {
		c, err := bids.ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err := s.Participants.Check(c); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var got []string
		for _, sub := range s.Subjects {
			if s.Participants.Meets(sub.Person, c) {
				got = append(got, sub.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "age", "age >", "> 60", "age > 60 and", "or"} {
		if _, err := bids.ParseCondition(text); !fault.Is(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
	c, _ := bids.ParseCondition("agee > 60")
	if err := s.Participants.Check(c); err == nil || !strings.Contains(err.Error(), "age") {
		t.Errorf("an unknown column: %v", err)
	}
}
