package metrics

// Stream gathers what metrics need of a series that passes by once. The series is taken in units that lie
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

// Placed is a stream whose numbers kernels read and write, too, where there is a host.
type Placed interface {
	Stream
	// Place has the stream use the memory of one that serves no longer, unless that is nil or has too little and is freed, and else
	// what take gives.
	Place(take func(size int) (Memory, error), before Placed) error
	// Free gives the memory back. What the stream has gathered is lost then.
	Free() error
}

// unitSamples is how many samples make a unit, about, where nothing else says so.
const unitSamples = 8192

// plainUnit is unit k of a stream that takes samples one by one.
func plainUnit(k, samples int) (from, to int, ok bool) {
	from = k * unitSamples
	return from, min(from+unitSamples, samples), from < samples
}

// Streams makes the streams that metrics need, by their names. whole tells whether any of
// the metrics needs more than streams and moments: the whole series.
func Streams(of []Metric, s Setup) (streams map[string]Stream, whole bool) {
	streams = map[string]Stream{}
	for _, m := range of {
		if m.Signal && m.Stream != nil && streams[m.From] != nil {
			continue // one stream serves all metrics of its name, and takes memory when it is made
		}
		if st := m.Gathers(s); st != nil {
			streams[m.From] = st
		} else if m.Signal {
			whole = true
		}
	}
	return streams, whole
}

// Gathers makes the stream that gathers what the metric needs of a series; nil where it needs none, or the whole series.
func (m Metric) Gathers(s Setup) Stream {
	if !m.Signal || m.Stream == nil {
		return nil
	}
	return m.Stream(s)
}

// stream is that of a name: the one that the series has passed, or one that the whole series passes now.
func stream[T Stream](in *Input, name string, empty func(s Setup) T) T {
	if s, ok := in.Streams[name].(T); ok {
		return s
	}
	return once(in, "stream "+name, func() T {
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
		if within, ok := st.(interface {
			addWithin(k int, s *Signal, from, to int)
		}); ok {
			within.addWithin(k, s, from, to)
			continue
		}
		st.Add(k, s.Part(from, to))
	}
}
