package result

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// A part begins with a header of its own, before HDF5's: what it holds, and a checksum of all that
// follows. So a damaged part is known before HDF5, which trusts its files, sees a byte of it. The
// header is text and has a checksum too.
const headerSize = 512

const headerFormat = "brainsweep part 2\nbasis %s\npoints %d %d\nnames %s\nsteps %d\nfailed %d\nbytes %d\ncrc32c %08x\n"

var (
	// ErrDamaged is in the chain of the error about a part that is cut off or altered, or is no part at all.
	ErrDamaged = errors.New("damaged")
	// ErrOtherPlan is in the chain of the error about a part that belongs to another plan.
	ErrOtherPlan = errors.New("made for another plan")
)

// Held is what a part says that it holds.
type Held struct {
	First, Count int    // places
	Names        string // which points, as Layout.Names
	Steps        int64  // that they were simulated for
	Failed       int    // how many of them failed
}

type header struct {
	basis string
	Held
	size int64  // of the file [bytes]
	sum  uint32 // CRC-32C of what follows the header
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (h header) encode() []byte {
	text := fmt.Appendf(nil, headerFormat, h.basis, h.First, h.Count, h.Names, h.Steps, h.Failed, h.size, h.sum)
	text = fmt.Appendf(text, "header %08x\n", crc32.Checksum(text, castagnoli))
	return append(text, bytes.Repeat([]byte{'\n'}, headerSize-len(text))...)
}

// readHeader reads the header of a part and looks at the basis, if one is given, and at the length of the file.
func readHeader(path, basis string) (h header, err error) {
	file, err := os.Open(path)
	if err != nil {
		return h, err
	}
	defer file.Close()
	return h, h.read(file, path, basis)
}

func (h *header) read(file *os.File, path, basis string) error {
	raw := make([]byte, headerSize)
	if n, err := io.ReadFull(file, raw); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged(path, "it ends after %d bytes", n)
	} else if err != nil {
		return err
	}
	_, err := fmt.Sscanf(string(raw), headerFormat, &h.basis, &h.First, &h.Count, &h.Names, &h.Steps, &h.Failed, &h.size, &h.sum)
	if err != nil || !bytes.Equal(raw, h.encode()) {
		return damaged(path, "it does not begin with the header of a part")
	}
	if basis != "" && h.basis != basis {
		return fmt.Errorf("part %s is %w: %s, not %s", path, ErrOtherPlan, h.basis, basis)
	}
	info, err := file.Stat()
	if err == nil && info.Size() != h.size {
		return damaged(path, "it has %d of %d bytes", info.Size(), h.size)
	}
	return err
}

func damaged(path, format string, args ...any) error {
	return fmt.Errorf("part %s is %w: %s", path, ErrDamaged, fmt.Sprintf(format, args...))
}

// VerifyPart reads a whole part and tells what it holds. The error says what is wrong with it: it wraps
// ErrDamaged or ErrOtherPlan, or comes from the system.
func VerifyPart(path, basis string) (Held, error) {
	file, err := os.Open(path)
	if err != nil {
		return Held{}, err
	}
	defer file.Close()
	var h header
	if err := h.read(file, path, basis); err != nil {
		return Held{}, err
	}
	sum, err := checksum(file)
	if err != nil {
		return Held{}, err
	}
	if sum != h.sum {
		return Held{}, damaged(path, "its contents do not match their checksum")
	}
	return h.Held, nil
}

// CountPart tells what a part says that it holds, by its header, which has a checksum of its own, and its length. It does
// not read what VerifyPart does, and so is quick.
func CountPart(path, basis string) (Held, error) {
	h, err := readHeader(path, basis)
	return h.Held, err
}

// checksum reads the file from where it stands to its end.
func checksum(file io.Reader) (uint32, error) {
	sum := crc32.New(castagnoli)
	_, err := io.CopyBuffer(sum, struct{ io.Reader }{file}, make([]byte, 1<<20))
	return sum.Sum32(), err
}

// seal writes the header of a part that is otherwise complete, and waits until all of it is on the disk.
func seal(path string, h header) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(headerSize, io.SeekStart); err != nil {
		return err
	}
	if h.sum, err = checksum(file); err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	h.size = info.Size()
	if _, err := file.WriteAt(h.encode(), 0); err != nil {
		return err
	}
	return file.Sync()
}
