//go:build !doom

package doom

// At is where a process may be told to die, or to wait.
func At(place string) {}

// ToldToStop ends the wait of a run that was told to stop.
func ToldToStop() {}
