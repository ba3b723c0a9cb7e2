package metrics

// The sizes that Go and the kernels agree on.
const (
	TileWidth   = tileWidth
	LongestLine = longestLine
	PhaseSpan   = phaseSpan
)
