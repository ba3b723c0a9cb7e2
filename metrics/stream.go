package metrics

// Stream gathers what the metrics of a group need of a series that passes by once. The series is taken in units that lie
// at fixed places, one after the other; so neither how many samples come at a time, nor where a run was interrupted,
// shows in a number. What a stream has gathered is in its exported fields.
type Stream interface {
	// Unit is unit k, which has the samples from ... to-1; ok is false beyond the last one.
	Unit(k int) (from, to int, ok bool)
	// Add takes unit k, of which s is the series.
	Add(k int, s *Signal)
	// Bytes is about the memory that it takes at most.
	Bytes() int64
}

// unitSamples is how many samples make a unit, about, where nothing else says so.
const unitSamples = 8192

// Streams makes the streams of the groups that metrics belong to, by the names of the groups. whole tells whether any of
// the metrics needs more than streams and moments: the whole series.
func Streams(of []Metric, s Setup) (streams map[string]Stream, whole bool) {
	streams = map[string]Stream{}
	for _, m := range of {
		switch {
		case m.Stream != nil && streams[m.Group] == nil:
			streams[m.Group] = m.Stream(s)
		case m.Stream == nil && m.Signal:
			whole = true
		}
	}
	return streams, whole
}

// stream is that of a group: the one that the series has passed, or one that the whole series passes now.
func stream[T Stream](in *Input, group string, empty func(s Setup) T) T {
	if s, ok := in.Streams[group].(T); ok {
		return s
	}
	return once(in, "stream "+group, func() T {
		s := empty(in.setup())
		passed(s, in.Signal)
		return s
	})
}

// passed has a whole series pass by.
func passed(st Stream, s *Signal) {
	for k := 0; ; k++ {
		from, to, ok := st.Unit(k)
		if !ok {
			return
		}
		st.Add(k, s.part(from, to))
	}
}
