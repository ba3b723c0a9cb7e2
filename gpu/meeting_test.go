package gpu

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/device"
)

// neighbours has each node read what its neighbours wrote, which may be nodes of another block.
const neighbours = `
struct args { i64 *out; i64 rounds; };
KERNEL(check) {
	SHARED(i64, line, NODES);
	STORED(i64, kept, 1);
	COMMON(i64, rounds, A->rounds);
	EACH(i) AT(kept, 0, i) = i;
	i64 well = 0;
	for (i64 r = 0; r < rounds; r++) {
		EACH_OF(i, NODES) line[i] = TEAM * 1000000 + r * 1000 + AT(kept, 0, i);
		SYNC;
		if (!ANY(i, line[(i + 1) % NODES] != TEAM * 1000000 + r * 1000 + (i + 1) % NODES || line[(i + 7) % NODES] < TEAM * 1000000 + r * 1000)) well++;
		if (ANY(i, i == NODES - 1 && r == 3) != (r == 3)) well = -1000;
	}
	ONCE A->out[TEAM] = well;
}
static void run() { check({{out, all_rounds}, all_teams, &stop}); }
int main() { return launch(BLOCKS, LOCAL); }
`

// TestBlocksMeet runs a team of several blocks, and two of them at a time, with a thread of this host for each of the
// GPU's, under the thread sanitizer: blocks meet so that each sees what the others wrote, and nobody writes what another
// still reads. Where they do not wait for each other, the test notices.
func TestBlocksMeet(t *testing.T) {
	threads, err := os.ReadFile("testdata/threads.cc")
	if err != nil {
		t.Fatal(err)
	}
	u, err := newUnit(device.Source{Name: "check", Text: neighbours, Precision: 64, Nodes: 11}, Options{Blocks: 3})
	if err != nil {
		t.Fatal(err)
	}
	text := u.text
	for _, change := range [][2]string{
		{`asm volatile("barrier.sync 0;" ::: "memory")`, "emulated_barrier()"},
		{"enum { HELD = 1, LOCAL", "enum { HELD = BLOCKS * TEAMS, LOCAL"},
		{"while (*(volatile u32 *)&ours.number == number)", "while (__atomic_load_n(&ours.number, __ATOMIC_ACQUIRE) == number)"},
		{"const u32 number = *(volatile u32 *)&ours.number;", "const u32 number = __atomic_load_n(&ours.number, __ATOMIC_ACQUIRE);"},
		{"ours.present = 0;", "__atomic_store_n(&ours.present, 0, __ATOMIC_RELAXED);"},
		{"if (hit) team.of_call[call] = 1;", "if (hit) __atomic_store_n(&team.of_call[call], 1, __ATOMIC_RELAXED);"}, // all write the same
	} {
		if strings.Count(text, change[0]) != 1 {
			t.Fatalf("the prelude does not have %q once", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	if said, err := underSanitizer(t, string(threads)+text); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
	alone := strings.Replace(text, "== number) __nanosleep(20);", "== number) break;", 1)
	// Whether the sanitizer sees it first or the sums do, depends on which thread is quicker.
	said, err := underSanitizer(t, string(threads)+alone)
	if err == nil || !strings.Contains(said, "data race") && !strings.Contains(said, "rounds that went well") {
		t.Errorf("blocks that do not wait for each other are not noticed: %v\n%s", err, said)
	}
}

// underSanitizer compiles and runs a program. The sanitizer ends it at the first race.
func underSanitizer(t *testing.T, text string) (said string, err error) {
	t.Helper()
	folder := t.TempDir()
	source, program := filepath.Join(folder, "check.cc"), filepath.Join(folder, "check")
	if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("c++", "-std=c++17", "-O1", "-w", "-fsanitize=thread", "-pthread", "-o", program, source).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) || strings.Contains(string(out), "libtsan") {
		t.Skipf("there is no C++ compiler with a thread sanitizer: %v %s", err, out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// Older sanitizers do not bear all addresses that newer Linux draws.
	words := []string{program}
	if fixed, err := exec.LookPath("setarch"); err == nil {
		words = []string{fixed, "--addr-no-randomize", program}
	}
	command := exec.Command(words[0], words[1:]...)
	command.Env = append(os.Environ(), "TSAN_OPTIONS=halt_on_error=1 exitcode=66")
	out, err = command.CombinedOutput()
	return string(out), err
}
