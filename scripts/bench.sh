#!/usr/bin/env bash
# Measures node-steps per second on one core, and prints the tables of docs/performance.md in Markdown, under the headings
# they have there: every case, their ratios to a yardstick, two processes beside one, kuramoto's limit, a curve over the
# nodes, one over the horizon, and one over short delays. The yardstick is ../shared/yardstick/adex2_floor.cpp, or
# YARDSTICK=file.cpp; where there is none, its ratios are left out. With arguments, this is "brainsweep bench" with these.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ $# -gt 0 ]]; then
	exec bin/brainsweep bench "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
yardstick=${YARDSTICK:-../shared/yardstick/adex2_floor.cpp}
compiler=${CXX:-g++}
began=$SECONDS

# told says how far this is, beside the tables.
told() { printf '%4d s  %s\n' $((SECONDS - began)) "$1" >&2; }

heading() {
	told "$1"
	printf '\n## %s\n\n' "$1"
}

# bench CASE PRECISION ARGS... prints a case's result as JSON.
bench() { bin/brainsweep bench --threads 1 --json --case "$1" --precision "$2" "${@:3}"; }

# field NAME reads a number from JSON.
field() { sed "s/.*\"$1\":\([0-9.e+-]*\).*/\1/"; }

# rate JSON is in millions of node-steps per second.
rate() { field node_steps_per_second <<<"$1" | awk '{ printf $1 < 99.95e6 ? "%.1fe6" : "%.0fe6", $1/1e6 }'; }

# share STAGE JSON
share() { field "$1" <<<"$2" | awk '{ printf "%.0f %%", 100*$1 }'; }

today() {
	heading 'Today'
	echo '| case | precision | node-steps/s | dynamics | coupling | noise | monitors | metrics | I/O |'
	echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- |'
	local name precision json stage
	for name in adex2 wongwang kuramoto; do
		for precision in single double; do
			json=$(bench "$name" "$precision")
			printf '| %s | %s | %s |' "$name" "$precision" "$(rate "$json")"
			for stage in dynamics coupling noise monitors metrics io; do printf ' %s |' "$(share "$stage" "$json")"; done
			echo
		done
	done
}

# floor PRECISION is what the yardstick reaches, in millions.
floor() { "$work/$1" | sed 's/.*Heun \([^ ]*\) M.*/\1/'; }

# ratios: the yardstick before and after adex2 three times, the better of each two, and the median of the ratios.
ratios() {
	heading 'To the yardstick'
	if [[ ! -f $yardstick ]] || ! command -v "$compiler" >/dev/null; then
		echo "There is no yardstick $yardstick, or no compiler $compiler: ratios are left out."
		return
	fi
	"$compiler" -O3 -march=native -ffast-math -DF32 "$yardstick" -o "$work/single"
	"$compiler" -O3 -march=native -ffast-math "$yardstick" -o "$work/double"
	echo '| precision | yardstick | adex2 | ratio |'
	echo '| --- | --- | --- | --- |'
	local precision before json after
	for precision in single double; do
		for _ in 1 2 3; do
			before=$(floor "$precision") json=$(bench adex2 "$precision") after=$(floor "$precision")
			awk -v r="$(field node_steps_per_second <<<"$json")" -v a="$before" -v b="$after" \
				'BEGIN { y = a > b ? a : b; printf "%.3f %.1f %.1f\n", r/1e6/y, y, r/1e6 }'
		done | sort -n | sed -n 2p | awk -v p="$precision" '{ printf "| %s | %.1fe6 | %.1fe6 | %.2f |\n", p, $2, $3, $1 }'
	done
}

# two: each of two processes at once, as a share of the mean of one alone before and after; in wall clock, too.
two() {
	heading 'Two processes on two cores'
	if [[ $(nproc) -lt 2 ]]; then
		echo 'There is one core.'
		return
	fi
	local alone again first second began one both
	bench adex2 single >/dev/null # compiles
	began=$(date +%s%N) alone=$(bench adex2 single | field node_steps_per_second) one=$(($(date +%s%N) - began))
	began=$(date +%s%N)
	bench adex2 single | field node_steps_per_second >"$work/first" &
	second=$(bench adex2 single | field node_steps_per_second)
	wait
	both=$(($(date +%s%N) - began)) first=$(cat "$work/first") again=$(bench adex2 single | field node_steps_per_second)
	echo '| of one alone | first | second | wall clock of one, of both [s] |'
	echo '| --- | --- | --- | --- |'
	awk -v a="$alone" -v z="$again" -v b="$first" -v c="$second" -v o="$one" -v t="$both" \
		'BEGIN { m = (a + z)/2; printf "| adex2, single | %.2f | %.2f | %.1f, %.1f |\n", b/m, c/m, o/1e9, t/1e9 }'
}

# limit runs BenchmarkKuramoto, whose lines are pairs of a number and its name.
limit() {
	heading "Kuramoto's limit"
	if ! command -v go >/dev/null; then
		echo 'There is no go.'
		return
	fi
	go test ./sim -run '^$' -bench Kuramoto -benchtime 30x >"$work/limit" || { cat "$work/limit"; return; }
	echo '| part [ns a node-step] | single | double |'
	echo '| --- | --- | --- |'
	awk '/^BenchmarkKuramoto/ {
		split($1, name, /[\/-]/)
		for (k = 3; k < NF; k += 2) of[name[2], $(k + 1)] = $k
	}
	function row(title, key, form) { printf "| %s | " form " | " form " |\n", title, of["single", key], of["double", key] }
	END {
		row("sine and cosine, once", "sine-ns", "%.2f")
		row("a normal draw", "draw-ns", "%.2f")
		row("delayed reads, 16 steps at a time", "reads-ns", "%.2f")
		row("two rings to store", "stores-ns", "%.2f")
		row("the limit: their sum", "limit-ns", "%.2f")
		row("a node-step with delays and noise, without recording", "whole-ns", "%.2f")
		row("the limit over it", "reached", "%.2f")
	}' "$work/limit"
}

nodes() {
	heading 'Over the number of nodes'
	echo '| nodes | pairs | single | double | coupling (single) | metrics (single) |'
	echo '| --- | --- | --- | --- | --- | --- |'
	local n single double
	for n in 2 5 10 20 40 68 100 200 500 1000 2000; do
		single=$(bench adex2 single --nodes "$n") double=$(bench adex2 double --nodes "$n")
		echo "| $n | $(field edges <<<"$single") | $(rate "$single") | $(rate "$double") | $(share coupling "$single") | $(share metrics "$single") |"
	done
}

horizon() {
	heading 'Over the horizon'
	echo '| longest delay [steps] | single | double | coupling (single) |'
	echo '| --- | --- | --- | --- |'
	local speed single double
	for speed in 1e6 40 16 8 4 2 1 0.5; do
		single=$(bench adex2 single --speed "$speed") double=$(bench adex2 double --speed "$speed")
		echo "| $(field horizon <<<"$single") | $(rate "$single") | $(rate "$double") | $(share coupling "$single") |"
	done
}

short() {
	heading 'Short delays'
	echo '| delays [steps] | single | double |'
	echo '| --- | --- | --- |'
	local delays
	for delays in 0-0 1-2 3-6 7-14 0-14 0-40 100-500; do
		echo "| ${delays/-/ to } | $(rate "$(bench wongwang single --delays "$delays" --density 0.28)") | $(rate "$(bench wongwang double --delays "$delays" --density 0.28)") |"
	done
}

lscpu 2>/dev/null | sed -n 's/^Model name: */Processor: /p'
today
ratios
two
limit
nodes
horizon
short
told 'done'
