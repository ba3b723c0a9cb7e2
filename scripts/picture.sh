#!/usr/bin/env bash
# Draws the README's picture: a finer sweep of examples/adex.toml, then examples/picture.py on its result.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
find_tools
allow_any_machine

run=(bin/brainsweep run examples/adex.toml -o build/picture.h5 --force --set record.0.keep=all
	--set sweep.b_e.points=16 --set sweep.coupling.a.from=0 --set sweep.coupling.a.points=15 --set sweep.coupling.a.to=0.42)
[[ -z $MPI ]] || run=(mpirun -n 2 "${run[@]}")
mkdir -p build
"${run[@]}"
/usr/bin/python3 examples/picture.py build/picture.h5 docs/picture.png
