package jobs

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"brainsweep/internal/doom"
	"brainsweep/io/result"
	"brainsweep/partition"
	"brainsweep/sim"
)

// A checkpoint is a batch between two epochs. Two files take turns, so that one is whole while the other is written,
// and each is written aside, brought to the disk and renamed. A file is a line with a checksum of the rest, a line of
// JSON, and the buffers one after the other.
const (
	checkpointLine  = "brainsweep checkpoint 2 %08x\n"
	checkpointWidth = len("brainsweep checkpoint 2 01234567\n")
)

// errDamaged is in the chain of the error about a checkpoint that is cut off or altered.
var errDamaged = errors.New("damaged")

// checkpoint is what the second line says.
type checkpoint struct {
	Basis   string // of the plan
	Kernel  string // digest of the source that left the buffers
	First   int    // place
	Count   int
	Names   string // which points, as result.Layout.Names
	Steps   int64
	Series  *result.Spooled // what belongs to it in other files; nil where series are not spooled
	Buffers []savedBuffer
}

type savedBuffer struct {
	Name string
	Size int
}

// checkpointName is the name of one of the two checkpoints of a part.
func checkpointName(part string, turn int) string { return fmt.Sprintf("%s.state-%d", part, turn%2) }

// write puts the checkpoint of a state into a file.
func (c checkpoint) write(path string, s *sim.State) error {
	aside := path + ".tmp"
	file, err := os.Create(aside)
	if err != nil {
		return err
	}
	if err := errors.Join(c.fill(file, s), file.Close()); err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	doom.At("checkpoint aside")
	if err := os.Rename(aside, path); err != nil {
		return err
	}
	doom.At("checkpoint named")
	return syncFolder(filepath.Dir(path))
}

func (c checkpoint) fill(file *os.File, s *sim.State) error {
	c.Steps = s.Steps
	for _, name := range slices.Sorted(maps.Keys(s.Buffers)) {
		c.Buffers = append(c.Buffers, savedBuffer{name, len(s.Buffers[name])})
	}
	if _, err := file.Seek(int64(checkpointWidth), io.SeekStart); err != nil {
		return err
	}
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	out := bufio.NewWriterSize(io.MultiWriter(file, sum), 1<<20)
	if err := json.NewEncoder(out).Encode(c); err != nil {
		return err
	}
	for _, b := range c.Buffers {
		if _, err := out.Write(s.Buffers[b.Name]); err != nil {
			return err
		}
		doom.At("checkpoint begun")
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := file.WriteAt(fmt.Appendf(nil, checkpointLine, sum.Sum32()), 0); err != nil {
		return err
	}
	return file.Sync()
}

// readCheckpoint reads a checkpoint, and refuses one that is not whole.
func readCheckpoint(path string) (checkpoint, *sim.State, error) {
	var c checkpoint
	file, err := os.Open(path)
	if err != nil {
		return c, nil, err
	}
	defer file.Close()
	bad := func(what string) error { return fmt.Errorf("checkpoint %s is %w: %s", path, errDamaged, what) }
	first := make([]byte, checkpointWidth)
	var want uint32
	if _, err := io.ReadFull(file, first); err != nil {
		return c, nil, bad("it is cut off")
	}
	if _, err := fmt.Sscanf(string(first), checkpointLine, &want); err != nil || string(first) != fmt.Sprintf(checkpointLine, want) {
		return c, nil, bad("it does not begin as a checkpoint does")
	}
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	if _, err := io.Copy(sum, file); err != nil {
		return c, nil, err
	}
	if sum.Sum32() != want {
		return c, nil, bad("it does not match its checksum")
	}
	if _, err := file.Seek(int64(checkpointWidth), io.SeekStart); err != nil {
		return c, nil, err
	}
	in := bufio.NewReaderSize(file, 1<<20)
	line, err := in.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &c)
	}
	if err != nil {
		return c, nil, bad(err.Error())
	}
	s := &sim.State{Steps: c.Steps, Buffers: map[string][]byte{}}
	for _, b := range c.Buffers {
		s.Buffers[b.Name] = make([]byte, b.Size)
		if _, err := io.ReadFull(in, s.Buffers[b.Name]); err != nil {
			return c, nil, bad(err.Error())
		}
	}
	return c, s, nil
}

