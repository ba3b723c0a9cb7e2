package cpu

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

// cache keeps compiled objects as files <source>-<digest>-<ISA>-<compiler>.so. A file appears whole, by renaming, and
// ends with the digest of its own content, so that a damaged one is noticed before it is loaded.
type cache struct {
	dir string // "" when there is none

	mu      sync.Mutex
	scratch string // a directory of this process, for what dir does not take; "" until it is needed
}

const sealMark = "\nbrainsweep kernel, sealed with sha256:"

// seal appends the mark and the digest of content. A loader of shared objects ignores what follows their last section.
func seal(content []byte) []byte {
	sum := sha256.Sum256(content)
	return append(append(append([]byte{}, content...), sealMark...), sum[:]...)
}

// sealed tells whether the file is whole.
func sealed(path string) bool {
	b, err := os.ReadFile(path)
	at := len(b) - len(sealMark) - sha256.Size
	if err != nil || at < 0 || string(b[at:at+len(sealMark)]) != sealMark {
		return false
	}
	sum := sha256.Sum256(b[:at])
	return string(sum[:]) == string(b[at+len(sealMark):])
}

func prefix(u unit, label string) string {
	return fmt.Sprintf("%s-%s-%s-", u.source.Name, u.digest[:16], label)
}

// load gives the library of u: from the cache, or compiled and put there.
func (d *Device) load(ctx context.Context, u unit) (*library, error) {
	if d.compiler == nil {
		return d.loadForeign(u)
	}
	name := prefix(u, d.host.label(d.isa)) + d.compiler.digest + ".so"
	for _, dir := range d.cache.dirs() {
		path := filepath.Join(dir, name)
		if !sealed(path) {
			continue
		}
		if lib, err := open(path); err == nil {
			return lib, nil
		}
	}
	object, err := d.compiler.compile(ctx, u)
	if err != nil {
		return nil, err
	}
	path, err := d.cache.put(name, seal(object))
	if err != nil {
		return nil, err
	}
	lib, err := open(path)
	if err == nil || d.cache.isScratch(path) {
		return lib, err
	}
	// A file system may refuse to run what it holds.
	path, scratchErr := d.cache.putScratch(name, seal(object))
	if scratchErr != nil {
		return nil, errors.Join(err, scratchErr)
	}
	return open(path)
}

// loadForeign finds an object that another machine compiled: for this very processor, or for the highest level that
// it has.
func (d *Device) loadForeign(u unit) (*library, error) {
	labels := d.host.fallbacks()
	if d.isa != native {
		labels = []string{d.isa}
	}
	for _, label := range labels {
		for _, path := range d.cache.find(prefix(u, label)) {
			if !sealed(path) {
				continue
			}
			if lib, err := open(path); err == nil {
				return lib, nil
			}
		}
	}
	best := d.isa
	if best == native {
		best = labels[min(1, len(labels)-1)]
	}
	return nil, fmt.Errorf("cpu: kernel %s is not compiled for this processor in %s, and there is no C compiler here (looked for $CC, gcc, clang, cc): "+
		"install gcc, or fill that directory on a machine that has one with \"brainsweep kernel --build JOB --isa %s\"",
		u.source.Name, d.cache.name(), best)
}

func (c *cache) name() string {
	if c.dir == "" {
		return "the cache (the user has no cache directory)"
	}
	return c.dir
}

// dirs lists the directories that may hold objects.
func (c *cache) dirs() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var dirs []string
	for _, dir := range []string{c.dir, c.scratch} {
		if dir != "" {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// find lists the objects whose names begin with prefix, the latest first.
func (c *cache) find(prefix string) []string {
	var found []string
	for _, dir := range c.dirs() {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), ".so") {
				found = append(found, filepath.Join(dir, e.Name()))
			}
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return modified(found[a]) > modified(found[b]) })
	return found
}

func modified(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.ModTime().UnixNano()
}

// put writes an object into the cache, or where that does not take it, into the scratch directory.
func (c *cache) put(name string, content []byte) (string, error) {
	if c.dir != "" {
		if path, err := write(c.dir, name, content); err == nil {
			return path, nil
		}
	}
	return c.putScratch(name, content)
}

func (c *cache) putScratch(name string, content []byte) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.scratch == "" {
		dir, err := os.MkdirTemp("", "brainsweep-kernels-*")
		if err != nil {
			return "", fmt.Errorf("cpu: no place for compiled kernels: %w", err)
		}
		c.scratch = dir
	}
	return write(c.scratch, name, content)
}

func (c *cache) isScratch(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return filepath.Dir(path) == c.scratch
}

// write puts a file in place in one piece: any number of processes may do so at a time.
func write(dir, name string, content []byte) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("cpu: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", fmt.Errorf("cpu: %w", err)
	}
	path := filepath.Join(dir, name)
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o755), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return "", fmt.Errorf("cpu: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return path, nil
}

// close removes the scratch directory.
func (c *cache) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.scratch == "" {
		return nil
	}
	dir := c.scratch
	c.scratch = ""
	return os.RemoveAll(dir)
}
