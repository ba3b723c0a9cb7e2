package tvb_test

import (
	"bytes"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/tvb"
)

// Whatever the bytes, reading ends with a connectome that passes its check or with a mistake of the user's.
func FuzzReadZip(f *testing.F) {
	f.Add(archive(f, file{"weights.txt", weights}, file{"tract_lengths.txt", lengths}, file{"centres.txt", centres}))
	f.Add(archive(f, file{"c/weights.csv", "0,1\n1;0\n"}, file{"centres.txt", "A 1 2 3 None\n"}, file{"cortical.txt", "1 0"}))
	f.Add(archive(f, file{"weights.txt.bz2", "BZh9"}, file{"tract.txt.gz", "\x1f\x8b"}, file{"../x", ""}))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := tvb.ReadZip("a.zip", bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("not a mistake of the user's: %v", err)
			}
			return
		}
		if err := c.Check(); err != nil {
			t.Errorf("read, but wrong: %v", err)
		}
	})
}

// The same below the packing, where a fuzzer of zip bytes hardly ever comes.
func FuzzMembers(f *testing.F) {
	f.Add(weights, lengths, centres)
	f.Add("0,1\r\n1,\r\n", "0;1\n;0", "a,b,c\n")
	f.Add("# none\n1", "", "1 2 3\n4 5 6 7")
	f.Add("\ufeff0 nan\ninf 0", "0 -1\n1 0", "A 1 1 1\nA 2 2 2")
	f.Fuzz(func(t *testing.T, w, l, c string) {
		got, err := read(archive(t, file{"weights.txt", w}, file{"tract_lengths.txt", l}, file{"centres.txt", c}))
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("not a mistake of the user's: %v", err)
			}
			return
		}
		if err := got.Check(); err != nil {
			t.Errorf("read, but wrong: %v", err)
		}
	})
}