// belongs tells whether a checkpoint is of these points and decides the same numbers.
func (c checkpoint) belongs(l *result.Layout) bool {
	return c.Basis == l.Basis && c.First >= 0 && c.First+c.Count <= l.Points && c.Steps <= l.Steps && c.Names == l.Names(c.First, c.Count)
}

// saved is a checkpoint that was read.
type saved struct {
	checkpoint
	state *sim.State
	turn  int // of its file
}

// checkpoints reads those of a part that are whole and belong to the layout and the kernel, if one is given, the one that is furthest on
// first.
func checkpoints(part string, l *result.Layout, kernel string, note func(string)) []saved {
	var out []saved
	for t := range 2 {
		found, s, err := readCheckpoint(checkpointName(part, t))
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			note(fmt.Sprintf("%v; the one before it is used", err))
			continue
		case !found.belongs(l) || kernel != "" && found.Kernel != kernel:
			note(fmt.Sprintf("checkpoint %s was made by another program or for another job; its batch begins anew", checkpointName(part, t)))
			continue
		}
		out = append(out, saved{found, s, t})
	}
	slices.SortFunc(out, func(a, b saved) int { return cmp.Compare(b.Steps, a.Steps) })
	return out
}

// begunBatch is a batch of which there is a checkpoint.
type begunBatch struct {
	partition.Batch
	steps int64 // done by each of its points
}

// begunBatches lists the batches that checkpoints in the folder belong to, in the order of places.
func begunBatches(folder string, l *result.Layout) ([]begunBatch, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var out []begunBatch
	for _, e := range entries {
		part, _, isState := strings.Cut(e.Name(), ".state-")
		if !isState || strings.HasSuffix(e.Name(), ".tmp") {
			continue
		}
		c, _, err := readCheckpoint(filepath.Join(folder, e.Name()))
		b := begunBatch{partition.Batch{First: c.First, Count: c.Count}, c.Steps}
		if err != nil || !c.belongs(l) || part != result.PartName(c.First, c.Count) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Batch == b.Batch {
			out[n-1].steps = max(out[n-1].steps, b.steps)
			continue
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b begunBatch) int { return a.First - b.First })
	return out, nil
}

// removeCheckpoints removes the checkpoints of a part.
func removeCheckpoints(part string) error {
	return errors.Join(remove(checkpointName(part, 0)), remove(checkpointName(part, 1)))
}

// removeBegun removes all that a batch left behind for going on.
func removeBegun(part string) error {
	paths, err := result.Beside(part, ".")
	for _, path := range paths {
		err = errors.Join(err, remove(path))
	}
	return err
}

// removeStrays removes what batches without a checkpoint left behind when they were killed. Beside the parts that are done, only their
// final states stay.
func removeStrays(folder string, begun, done []partition.Batch) error {
	entries, err := os.ReadDir(folder)
	of := func(name string) func(b partition.Batch) bool {
		return func(b partition.Batch) bool { return result.PartName(b.First, b.Count) == name }
	}
	for _, e := range entries {
		name, rest, _ := strings.Cut(e.Name(), ".part.")
		name += ".part"
		if rest == "" || !strings.HasPrefix(name, "points-") || slices.ContainsFunc(begun, of(name)) && !strings.HasSuffix(rest, "tmp") {
			continue
		}
		if slices.ContainsFunc(done, of(name)) && (rest == "state-0" || rest == "state-1") {
			continue
		}
		err = errors.Join(err, remove(filepath.Join(folder, e.Name())))
	}
	return err
}

// syncFolder waits until a folder's names are on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
