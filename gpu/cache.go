package gpu

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
)

// cache keeps machine code in files that end with the digest of what is before it, so that a damaged one is noticed.
type cache struct {
	dir string // "" when there is none
}

// openCache names the folder; "" is the user's cache directory. It is made when something is put there.
func openCache(dir string) *cache {
	if dir == "" {
		if user, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(user, "brainsweep", "kernels")
		}
	}
	return &cache{dir}
}

func (c *cache) get(name string) (content []byte, ok bool) {
	if c.dir == "" {
		return nil, false
	}
	sealed, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil || len(sealed) < sha256.Size {
		return nil, false
	}
	content = sealed[:len(sealed)-sha256.Size]
	sum := sha256.Sum256(content)
	return content, bytes.Equal(sum[:], sealed[len(content):])
}

// put writes a file in one piece: any number of processes may do so at a time. A cache that cannot be written to costs
// the next process a compilation and nothing else.
func (c *cache) put(name string, content []byte) {
	if c.dir == "" || os.MkdirAll(c.dir, 0o755) != nil {
		return
	}
	file, err := os.CreateTemp(c.dir, name+".*")
	if err != nil {
		return
	}
	sum := sha256.Sum256(content)
	_, err = file.Write(append(bytes.Clone(content), sum[:]...))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(file.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(c.dir, name))
	}
	if err != nil {
		os.Remove(file.Name())
	}
}
