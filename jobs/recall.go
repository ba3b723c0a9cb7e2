package jobs

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// filesOf is all files that a job reads besides its own and its connectome, as a result keeps them: a JSON object with
// their contents by their names, in base64.
func (j *Job) filesOf() ([]byte, error) {
	files := map[string][]byte{}
	for path, content := range j.inputs.Files {
		if below, err := filepath.Rel(j.inputs.Dir, path); err == nil && !filepath.IsAbs(path) {
			path = below
		} else if err == nil && !strings.HasPrefix(below, "..") {
			path = below
		}
		files[path] = content
	}
	return json.Marshal(files)
}

// Recall reads the job of a result from its provenance alone: the job file's text, the files that it names, and the
// connectome or those of the cohort, which are read from the result when they are wanted. The error says that this program makes
// another plan of the job than the one that was run.
func Recall(res *result.Result) (*Job, error) {
	entries, err := res.Provenance()
	if err != nil {
		return nil, err
	}
	text := func(name string) string {
		i := slices.IndexFunc(entries, func(e result.Entry) bool { return e.Name == name })
		if i < 0 {
			return ""
		}
		s, _ := entries[i].Value.(string)
		return s
	}
	packed, err := res.Bytes("/provenance/inputs")
	if err != nil {
		return nil, err
	}
	in := &inputs{Dir: text("folder"), Files: map[string][]byte{}}
	files := map[string][]byte{}
	if err := json.Unmarshal(packed, &files); err != nil {
		return nil, fault.Mistake{Msg: fmt.Sprintf("the result does not hold what its job reads: %v", err)}
	}
	for name, content := range files {
		in.Files[in.path(name)] = content
	}
	if res.IsCohort() {
		err = in.recallCohort(res)
	} else {
		in.used, err = res.Connectome()
	}
	if err != nil {
		return nil, err
	}
	var set []string
	if changes := text("set"); changes != "" {
		set = strings.Split(changes, "\n")
	}
	j, err := parse("job", []byte(text("job")), set, in)
	if err != nil {
		return nil, err
	}
	if j.Plan.Hash() != res.Plan {
		return nil, fault.Mistake{Msg: "the job in the result makes another plan than the one that was run: this program, or what the job reads, is another"}
	}
	return j, nil
}

// folder is where the paths in a job start, from the root.
func (j *Job) folder() string {
	path, err := filepath.Abs(j.inputs.Dir)
	if err != nil {
		return j.inputs.Dir
	}
	return path
}
