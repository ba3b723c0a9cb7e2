#!/usr/bin/env bash
# Collects in build/gpu-check all that checks a GPU: the binaries, the libraries and files that they read, results that a
# CPU computed, and this script. There is nothing to be built where they run: carry the folder, or the archive
# build/gpu-check.tar.gz that holds it, to a machine with a GPU and a driver, and run its gpu-check.sh, which does
# everything, or the steps that it is given:
#
#   gpu-check.sh [doctor] [start] [bench] [conformance] [tests] [results] [bytes] [more] [sanitizer] [counters]
#
# With a GPU in this machine it runs at once. What it finds is in gpu-check.md, written anew after every step, so that it
# holds what there is when time runs out; what the steps say is in logs. These variables change how it runs:
#
#   GPU_CHECK_OUT       the folder for gpu-check.md and logs; the script's own when not set
#   GPU_CHECK_SECONDS   after which no step begins, and the last is ended; 550 when not set
set -uo pipefail

# ---- Collecting ----

collect() {
	. scripts/env.sh
	find_tools
	if [[ -z $CUDA ]]; then
		echo "CUDA's header cuda.h is needed to build this (on Debian and Ubuntu: make cuda-header)" >&2
		exit 2
	fi
	set -e
	local to=build/gpu-check
	rm -rf "$to"
	mkdir -p "$to"/{gpu,sim,jobs}
	# The programs find what they need beside them. LD_LIBRARY_PATH would give it to the machine's own tools, too.
	local flags="-s -w -X main.version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)"
	flags+=" -extldflags '-Wl,-rpath,\$ORIGIN/lib:\$ORIGIN/../lib,--disable-new-dtags'"
	go build -trimpath -ldflags "$flags" -tags cuda -o "$to/brainsweep" ./cmd/brainsweep
	go test -c -trimpath -ldflags "$flags" -tags cuda -o "$to/gpu/gpu.test" ./gpu
	go test -c -trimpath -ldflags "$flags" -tags cuda -o "$to/sim/sim.test" ./sim
	cp -r sim/testdata "$to/sim/"
	cp -r gpu/testdata "$to/gpu/"
	cp scripts/gpu-check.sh "$to/"
	carry_libraries "$to" brainsweep sim/sim.test gpu/gpu.test
	[[ ! -e .tools/nvrtc ]] || cp -r .tools/nvrtc "$to/"
	compute_results "$to"
	tar -C build -czf build/gpu-check.tar.gz gpu-check
	set +e
}

# carry_libraries FOLDER PROGRAM... copies the shared libraries that programs need and a bare machine lacks: all but the
# C library.
carry_libraries() {
	local library
	mkdir -p "$1/lib"
	(cd "$1" && ldd "${@:2}") | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
		case ${library##*/} in
		libc.so* | libm.so* | libdl.so* | librt.so* | libpthread.so* | libresolv.so* | ld-linux*) ;;
		*) cp -L "$library" "$1/lib/" ;;
		esac
	done
}

# compute_results FOLDER lets this machine's CPU simulate what the GPU is compared with.
compute_results() {
	local precision
	for precision in single double; do
		job "$precision" >"$1/jobs/$precision.toml"
		"$1/brainsweep" run "$1/jobs/$precision.toml" -o "$1/jobs/$precision.h5" --device cpu >"$1/jobs/$precision.log" 2>&1 ||
			{ cat "$1/jobs/$precision.log" >&2 && return 1; }
		rm -rf "$1/jobs/$precision.log" "$1/jobs/$precision.h5.logs"
	done
}

# job PRECISION prints the job that is compared: everything on.
job() {
	cat <<-END
		model  = "adex2"
		preset = "paper"
		[connectome]
		source = "synthetic:68"
		[coupling]
		a = 0.3
		[run]
		duration  = "2 s"
		precision = "$1"
		[sweep]
		b_e = [0, 20, 40, 60]
		"connectome.speed" = [2, 4]
		[[record]]
		monitor = "average"
		of      = ["E", "I"]
		period  = "10 ms"
		[[record]]
		monitor = "bold"
		period  = "0.5 s"
		[metrics]
		of  = ["E"]
		use = ["rate", "fc"]
	END
}

# ---- Checking ----

# left is how many seconds there are.
left() { echo $((${GPU_CHECK_SECONDS:-550} - SECONDS)); }

