#!/usr/bin/env bash
# Runs the example sweep on two processes, or on one where there is no MPI.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
find_tools
allow_any_machine

run=(bin/brainsweep run examples/adex.toml -o demo.h5)
if [[ -n $MPI ]] && have mpirun; then
	run=(mpirun -n 2 "${run[@]}")
fi
echo "${run[*]}"
"${run[@]}" --force
