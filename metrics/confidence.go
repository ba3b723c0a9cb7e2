package metrics

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Confidence gives the mean of independent numbers and the ends of its confidence interval at a level such as 0.95:
//
//	mean -+ t s / sqrt(n)
//
// with s the standard deviation (n - 1) and t the quantile (1 + level)/2 of Student's distribution with n - 1 degrees of
// freedom (Student 1908, Biometrika 6:1). NaN are left out; of fewer than two numbers the ends are NaN.
func Confidence(x []float64, level float64) (mean, low, high float64, n int) {
	sum := 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	if mean = sum / float64(n); n < 2 {
		return mean, math.NaN(), math.NaN(), n
	}
	squares := 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			squares += (v - mean) * (v - mean)
		}
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + level) / 2)
	half := t * math.Sqrt(squares/float64(n-1)/float64(n))
	return mean, mean - half, mean + half, n
}
