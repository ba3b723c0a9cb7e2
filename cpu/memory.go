package cpu

import (
	"io/fs"
	"iter"
	"math"
	"path"
	"strconv"
	"strings"
)

// freeMemory is what this process may still take [bytes]: what the system has, or less where a control group
// (version 1 or 2, any of those above the process) says so. root is the root of the file system. 0 means unknown.
func freeMemory(root fs.FS) int64 {
	free := int64(math.MaxInt64)
	for line := range lines(root, "proc/meminfo") {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err == nil {
				free = kib << 10
			}
		}
	}
	for line := range lines(root, "proc/self/cgroup") {
		// number:controllers:path, where version 2 has number 0 and no controllers.
		fields := strings.SplitN(line, ":", 3)
		if len(fields) != 3 {
			continue
		}
		switch {
		case fields[0] == "0" && fields[1] == "":
			free = min(free, groupFree(root, "sys/fs/cgroup", fields[2], "memory.max", "memory.current", "inactive_file"))
		case strings.Contains(","+fields[1]+",", ",memory,"):
			free = min(free, groupFree(root, "sys/fs/cgroup/memory", fields[2], "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"))
		}
	}
	if free == math.MaxInt64 {
		return 0
	}
	return free
}

// groupFree is the least that the group at dir, or one above it, has left. Pages of files that nobody used lately
// count as free.
func groupFree(root fs.FS, mount, dir, limit, usage, inactive string) int64 {
	free := int64(math.MaxInt64)
	for dir = path.Clean("/" + dir); ; dir = path.Dir(dir) {
		at := path.Join(mount, dir)
		most, ok1 := number(root, path.Join(at, limit))
		used, ok2 := number(root, path.Join(at, usage))
		if ok1 && ok2 {
			for line := range lines(root, path.Join(at, "memory.stat")) {
				if rest, ok := strings.CutPrefix(line, inactive+" "); ok {
					n, _ := strconv.ParseInt(rest, 10, 64)
					used -= n
				}
			}
			free = min(free, max(0, most-max(0, used)))
		}
		if dir == "/" {
			return free
		}
	}
}

// number reads a file that holds one number; "max" is no number.
func number(root fs.FS, name string) (int64, bool) {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return n, err == nil
}

// lines goes through the lines of a file; of one that cannot be read there are none.
func lines(root fs.FS, name string) iter.Seq[string] {
	b, _ := fs.ReadFile(root, name)
	return strings.SplitSeq(string(b), "\n")
}
