package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/bids"
	"brainsweep/io/result"
)

// Cohort is what a plan takes from a data set of many subjects.
type Cohort struct {
	Source       string   // the data set's folder, as the job names it
	Wanted       []string // IDs; none: all
	Participants string   // a condition on participants.tsv, "" for none
	Only         string   // a part that the names of connectomes have
	Seeds        int      // with which each parameter set is simulated, counted from run.seed
	Broken       []Broken // subjects that were chosen but cannot be simulated, by ID
	LeftOut      int      // subjects that the condition does not choose
}

// Broken is a subject that cannot be simulated.
type Broken struct{ ID, Reason string }

// found is what was found of a cohort, for the ranks that do not look for themselves.
type found struct {
	Subjects []Subject
	Notes    [][]string // of each subject
	Broken   []Broken
	LeftOut  int
}

// cohort reads [cohort]: the data set's subjects, each with its connectome.
func (r *reader) cohort() {
	p := r.plan
	c := &Cohort{Seeds: 1}
	if !r.section(&struct {
		Source, Participants, Only *string
		Subjects                   any
		Seeds                      *int
	}{&c.Source, &c.Participants, &c.Only, nil, &c.Seeds}, "cohort") {
		return
	}
	p.Cohort = c
	before := len(r.faults)
	c.Wanted = r.wanted()
	switch {
	case !r.Has("cohort", "source"):
		r.missing([]string{"cohort", "source"}, `cohort.source is missing; write the folder of a data set, e.g. source = "/data/bids"`)
	case r.Has("connectome", "source"):
		r.faultf(r.Pos("connectome", "source"), "connectome.source: the connectomes are those of the cohort's subjects; keep one of the two")
	}
	if c.Seeds < 1 {
		r.faultf(r.ValuePos("cohort", "seeds"), "cohort.seeds: %d seeds; there must be at least one", c.Seeds)
	}
	if len(r.faults) > before || !slices.Contains(connectome.Normalisations, p.Normalise) {
		return
	}
	if r.inputs.Cohort == nil {
		look, err := r.look(c)
		if err != nil {
			r.faults.Add(foundIn(err, r.ValuePos("cohort", "source")))
			return
		}
		r.inputs.Cohort = look
	}
	r.take(r.inputs.Cohort)
}

// wanted reads cohort.subjects: "all", or a list of IDs.
func (r *reader) wanted() []string {
	path := []string{"cohort", "subjects"}
	if !r.Has(path...) || r.Value(path...) == "all" {
		return nil
	}
	if r.Kind(path...) != "a list" || r.Len(path...) == 0 {
		r.faultf(r.ValuePos(path...), `cohort.subjects: expected "all" or a list such as ["sub-01", "sub-02"]`)
		return nil
	}
	return r.words(path...)
}

