package plot

// Thinned is what curves are drawn through.
var Thinned = thinned
