#!/usr/bin/env bash
# Writes a cohort of made up people and runs the example job over it, on two processes where there is MPI.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
find_tools
allow_any_machine

[[ -d people ]] || bin/brainsweep cohort make people --subjects 8 --nodes 68,76
bin/brainsweep check examples/cohort.toml
run=(bin/brainsweep run examples/cohort.toml -o cohort.h5)
if [[ -n $MPI ]] && have mpirun; then
	run=(mpirun -n 2 "${run[@]}")
fi
echo "${run[*]}"
"${run[@]}" --force
