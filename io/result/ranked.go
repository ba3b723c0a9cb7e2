package result

// Ranked gives the metric by which a query ranks, its value at every point, and whether the lowest is the best.
func (r *Result) Ranked(q Query) (v Variable, values []float64, lowest bool, err error) {
	if v, err = r.ranking(q); err != nil {
		return v, nil, false, err
	}
	if lowest = q.Lowest; !q.Lowest && !q.Highest {
		if lowest, err = r.lessIsBetter(v); err != nil {
			return v, nil, false, err
		}
	}
	values, err = r.Rows(v, 0, r.Points)
	return v, values, lowest, err
}
