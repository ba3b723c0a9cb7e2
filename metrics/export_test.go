package metrics

// The sizes that Go and the kernels agree on.
const (
	TileWidth   = tileWidth
	LongestLine = longestLine
	PhaseSpan   = phaseSpan
)

// AscendingOrder lists the places of numbers in their order.
func AscendingOrder(x []float64) []int32 { return ascendingOrder(x) }
