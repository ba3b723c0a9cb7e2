#!/usr/bin/env bash
# Checks the sources and runs all tests, every step even when one before it failed.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
find_tools
allow_any_machine

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
gotestsum=gotest.tools/gotestsum@v1.13.0
failed=()

# step NAME COMMAND... runs a command under a headline and remembers whether it failed.
step() {
	printf '\n== %s\n' "$1"
	local began=$SECONDS
	"${@:2}" || failed+=("$1")
	printf '== %d s\n' $((SECONDS - began))
}

formatted() {
	local files
	files=$(gofmt -l .) && [[ -z $files ]] || { echo "run gofmt -w on: $files"; return 1; }
}

# lint looks at the program as it is built alone and with MPI, since each uses parts that the other does not.
lint() {
	if [[ -n $MPI ]]; then
		printf 'alone:\nmpi: -tags=mpi\n' | go run "$staticcheck" -matrix ./...
	else
		go run "$staticcheck" -checks inherit,-U1000 ./...
	fi
}

tests() { go run "$gotestsum" --format pkgname --format-hide-empty-pkg -- -timeout 20m "$@"; }

# Kernels are compiled once for all the runs below.
export BRAINSWEEP_TEST_KERNELS=$PWD/build/test-kernels
rm -rf "$BRAINSWEEP_TEST_KERNELS"
trap 'rm -rf "$BRAINSWEEP_TEST_KERNELS"' EXIT

# concurrent lists the packages with goroutines or locks of their own: what the race detector can tell of.
concurrent() { go list -f '{{.ImportPath}} {{join .Imports " "}} ' ./... | sed -n 's/ .* sync .*//p'; }

# NVRTC compiles kernels for GPUs on any machine. Without it the tests that need it skip, and say so.
[[ -n ${NO_INSTALL-} ]] || timeout 300 scripts/nvrtc.sh || echo "left out: the tests that compile kernels for GPUs"

retry go run "$staticcheck" -version >/dev/null
retry go run "$gotestsum" --version >/dev/null

step 'gofmt' formatted
step 'go vet' go vet ./...
step 'staticcheck' lint
# TestWorld starts real ranks whatever it is built for: the run with MPI has it.
step 'tests with the race detector' tests -race -short -skip '^TestWorld$' $(concurrent)
step 'tests' tests -skip '^TestWorld$' ./...
if [[ -n $MPI ]] && have mpirun; then
	export REQUIRE_MPI=1
	step 'go vet, with MPI' go vet -tags mpi ./...
	# The ranks of all other packages' tests are goroutines, with MPI and without.
	step 'tests, with MPI' tests -tags mpi ./mpi ./cmd/brainsweep
else
	echo "left out: the tests with MPI, because there is no MPI here"
fi

if [[ -n $CUDA ]]; then
	step 'go vet, with CUDA' go vet -tags cuda ./gpu ./cmd/brainsweep
	step 'tests, with CUDA' tests -tags cuda ./gpu
	step 'the program on emulated GPUs' tests -tags cuda -run '^TestEmulatedGPUs$' ./cmd/brainsweep
else
	echo "left out: the tests with CUDA, because there is no cuda.h here"
fi

if [[ ${#failed[@]} -gt 0 ]]; then
	printf '\nfailed:\n'
	printf '  %s\n' "${failed[@]}"
	exit 1
fi
