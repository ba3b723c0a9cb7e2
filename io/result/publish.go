package result

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"brainsweep/internal/doom"
)

// temporary is the name under which a file is written until it is whole. A file left there by a run
// that was killed is overwritten by the next.
func temporary(path string) string { return path + ".tmp" }

// publish gives a file, whose contents are on the disk, its final name, for good.
func publish(path string) error {
	if err := os.Rename(temporary(path), path); err != nil {
		return err
	}
	doom.At("renamed")
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil // the file system has no such thing
}

// flush waits until a file's contents are on the disk.
func flush(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}
