#!/usr/bin/env bash
# Builds bin/brainsweep with all that is there, and says what it left out and why.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
find_tools

version=unknown
if [[ $(git rev-parse --show-toplevel 2>/dev/null) == "$PWD" ]]; then
	version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
fi
go build -trimpath -tags "$TAGS" -ldflags "-X main.version=$version" -o bin/brainsweep ./cmd/brainsweep
echo "built bin/brainsweep $version: $(go env GOVERSION), $("$CC" -dumpversion | sed "s/^/$(basename "$CC") /"), HDF5 $HDF5${MPI:+, $MPI}${CUDA:+, CUDA $CUDA}"
if [[ -z $MPI ]]; then
	echo "left out: MPI (no mpicc, no pkg-config file \"ompi\"); without it a job is one process that uses all cores"
fi
if [[ -z $CUDA ]]; then
	echo "left out: GPUs (no cuda.h below CUDA_HOME, /usr/local/cuda or /usr; \"make cuda-header\" fetches it on Debian); a job runs on the CPU's cores"
fi