# step NAME SECONDS COMMAND... runs a command for so long at most, keeps what it says in logs/NAME.log and shows the end
# of it. It fails by itself: whatever follows runs all the same.
step() {
	local name=$1 limit=$2 began=$SECONDS code=0 said
	shift 2
	if ((limit > $(left))); then limit=$(left); fi
	if ((limit < 5)); then
		row "$name" 'left out: no time' 0
		return
	fi
	printf '\n== %s\n' "$name"
	timeout -k 10 "$limit" "$@" >"$logs/$name.log" 2>&1 || code=$?
	tail -n 25 "$logs/$name.log"
	case $code in
	0)
		said=passed
		grep -q '^--- SKIP' "$logs/$name.log" && said+=", left out: $(sed -n 's/^--- SKIP: \(\w*\).*/\1/p' "$logs/$name.log" | paste -sd ' ')"
		;;
	124 | 137) said="**ended after $limit s**" ;;
	*) said="**failed** (exit code $code): $(complaint "$logs/$name.log")" ;;
	esac
	row "$name" "$said" $((SECONDS - began))
	return "$code"
}

# complaint FILE prints what went wrong, in a few words that a table takes.
complaint() {
	{ grep -E -m 1 -- '^ *--- FAIL|panic:|_test.go:.*want' "$1" || tail -n 1 "$1"; } | tr '|`' '/ ' | cut -c 1-200
}

# row STEP SAID SECONDS adds to the table of steps, and writes the page.
row() {
	printf '| %s | %s | %s |\n' "$@" >>"$out/steps"
	[[ $2 == passed* || $2 == 'left out'* ]] || touch "$out/failed"
	write_page
}

# show HEADLINE FILE adds what a step said to the page.
show() {
	[[ -s $2 ]] || return 0
	{
		printf '\n## %s\n\n```\n' "$1"
		cut -c 1-240 "$2" | grep -v '^$'
		printf '```\n'
	} >>"$out/sections"
	write_page
}

write_page() {
	{
		cat "$out/head" 2>/dev/null
		printf '\n## Steps\n\n| step | what came out | s |\n| --- | --- | --- |\n'
		cat "$out/steps" 2>/dev/null
		if [[ -s $out/goals ]]; then
			printf '\n## Goals\n\n| what | goal | measured |\n| --- | --- | --- |\n'
			cat "$out/goals"
		fi
		cat "$out/sections" 2>/dev/null
	} >"$out/gpu-check.$BASHPID"
	mv "$out/gpu-check.$BASHPID" "$out/gpu-check.md"
}

head_of_page() {
	local device
	device=$(nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader 2>/dev/null | head -n 1)
	printf '# A GPU, checked\n\n%s; GPU, driver, memory and clock: %s. %s.\n' "$(date -u '+%F %H:%M UTC')" "${device:-unknown (nvidia-smi is not here)}" "$("$bs" version 2>&1 | head -n 1)"
}

# goal WHAT GOAL MEASURED
goal() {
	printf '| %s | %s | %s |\n' "$@" >>"$out/goals"
	write_page
}

