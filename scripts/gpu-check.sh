#!/usr/bin/env bash
# Collects in build/gpu-check all that checks a GPU: the binaries, the libraries and files that they read, and this script.
# There is nothing to be built where they run: carry the folder, or the archive build/gpu-check.tar.gz that holds it, to a
# machine with a GPU and a driver, and run its gpu-check.sh, which does everything, or the steps that it is given, a few
# minutes each:
#
#   gpu-check.sh [conformance] [shapes] [reference] [bytes] [sanitizer] [doctor] [bench]
#
# With a GPU in this machine it runs at once. What it says goes to gpu-check.log beside it, too.
set -uo pipefail

collect() {
	. scripts/env.sh
	find_tools
	if [[ -z $CUDA ]]; then
		echo "CUDA's header cuda.h is needed to build this (on Debian and Ubuntu: make cuda-header)" >&2
		exit 2
	fi
	set -e
	rm -rf build/gpu-check
	mkdir -p build/gpu-check/{gpu,sim,examples}
	# The programs find what they need beside them. LD_LIBRARY_PATH would give it to the machine's own tools, too.
	local flags="-s -w -extldflags '-Wl,-rpath,\$ORIGIN/lib:\$ORIGIN/../lib,--disable-new-dtags'"
	go build -trimpath -ldflags "$flags" -tags cuda -o build/gpu-check/brainsweep ./cmd/brainsweep
	go test -c -trimpath -ldflags "$flags" -tags cuda -o build/gpu-check/gpu/gpu.test ./gpu
	go test -c -trimpath -ldflags "$flags" -tags cuda -o build/gpu-check/sim/sim.test ./sim
	cp -r sim/testdata build/gpu-check/sim/
	cp -r gpu/testdata build/gpu-check/gpu/
	cp examples/*.toml build/gpu-check/examples/
	cp scripts/gpu-check.sh build/gpu-check/
	carry_libraries build/gpu-check/brainsweep build/gpu-check/sim/sim.test build/gpu-check/gpu/gpu.test
	[[ ! -e .tools/nvrtc ]] || cp -r .tools/nvrtc build/gpu-check/
	tar -C build -czf build/gpu-check.tar.gz gpu-check
	set +e
}

# carry_libraries PROGRAM... copies the shared libraries that programs need and a bare machine lacks: all but the C library.
carry_libraries() {
	local library
	mkdir -p build/gpu-check/lib
	ldd "$@" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u | while read -r library; do
		case ${library##*/} in
		libc.so* | libm.so* | libdl.so* | librt.so* | libpthread.so* | libresolv.so* | ld-linux*) ;;
		*) cp -L "$library" build/gpu-check/lib/ ;;
		esac
	done
}

failed=()

# step NAME COMMAND... runs a command under a headline, for ten minutes at most, and remembers whether it failed.
step() {
	local began=$SECONDS
	printf '\n== %s\n' "$1"
	"${@:2}" || failed+=("$1")
	printf '== %d s\n' $((SECONDS - began))
}

in_folder() { (cd "$1" && timeout 600 "${@:2}"); }

# wanted NAME tells whether a step is to run: any is when none was named.
wanted() { [[ ${#steps[@]} -eq 0 || " ${steps[*]} " == *" $1 "* ]]; }

# sim PATTERN runs tests of the simulation on the GPU.
sim() { in_folder sim ./sim.test -test.v -test.run "$1"; }

reference='AgreesWithTVB|EveryReference|Order|OrnsteinAndUhlenbeck|DelayLine|DelaysOf|SinglePrecision|KernelComputes|Moments|Colour|FaultHas|NodesDrive|Balloon|PapersBrain'
bytes='NothingShows|Epochs|WasCut|SamplesAreRead|HoweverItRuns|InPieces'

# sanitize looks for bad addresses, races and barriers in one short run, in both shapes.
sanitize() {
	# CUDA's tools are often installed beside the search path.
	PATH=$PATH:${CUDA_HOME:-/usr/local/cuda}/bin
	if ! command -v compute-sanitizer >/dev/null; then
		echo "left out: compute-sanitizer is not here"
		return
	fi
	local tool blocks
	for blocks in 0 2; do
		for tool in memcheck racecheck synccheck; do
			step "compute-sanitizer $tool, BRAINSWEEP_BLOCKS=$blocks" env BRAINSWEEP_BLOCKS=$blocks bash -c \
				"cd sim && timeout 300 compute-sanitizer --tool $tool --error-exitcode 1 ./sim.test -test.run '^TestDelayLine\$'"
		done
	done
}

check() {
	export REQUIRE_GPU=1 BRAINSWEEP_DEVICE=cuda XDG_CACHE_HOME=$PWD/cache
	[[ -n ${BRAINSWEEP_NVRTC-} || ! -e nvrtc ]] || export BRAINSWEEP_NVRTC=$PWD/nvrtc
	date -u
	nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv || true
	! wanted conformance || step 'conformance' in_folder gpu ./gpu.test -test.v -test.run '^Test(Device|Reads)$'
	! wanted shapes || step 'every shape' in_folder gpu ./gpu.test -test.run '^TestShapes$'
	! wanted reference || step 'reference cases, closed forms, single precision' sim "$reference"
	if wanted bytes; then
		step 'the same bytes whatever the batch, the order, the epoch and interruptions' sim "$bytes"
		step 'the same with points of several blocks' env BRAINSWEEP_BLOCKS=2 bash -c "cd sim && timeout 600 ./sim.test -test.v -test.run '$reference|$bytes'"
	fi
	! wanted sanitizer || sanitize
	if ! ./brainsweep version >/dev/null 2>&1; then
		echo "left out: brainsweep does not start here ($(./brainsweep version 2>&1 | tail -n 1))"
	else
		! wanted doctor || step 'doctor' ./brainsweep doctor
		if wanted bench; then
			step 'bench, start-up with a warm cache' bash -c 'time ./brainsweep bench --device cuda --case adex2 --precision single'
			step 'bench, points' timeout 600 ./brainsweep bench --device cuda --case adex2 --points 256,1024,8192
			step 'bench, all cases' timeout 600 ./brainsweep bench --device cuda --points 4096
			step 'bench, large networks' timeout 600 ./brainsweep bench --device cuda --case kuramoto --precision single --nodes 500,2000 --points 1,64
			local wish
			for wish in points=1 points=2 points=3 points=4 blocks=2; do
				step "bench, device.$wish" timeout 120 ./brainsweep bench --device cuda --case adex2 --precision single --points 8192 --set "device.$wish"
			done
		fi
	fi
	if [[ ${#failed[@]} -gt 0 ]]; then
		printf '\nfailed:\n'
		printf '  %s\n' "${failed[@]}"
		return 1
	fi
	printf '\nall passed\n'
}

steps=("$@")
cd "$(dirname "$0")"
if [[ ! -e gpu/gpu.test ]]; then
	cd ..
	collect
	if ! ldconfig -p | grep -q 'libcuda\.so\.1'; then
		echo "build/gpu-check and build/gpu-check.tar.gz ($(du -h build/gpu-check.tar.gz | cut -f1)) are ready; this machine has no NVIDIA driver: carry it to one that has, and run its gpu-check.sh"
		exit 0
	fi
	cd build/gpu-check
fi
check 2>&1 | tee gpu-check.log
