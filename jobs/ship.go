package jobs

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"brainsweep/io/result"
	"brainsweep/mpi"
)

// Ranks may run on hosts that do not share the file system with the folder of parts. Rank 0 leaves a token there; a
// rank that does not see it writes its parts into a folder of its own, and sends each to rank 0 when it is whole. It has no
// checkpoints, since nobody could find them.

// tokenName is the file of the token.
const tokenName = "token"

// tokenWait is how long a rank looks for the token: some file systems show new files late.
const tokenWait = 3 * time.Second

// Tags of parts on their way.
const (
	shipTag    = 72 // to rank 0: what comes, then its pieces
	receiptTag = 73 // from rank 0: "" when the part is there, else what went wrong
)

// shipPiece is how much of a part travels at a time [bytes]; rank 0 holds no more of it in memory.
const shipPiece = 1 << 20

// parcel says which part comes, and how long it is. Without a name it is the last word.
type parcel struct {
	Name string
	Size int64
}

// seesParts is collective: it tells whether this rank sees the folder of parts that rank 0 has, and on rank 0 how many do not.
func (r *run) seesParts() (sees bool, blind int, err error) {
	if r.comm.Size() == 1 {
		return true, 0, nil
	}
	token := []byte(rand.Text())
	path := filepath.Join(r.parts, tokenName)
	if r.comm.Rank() == 0 {
		err = r.put(tokenName, token)
	}
	if err = mpi.Agree(r.comm, err); err != nil {
		return false, 0, err
	}
	if token, err = r.comm.Bcast(0, token); err != nil {
		return false, 0, err
	}
	for began := time.Now(); !sees; time.Sleep(tokenWait / 30) {
		found, _ := os.ReadFile(path)
		if sees = string(found) == string(token); time.Since(began) > tokenWait {
			break
		}
	}
	word := ""
	if !sees {
		word = fmt.Sprintf("rank %d on %s", r.comm.Rank(), r.host)
	}
	words, err := r.comm.Gather(0, []byte(word))
	if err != nil || r.comm.Rank() != 0 {
		return sees, 0, err
	}
	var names []string
	for _, w := range words {
		if len(w) > 0 {
			names = append(names, string(w))
		}
	}
	if len(names) > 0 {
		r.Listener.Note(fmt.Sprintf("%s cannot see %s: what they compute travels to rank 0 when a batch is whole, and is not checkpointed before",
			strings.Join(names, ", "), r.parts))
	}
	return sees, len(names), remove(path)
}

// settle has the ranks that do not see the folder of parts work in one of their own, and rank 0 take in what they send.
// The function returned ends that, after the last batch.
func (r *run) settle() (leave func() error, err error) {
	sees, blind, err := r.seesParts()
	if err = mpi.Agree(r.comm, err); err != nil {
		return nil, err
	}
	if sees {
		err = r.join()
	} else {
		r.folder, err = os.MkdirTemp("", "brainsweep-parts-*")
		r.every, r.keep, r.ship = 0, false, r.send
	}
	if err = mpi.Agree(r.comm, err); err != nil {
		return nil, err
	}
	if !sees {
		return func() error {
			last, err := json.Marshal(parcel{})
			if err == nil {
				err = r.comm.Send(0, shipTag, last)
			}
			return errors.Join(err, os.RemoveAll(r.folder))
		}, nil
	}
	var all sync.WaitGroup
	if blind > 0 {
		all.Add(1)
		go func() {
			defer all.Done()
			r.receive(blind)
		}()
	}
	return func() error { all.Wait(); return nil }, nil
}

// send takes a part to rank 0, and removes it here.
func (r *run) send(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	head, err := json.Marshal(parcel{filepath.Base(path), info.Size()})
	if err != nil {
		return err
	}
	if err := r.comm.Send(0, shipTag, head); err != nil {
		return err
	}
	piece := make([]byte, shipPiece)
	for left := info.Size(); left > 0; {
		n, err := io.ReadFull(file, piece[:min(left, shipPiece)])
		if err != nil {
			return err
		}
		if err := r.comm.Send(0, shipTag, piece[:n]); err != nil {
			return err
		}
		left -= int64(n)
	}
	receipt, _, err := r.comm.Recv(0, receiptTag)
	if err != nil {
		return err
	}
	if len(receipt) > 0 {
		return fmt.Errorf("rank 0 could not take %s: %s", filepath.Base(path), receipt)
	}
	return os.Remove(path)
}

// arrival is a part on its way to rank 0.
type arrival struct {
	parcel
	file *os.File
	left int64
	err  error // the rest is thrown away
}

// receive takes in the parts of so many ranks until each has said its last word.
func (r *run) receive(ranks int) {
	coming := map[int]*arrival{}
	for ranks > 0 {
		p, from, err := r.comm.Recv(mpi.AnySource, shipTag)
		if err != nil {
			return
		}
		a := coming[from]
		if a == nil {
			a = &arrival{}
			if json.Unmarshal(p, &a.parcel) != nil || a.Name == "" {
				ranks--
				continue
			}
			a.left = a.Size
			a.file, a.err = os.Create(filepath.Join(r.parts, filepath.Base(a.Name)+".tmp"))
			coming[from] = a
			continue
		}
		if a.left -= int64(len(p)); a.err == nil {
			_, a.err = a.file.Write(p)
		}
		if a.left > 0 {
			continue
		}
		delete(coming, from)
		receipt := ""
		if err := r.accept(a); err != nil {
			receipt = err.Error()
		}
		if r.comm.Send(from, receiptTag, []byte(receipt)) != nil {
			return
		}
	}
}

// accept makes a part of what has come.
func (r *run) accept(a *arrival) error {
	err := a.err
	if a.file == nil {
		return err
	}
	aside := a.file.Name()
	if err == nil {
		err = a.file.Sync()
	}
	if err = errors.Join(err, a.file.Close()); err == nil {
		_, err = result.VerifyPart(aside, r.layout.Basis)
	}
	path := strings.TrimSuffix(aside, ".tmp")
	if err == nil {
		err = os.Rename(aside, path)
	}
	if err != nil {
		return errors.Join(err, remove(aside))
	}
	return errors.Join(syncFolder(r.parts), removeBegun(path))
}
