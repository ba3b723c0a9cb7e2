#!/usr/bin/env bash
# Measures node-steps per second on one core: every case, as a curve over the nodes, as a curve over the horizon, over
# short delays, and two processes beside one. Where a yardstick is (../shared/yardstick, or YARDSTICK=file.cpp), it runs in between, and rates
# are told as ratios to it. Prints tables in Markdown. With arguments, it is "brainsweep bench" with these.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ $# -gt 0 ]]; then
	exec bin/brainsweep bench "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
yardstick=${YARDSTICK:-../shared/yardstick/adex2_floor.cpp}
compiler=${CXX:-g++}

build_yardstick() {
	[[ -f $yardstick ]] && command -v "$compiler" >/dev/null || return 0
	"$compiler" -O3 -march=native -ffast-math -DF32 "$yardstick" -o "$work/single"
	"$compiler" -O3 -march=native -ffast-math "$yardstick" -o "$work/double"
}

# floor PRECISION prints what the yardstick measures, in millions.
floor() { "$work/$1" | sed 's/.*Heun \([^ ]*\) M.*/\1/'; }

field() { sed "s/.*\"$1\":\([0-9.e+-]*\).*/\1/"; }

# bench CASE PRECISION ARGS... prints a case's result as JSON.
bench() { bin/brainsweep bench --threads 1 --json --case "$1" --precision "$2" "${@:3}"; }

# row JSON prints rate and shares as cells.
row() {
	local stage
	awk -v r="$(field node_steps_per_second <<<"$1")" 'BEGIN { printf "%.1f |", r/1e6 }'
	for stage in dynamics coupling noise monitors metrics io; do
		awk -v s="$(field "$stage" <<<"$1")" 'BEGIN { printf " %.0f %% |", 100*s }'
	done
}

# ratio CASE PRECISION prints the median of three ratios, each measured side by side.
ratio() {
	for _ in 1 2 3; do
		local before after rate
		before=$(floor "$2") rate=$(bench "$1" "$2" | field node_steps_per_second) after=$(floor "$2")
		awk -v r="$rate" -v a="$before" -v b="$after" 'BEGIN { printf "%.2f\n", r/1e6/(a > b ? a : b) }'
	done | sort -n | sed -n 2p
}

heading() { printf '\n%s\n\n' "$1"; }

cases() {
	heading '68 nodes, delays at 4 mm/ms, Heun, noise, averages, BOLD, FC: millions of node-steps/s on one core, and shares'
	echo '| case | precision | rate | dynamics | coupling | noise | monitors | metrics | I/O |'
	echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- |'
	local name precision
	for name in adex2 wongwang kuramoto; do
		for precision in single double; do
			echo "| $name | $precision | $(row "$(bench "$name" "$precision")")"
		done
	done
	[[ -x $work/single ]] || return 0
	heading 'ratio to the yardstick, the bare right-hand side of adex2, measured side by side'
	echo '| precision | yardstick | adex2 to it |'
	echo '| --- | --- | --- |'
	for precision in single double; do
		echo "| $precision | $(floor "$precision") | $(ratio adex2 "$precision") |"
	done
}

# curve TITLE FLAG VALUES... of adex2
curve() {
	heading "$1"
	echo '| nodes | edges | horizon [steps] | precision | rate | dynamics | coupling | noise | monitors | metrics | I/O |'
	echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |'
	local value precision json
	for value in "${@:3}"; do
		for precision in single double; do
			json=$(bench adex2 "$precision" "$2" "$value")
			echo "| $(field nodes <<<"$json") | $(field edges <<<"$json") | $(field horizon <<<"$json") | $precision | $(row "$json")"
		done
	done
}

# two runs two processes at once, and one before and after them.
two() {
	heading 'two processes at once, each as a share of one alone (adex2, single)'
	local alone first second
	alone=$(bench adex2 single | field node_steps_per_second)
	bench adex2 single | field node_steps_per_second >"$work/first" &
	second=$(bench adex2 single | field node_steps_per_second)
	wait
	first=$(cat "$work/first")
	awk -v a="$alone" -v b="$first" -v c="$second" 'BEGIN { printf "%.2f and %.2f\n", b/a, c/a }'
}

# short DELAYS... of wongwang in random networks
short() {
	heading 'wongwang, 68 nodes, 28 % of the pairs connected, over delays drawn from a range [steps]'
	echo '| delays [steps] | precision | rate | dynamics | coupling | noise | monitors | metrics | I/O |'
	echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- |'
	local delays precision
	for delays in "$@"; do
		for precision in single double; do
			echo "| $delays | $precision | $(row "$(bench wongwang "$precision" --delays "$delays" --density 0.28)")"
		done
	done
}

build_yardstick
cases
curve 'adex2 over the number of nodes' --nodes 2 5 10 20 40 68 100 200 500 1000 2000
curve 'adex2, 68 nodes, over the horizon: conduction from instantaneous to slow' --speed 1e6 40 16 8 4 2 1 0.5
short 0-0 1-2 3-6 7-14 0-14 0-40 100-500
two