# wanted NAME tells whether a step is to run: any is when none was named.
wanted() { [[ ${#steps[@]} -eq 0 || " ${steps[*]} " == *" $1 "* ]]; }

# in_folder FOLDER COMMAND... stands before a step's command.
in_folder=(bash -c 'cd "$0" && exec "$@"')

reference='AgreesWithTVB|EveryReference|Order|OrnsteinAndUhlenbeck|DelayLine|DelaysOf|SinglePrecision|KernelComputes|Moments|Colour|FaultHas|NodesDrive|Balloon|PapersBrain'
same='NothingShows|Epochs|WasCut|SamplesAreRead|HoweverItRuns|InPieces'

# start: from nothing to a result, with and without compiled kernels.
start() {
	local cold warm before
	sed 's/"2 s"/"100 ms"/; s/^b_e.*/b_e = [0, 20]/; /^"connectome.speed"/d; s/"0.5 s"/"0.1 s"/' jobs/single.toml >"$out/start.toml"
	before=$(now)
	step start-cold 60 "$bs" run "$out/start.toml" -o "$out/start-cold.h5" --force --device cuda || return
	cold=$(since "$before") before=$(now)
	step start-warm 60 "$bs" run "$out/start.toml" -o "$out/start-warm.h5" --force --device cuda || return
	warm=$(since "$before")
	rm -rf "$out"/start*
	goal 'start-up with a warm cache: driver, kernel, two points of 100 ms, result' '< 2 s' "$warm s ($cold s with a cold one)"
}

now() { date +%s%N; }
since() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.2f", (to - from) / 1e9 }'; }

# rate FILE PRECISION POINTS prints the rate that bench --json told.
rate() {
	sed -n "/\"precision\":\"$2\".*\"points\":$3,/s/.*\"node_steps_per_second\":\([0-9.e+]*\).*/\1/p" "$1" 2>/dev/null | tail -n 1
}

# over A B FORMAT prints A / B, "?" without one of them.
over() { awk -v a="${1:-0}" -v b="${2:-0}" -v form="$3" 'BEGIN { if (a > 0 && b > 0) printf form, a / b; else printf "?" }'; }

bench_headline() {
	step bench-adex2 200 "$bs" bench --device cuda --case adex2 --points 256,1024,8192 --json
	local log=$logs/bench-adex2.log many few double
	many=$(rate "$log" single 8192) few=$(rate "$log" single 256) double=$(rate "$log" double 8192)
	goal 'adex2, 68 nodes, Heun, single, everything on, 8192 points [node-steps/s]' '1e10 (H200)' "${many:-?}"
	goal 'the same with 256 points, of that' 'half' "$(over "$few" "$many" %.2f)"
	goal 'single over double, 8192 points' '< 2.5' "$(over "$many" "$double" %.2f)"
	show 'adex2 (JSON: node-steps/s, shares of the stages)' "$log"
}

# tests run side by side: what they wait for is the compiler.
tests() {
	local seconds=260 pids=() pid
	export BRAINSWEEP_TEST_KERNELS=$cache/tests
	step tests-reference $seconds "${in_folder[@]}" sim ./sim.test -test.v -test.run "$reference" >"$logs/1" 2>&1 & pids+=($!)
	step tests-same-bytes $seconds "${in_folder[@]}" sim ./sim.test -test.v -test.run "$same" >"$logs/2" 2>&1 & pids+=($!)
	BRAINSWEEP_BLOCKS=2 step tests-two-blocks-a-point $seconds "${in_folder[@]}" sim ./sim.test -test.v -test.run "$reference|$same" >"$logs/3" 2>&1 & pids+=($!)
	step tests-shapes $seconds "${in_folder[@]}" gpu ./gpu.test -test.v -test.run '^TestShapes$' >"$logs/4" 2>&1 & pids+=($!)
	for pid in "${pids[@]}"; do wait "$pid"; done
	cat "$logs"/[1-4]
	rm -f "$logs"/[1-4]
	unset BRAINSWEEP_TEST_KERNELS
}

# own_compiler does the important things again with the NVRTC of the machine, where one was carried.
own_compiler() {
	[[ -n $carried ]] || return 0
	local say='the machine has no NVRTC of its own'
	if ! BRAINSWEEP_NVRTC='' "$bs" doctor 2>/dev/null | grep -q 'a kernel ran.*NVRTC\|NVRTC.*a kernel ran'; then
		row own-nvrtc "left out: $say" 0
		return
	fi
	BRAINSWEEP_NVRTC='' step own-nvrtc-conformance 60 "${in_folder[@]}" gpu ./gpu.test -test.v -test.run '^TestDevice$'
	BRAINSWEEP_NVRTC='' step own-nvrtc-kernels 90 "${in_folder[@]}" gpu ./gpu.test -test.v -test.run '^Test(LibraryCompiles|EveryKind|Noises|Networks)'
	BRAINSWEEP_NVRTC='' step own-nvrtc-bench 60 "$bs" bench --device cuda --case adex2 --points 8192
	show "adex2 with the machine's own NVRTC" "$logs/own-nvrtc-bench.log"
}

# results: points of a result that a CPU computed, again on the GPU.
results() {
	local precision
	for precision in double single; do
		step "results-$precision" 90 "$bs" verify "jobs/$precision.h5" --sample 4 --device cuda
		show "A CPU's result in $precision precision, computed again" "$logs/results-$precision.log"
	done
}

# bytes: a result is the same to the byte, whatever the batch, the epoch and the points of a block, as its points are when
# they are computed again in one batch.
bytes() {
	local kind
	for kind in 'whole' 'batches --batch 3 --set device.epoch=160' 'points --set device.points=1'; do
		set -- $kind
		rm -rf "$out/bytes.h5"*
		step "bytes-$1" 90 bash -c '"$1" run jobs/single.toml -o "$0" --device cuda "${@:2}" && "$1" verify "$0" --sample 8 --device cuda | tee /dev/stderr | grep -q "equal to the byte"' \
			"$out/bytes.h5" "$bs" "${@:2}"
	done
	rm -rf "$out/bytes.h5"*
}

more_bench() {
	step bench-all 120 "$bs" bench --device cuda --points 4096
	show 'All cases' "$logs/bench-all.log"
	local wish
	for wish in points=1 points=2 points=3 points=4 blocks=2; do
		step "bench-$wish" 40 "$bs" bench --device cuda --case adex2 --precision single --points 8192 --set "device.$wish"
		show "adex2 with device.$wish" "$logs/bench-$wish.log"
	done
	step bench-large 90 "$bs" bench --device cuda --case kuramoto --precision single --nodes 500,2000 --points 1,64
	show 'Large networks' "$logs/bench-large.log"
}

# tool NAME finds a program of CUDA's, which is often installed beside the search path.
tool() {
	local found
	for found in "$(command -v "$1")" "${CUDA_HOME:-/usr/local/cuda}/bin/$1" /usr/local/cuda*/bin/"$1" /opt/nvidia/nsight-compute/*/"$1"; do
		if [[ -n $found && -x $found ]]; then
			echo "$found"
			return
		fi
	done
	return 1
}

# sanitizer looks for bad addresses, races and barriers in one short run, in both shapes.
sanitizer() {
	local program what blocks
	if ! program=$(tool compute-sanitizer); then
		row compute-sanitizer 'left out: compute-sanitizer is not here' 0
		return
	fi
	for blocks in 0 2; do
		for what in memcheck racecheck synccheck; do
			BRAINSWEEP_BLOCKS=$blocks step "$what-$blocks-blocks" 90 "${in_folder[@]}" sim "$program" --tool "$what" --error-exitcode 1 ./sim.test -test.run '^TestDelayLine$'
		done
	done
}

# counters asks the hardware what limits one launch of adex2.
counters() {
	local program
	if ! program=$(tool ncu); then
		row counters 'left out: ncu is not here' 0
		return
	fi
	# It ends the program after the launch, which then has an exit code of its own.
	step counters 120 bash -c '"$@"; grep -q Throughput "$0"' "$logs/counters.log" "$program" --clock-control none -k simulate --launch-skip 4 --launch-count 1 --kill yes \
		--section SpeedOfLight --section LaunchStats --section Occupancy --section WarpStateStats --section SchedulerStats --section MemoryWorkloadAnalysis \
		"$bs" bench --device cuda --case adex2 --precision single --points 2640
	show 'What limits adex2 (ncu)' "$logs/counters.log"
}

check() {
	# Whatever is found is about this GPU: nothing may be left out for want of one.
	export REQUIRE_GPU=1 BRAINSWEEP_DEVICE=cuda XDG_CACHE_HOME=$cache
	carried=''
	if [[ -z ${BRAINSWEEP_NVRTC-} && -e nvrtc ]]; then
		carried=1
		export BRAINSWEEP_NVRTC=$PWD/nvrtc
	fi
	if ! "$bs" version >/dev/null 2>&1; then
		row brainsweep "**failed**: it does not start here: $("$bs" version 2>&1 | tail -n 1)" 0
	fi
	if wanted doctor; then
		step doctor 60 "$bs" doctor
		show doctor "$logs/doctor.log"
	fi
	! wanted start || start
	! wanted bench || bench_headline
	! wanted conformance || step conformance 120 "${in_folder[@]}" gpu ./gpu.test -test.v -test.run '^Test(Device|Reads)$'
	! wanted tests || tests
	! wanted results || results
	! wanted bytes || bytes
	! wanted more || { own_compiler && more_bench; }
	! wanted sanitizer || sanitizer
	! wanted counters || counters
	printf '\n%s\n' "$out/gpu-check.md"
	[[ ! -e $out/failed ]]
}

steps=("$@")
cd "$(dirname "$0")"
if [[ ! -e gpu/gpu.test ]]; then
	cd ..
	collect
	if [[ -z ${BRAINSWEEP_LIBCUDA-} ]] && ! ldconfig -p | grep -q 'libcuda\.so\.1' && ! command -v nvidia-smi >/dev/null; then
		echo "build/gpu-check and build/gpu-check.tar.gz ($(du -h build/gpu-check.tar.gz | cut -f1)) are ready; this machine has no NVIDIA driver: carry it to one that has, and run its gpu-check.sh"
		exit 0
	fi
	cd build/gpu-check
fi
bs=$PWD/brainsweep out=${GPU_CHECK_OUT:-$PWD} cache=$PWD/cache
mkdir -p "$out/logs" "$cache/tests" && out=$(cd "$out" && pwd) || exit 2
logs=$out/logs
SECONDS=0
rm -f "$out"/{head,steps,goals,sections,failed}
head_of_page >"$out/head"
check
