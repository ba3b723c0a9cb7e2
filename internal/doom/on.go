//go:build doom

package doom

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

var count = struct {
	sync.Mutex
	times int
}{}

// At is where a process may be told to die.
func At(place string) {
	where, rank, ranked := strings.Cut(os.Getenv("BRAINSWEEP_DOOM"), "@")
	name, n, _ := strings.Cut(where, ":")
	if name != place || ranked && rank != os.Getenv("OMPI_COMM_WORLD_RANK") {
		return
	}
	count.Lock()
	defer count.Unlock()
	count.times++
	if strconv.Itoa(count.times) == n {
		fmt.Fprintf(os.Stderr, "dies at %s, time %d\n", place, count.times)
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
