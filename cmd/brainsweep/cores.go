package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"brainsweep/mpi"
)

// cores are the processors that a rank may use: launchers bind ranks to some of a host's.
type cores struct {
	Host    string
	Allowed []int
	Online  int // of the host
}

// shareCores is collective. It tells how many threads this rank should run so that the ranks of a host use all
// processors that they may, and none twice; and, where the ranks together may not use all of the host's, a sentence on it.
func shareCores(comm mpi.Comm) (threads int, note string, err error) {
	mine := ownCores()
	packed, err := json.Marshal(mine)
	if err != nil {
		return 0, "", err
	}
	all, err := comm.Gather(0, packed)
	if err != nil {
		return 0, "", err
	}
	joined, err := json.Marshal(all)
	if err != nil {
		return 0, "", err
	}
	if joined, err = comm.Bcast(0, joined); err != nil {
		return 0, "", err
	}
	if err := json.Unmarshal(joined, &all); err != nil {
		return 0, "", err
	}
	union, ranks := map[int]bool{}, 0
	for _, p := range all {
		var other cores
		if err := json.Unmarshal(p, &other); err != nil {
			return 0, "", err
		}
		if other.Host != mine.Host {
			continue
		}
		ranks++
		for _, c := range other.Allowed {
			union[c] = true
		}
	}
	if comm.Size() > 1 && len(union) < mine.Online {
		note = fmt.Sprintf("the ranks on %s may use %d of its %d processors; mpirun --bind-to none lets them use all", mine.Host, len(union), mine.Online)
	}
	return min(len(mine.Allowed), max(1, len(union)/ranks)), note, nil
}

func ownCores() cores {
	var c cores
	c.Host, _ = os.Hostname()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err == nil {
		for i := range len(set) * strconv.IntSize {
			if set.IsSet(i) {
				c.Allowed = append(c.Allowed, i)
			}
		}
	}
	if len(c.Allowed) == 0 {
		c.Allowed = []int{0}
	}
	text, _ := os.ReadFile("/sys/devices/system/cpu/online")
	c.Online = max(countRanges(string(text)), len(c.Allowed))
	return c
}

// countRanges counts a list such as 0-3,8.
func countRanges(list string) int {
	n := 0
	for _, r := range strings.Split(strings.TrimSpace(list), ",") {
		low, high, isRange := strings.Cut(r, "-")
		a, err := strconv.Atoi(low)
		if err != nil {
			continue
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(high); err != nil {
				continue
			}
		}
		n += b - a + 1
	}
	return n
}