// look finds the subjects in the data set and reads every one of them.
func (r *reader) look(c *Cohort) (*found, error) {
	set, err := bids.Open(r.inputs.path(c.Source), c.Only)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	out := &found{}
	chosen, err := r.chosen(set, c, out)
	if err != nil {
		return nil, err
	}
	subjects, notes, reasons := make([]Subject, len(chosen)), make([][]string, len(chosen)), make([]error, len(chosen))
	r.inputs.Shelf = newShelf()
	var all sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, s := range chosen {
		all.Add(1)
		slots <- struct{}{}
		go func() {
			defer all.Done()
			subjects[i], notes[i], reasons[i] = r.inspect(s)
			<-slots
		}()
	}
	all.Wait()
	for i, s := range chosen {
		if reasons[i] == nil {
			reasons[i] = r.empirical(s)
		}
		if reasons[i] != nil {
			out.Broken = append(out.Broken, Broken{s.ID, flatten(reasons[i])})
			continue
		}
		out.Subjects, out.Notes = append(out.Subjects, subjects[i]), append(out.Notes, notes[i])
	}
	slices.SortStableFunc(out.Broken, func(a, b Broken) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// inspect reads a subject as it enters the equations.
func (r *reader) inspect(s *bids.Subject) (Subject, []string, error) {
	raw, err := s.Read()
	if err != nil {
		return Subject{}, nil, err
	}
	c, err := r.plan.treat(raw)
	if err != nil {
		return Subject{}, nil, err
	}
	if !slices.ContainsFunc(c.Weights, func(w float64) bool { return w != 0 }) {
		return Subject{}, nil, fault.Mistake{Pos: fault.Pos{File: c.Source}, Msg: "all weights are 0"}
	}
	r.inputs.Shelf.put(s.ID, raw)
	return newSubject(s.ID, c), c.Warnings(), nil
}

// flatten writes mistakes in one line.
func flatten(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// chosen lists the subjects that the job wants, in its order, and notes those that are not there.
func (r *reader) chosen(set *bids.Set, c *Cohort, out *found) ([]*bids.Subject, error) {
	var faults fault.List
	picked := slices.Clone(set.Subjects)
	if c.Wanted != nil {
		picked = nil
		var known []string
		for _, s := range set.Subjects {
			known = append(known, s.ID)
		}
		for i, id := range c.Wanted {
			matches := matching(set, id)
			if len(matches) == 0 {
				faults.Addf(r.ValuePos("cohort", "subjects", fmt.Sprint(i)), "cohort.subjects: %s has no subject %q%s", c.Source, id, fault.Suggest(id, known))
			}
			for _, s := range matches {
				if !slices.Contains(picked, s) {
					picked = append(picked, s)
				}
			}
		}
	}
	if c.Participants == "" {
		if c.Wanted == nil && set.Participants != nil {
			for _, person := range set.Participants.People() {
				if !slices.ContainsFunc(set.Subjects, func(s *bids.Subject) bool { return s.Person == person }) {
					out.Broken = append(out.Broken, Broken{person, "participants.tsv has a line of it, but there are no files of it"})
				}
			}
		}
		return picked, faults.Err()
	}
	at := r.ValuePos("cohort", "participants")
	if set.Participants == nil {
		faults.Addf(at, "cohort.participants: %s has no participants.tsv", c.Source)
		return nil, faults.Err()
	}
	condition, err := bids.ParseCondition(c.Participants)
	if err == nil {
		err = set.Participants.Check(condition)
	}
	if err != nil {
		faults.Add(placed(err, at))
		return nil, faults.Err()
	}
	all := len(picked)
	picked = slices.DeleteFunc(picked, func(s *bids.Subject) bool { return !set.Participants.Meets(s.Person, condition) })
	out.LeftOut = all - len(picked)
	if len(picked) == 0 && len(faults) == 0 {
		faults.Addf(at, "cohort.participants: no subject meets %q", c.Participants)
	}
	return picked, faults.Err()
}

// matching lists the subjects that an ID means: that of a person means all sessions.
func matching(set *bids.Set, id string) []*bids.Subject {
	if s := set.Subject(id); s != nil {
		return []*bids.Subject{s}
	}
	var out []*bids.Subject
	for _, s := range set.Subjects {
		if s.Person == id || s.Person == "sub-"+id {
			out = append(out, s)
		}
	}
	return out
}

// take makes the plan's subjects of those found: smaller brains first, so that batches find many of one size.
func (r *reader) take(f *found) {
	p := r.plan
	p.Cohort.Broken, p.Cohort.LeftOut = f.Broken, f.LeftOut
	for _, b := range f.Broken {
		if len(f.Subjects) == 0 {
			r.faultf(r.ValuePos("cohort", "source"), "cohort.source: %s: %s", b.ID, b.Reason)
			continue
		}
		r.warnf("%s is left out: %s", b.ID, b.Reason)
	}
	if len(f.Subjects) == 0 {
		return
	}
	p.Subjects = slices.Clone(f.Subjects)
	slices.SortStableFunc(p.Subjects, func(a, b Subject) int { return cmp.Compare(a.Nodes(), b.Nodes()) })
	r.notes(f)
	p.shelf = r.inputs.Shelf
	if p.shelf.read != nil {
		p.unite()
		return
	}
	p.shelf.read = func(id string) (*connectome.Connectome, error) {
		set, err := bids.Open(r.inputs.path(p.Cohort.Source), p.Cohort.Only)
		if err != nil {
			return nil, err
		}
		defer set.Close()
		if s := set.Subject(id); s != nil {
			return s.Read()
		}
		return nil, errors.New("is not in the data set any more")
	}
	p.unite()
}

// notes tells what is worth a look in the subjects' connectomes, each note once with those that it is about.
func (r *reader) notes(f *found) {
	const named = 3
	var order []string
	about := map[string][]string{}
	for i, s := range f.Subjects {
		for _, note := range f.Notes[i] {
			if about[note] == nil {
				order = append(order, note)
			}
			about[note] = append(about[note], s.ID)
		}
	}
	for _, note := range order {
		ids := about[note]
		if more := len(ids) - named; more > 1 {
			ids = append(ids[:named:named], fmt.Sprintf("%d more", more))
		}
		r.warnf("%s: %s", strings.Join(ids, ", "), note)
	}
}

// unite gives the plan the labels of all its subjects' nodes, each once, and each subject the places of its own. Where all
// have the same labels, they are the plan's.
func (p *Plan) unite() {
	united := &connectome.Connectome{Source: p.Cohort.Source}
	place := map[string]int{}
	for i := range p.Subjects {
		s := &p.Subjects[i]
		if i > 0 && slices.Equal(s.Labels, p.Subjects[i-1].Labels) {
			s.Labels, s.place = p.Subjects[i-1].Labels, p.Subjects[i-1].place // one copy of equal ones
			continue
		}
		s.place = make([]int, len(s.Labels))
		for j, label := range s.Labels {
			if _, known := place[label]; !known {
				place[label] = len(united.Labels)
				united.Labels = append(united.Labels, label)
			}
			s.place[j] = place[label]
		}
	}
	for i := range p.Subjects {
		if s := &p.Subjects[i]; slices.Equal(s.Labels, united.Labels) {
			s.place = nil
		}
	}
	p.Connectome = united
}

// broken lists the subjects of a cohort that cannot be simulated.
func (p *Plan) broken() []Broken {
	if p.Cohort == nil {
		return nil
	}
	return p.Cohort.Broken
}

// uniform tells whether all subjects have the same nodes in the same order.
func (p *Plan) uniform() bool {
	return !slices.ContainsFunc(p.Subjects, func(s Subject) bool { return s.place != nil })
}

// recallCohort takes the subjects of a result for those of the job, so that the data set need not be there.
func (in *inputs) recallCohort(res *result.Result) error {
	people, err := res.Participants()
	if err != nil {
		return err
	}
	in.Cohort, in.Shelf = &found{}, newShelf()
	in.Shelf.used = true
	number := map[string]int{}
	for i, p := range people {
		if p.Reason != "" {
			in.Cohort.Broken = append(in.Cohort.Broken, Broken{p.ID, p.Reason})
			continue
		}
		c, err := res.ConnectomeOf(i)
		if err != nil {
			return err
		}
		number[p.ID] = i
		in.Cohort.Subjects = append(in.Cohort.Subjects, newSubject(p.ID, c))
		in.Cohort.Notes = append(in.Cohort.Notes, nil)
	}
	in.Shelf.read = func(id string) (*connectome.Connectome, error) { return res.ConnectomeOf(number[id]) }
	return nil
}
