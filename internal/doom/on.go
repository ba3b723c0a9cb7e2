//go:build doom

package doom

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var counts = struct {
	sync.Mutex
	times map[string]int
}{times: map[string]int{}}

var (
	told = make(chan struct{})
	once sync.Once
)

// At is where a process may be told to die, or to wait.
func At(place string) {
	if n, due := comes("BRAINSWEEP_DOOM", place); due {
		die(fmt.Sprintf("dies at %s, time %d\n", place, n))
	}
	if _, due := comes("BRAINSWEEP_HOLD", place); due {
		hold()
	}
}

// ToldToStop ends the wait of a run that was told to stop.
func ToldToStop() { once.Do(func() { close(told) }) }

// comes counts the times that this process comes to the place that a variable names, and tells whether it is the one.
func comes(variable, place string) (n int, due bool) {
	where, rank, ranked := strings.Cut(os.Getenv(variable), "@")
	name, which, _ := strings.Cut(where, ":")
	if name != place || ranked && rank != os.Getenv("OMPI_COMM_WORLD_RANK") {
		return 0, false
	}
	counts.Lock()
	defer counts.Unlock()
	counts.times[variable]++
	n = counts.times[variable]
	return n, strconv.Itoa(n) == which
}

func die(word string) {
	fmt.Fprint(os.Stderr, word)
	if file := os.Getenv("BRAINSWEEP_DIED"); file != "" {
		os.WriteFile(file, []byte(word), 0o666)
	}
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func hold() {
	mark := os.Getenv("BRAINSWEEP_HELD") + "." + cmp.Or(os.Getenv("OMPI_COMM_WORLD_RANK"), "0")
	if err := os.WriteFile(mark, nil, 0o666); err != nil {
		fmt.Fprintln(os.Stderr, "cannot wait:", err)
		return
	}
	for {
		select {
		case <-told:
			return
		case <-time.After(5 * time.Millisecond):
		}
		if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}
