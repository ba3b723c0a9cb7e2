package result

import (
	"brainsweep/io/h5"
)

// PartNumbers reads a metric with one number per point from a whole part: those of the places from Held.First on, NaN at
// points that failed.
func PartNumbers(path string, m Metric) ([]float64, error) {
	file, err := h5.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	set, err := file.OpenDataset(m.group() + "/" + m.Name)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	values := make([]float64, set.Len())
	return values, set.Read(nil, nil, values)
}
