package mpi_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// trial is a role played by ranks that mpirun starts; see roles.
type trial struct {
	role  string
	ranks int
	code  int    // that reaches the shell; any but 0 where negative
	says  string // must stand in the output
}

func TestWorld(t *testing.T) {
	binary := rankBinary(t)
	trials := []trial{
		{"conformance", 1, 0, "cases hold for 1 ranks"},
		{"conformance", 2, 0, "cases hold for 2 ranks"},
		{"conformance", 3, 0, "cases hold for 3 ranks"},
		{"conformance", 4, 0, "cases hold for 4 ranks"},
		{"small pieces", 3, 0, "cases hold for 3 ranks"},
		{"large", 2, 0, "64 MiB each way"},
		{"claim", 3, 0, "items for 2 other ranks"},
		{"wait", 2, 0, "used the processor for"},
		{"library error", 2, 0, "returned"},
		{"exit", 3, 4, ""},
		{"abort", 3, 3, ""},
		{"panic", 3, -1, "panic: lost"},
		{"nil", 2, -1, "panic: runtime error: invalid memory address"},
		{"panic beside", 2, -1, "panic: lost"},
		{"lone exit", 3, 7, ""},
	}
	for _, tt := range trials {
		t.Run(fmt.Sprintf("%s, %d ranks", tt.role, tt.ranks), func(t *testing.T) {
			t.Parallel()
			tt.run(t, binary)
		})
	}
}

// run holds a trial to its exit code and its words, within a time that no healthy one needs.
func (tt trial) run(t *testing.T, binary string) {
	const limit = "300" // [s]
	args := append([]string{"-k", "5", limit, "mpirun"}, mpirunFlags()...)
	cmd := exec.Command("timeout", append(args, "-n", fmt.Sprint(tt.ranks), binary)...)
	cmd.Env = append(os.Environ(), "RANK_ROLE="+tt.role)
	cmd.WaitDelay = 10 * time.Second
	start := time.Now()
	out, err := cmd.CombinedOutput()
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if code == 124 || code == 137 {
		t.Fatalf("stuck after %v:\n%s", time.Since(start), out)
	}
	if tt.code >= 0 && code != tt.code || tt.code < 0 && code == 0 {
		t.Errorf("exit code %d, want %d (-1: any but 0):\n%s", code, tt.code, out)
	}
	if !strings.Contains(string(out), tt.says) {
		t.Errorf("%q is not said:\n%s", tt.says, out)
	}
	if code == 0 {
		t.Logf("%s", out)
	}
}

// rankBinary builds this package's tests with MPI.
func rankBinary(t *testing.T) string {
	for _, tool := range []string{"mpirun", "timeout", "pkg-config"} {
		if _, err := exec.LookPath(tool); err != nil {
			skip(t, tool+" is not installed")
		}
	}
	if out, err := exec.Command("pkg-config", "--exists", "--print-errors", "ompi").CombinedOutput(); err != nil {
		skip(t, "no MPI library to build with: "+strings.TrimSpace(string(out)))
	}
	binary := filepath.Join(t.TempDir(), "ranks")
	if out, err := exec.Command("go", "test", "-c", "-tags", "mpi", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go test -c -tags mpi: %v\n%s", err, out)
	}
	return binary
}

// skip says what is missing; REQUIRE_MPI=1 makes it a failure.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("REQUIRE_MPI") == "1" {
		t.Fatal(why + ", and REQUIRE_MPI=1")
	}
	t.Skip(why + ": real MPI is not tested")
}

// mpirunFlags let Open MPI start more ranks than there are cores, and as root; others do so by themselves.
func mpirunFlags() []string {
	out, _ := exec.Command("mpirun", "--version").CombinedOutput()
	if !strings.Contains(string(out), "Open MPI") && !strings.Contains(string(out), "OpenRTE") {
		return nil
	}
	flags := []string{"--oversubscribe", "--bind-to", "none"}
	if os.Geteuid() == 0 {
		flags = append(flags, "--allow-run-as-root")
	}
	return flags
}
