#!/usr/bin/env bash
# Collects in build/gpu-check all that checks a GPU: the binaries, what they read, and this script. There is nothing to
# be built where they run: carry the folder to a machine with a GPU, a driver and NVRTC, and run its gpu-check.sh.
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
	go build -trimpath -tags cuda -o build/gpu-check/brainsweep ./cmd/brainsweep
	go test -c -trimpath -tags cuda -o build/gpu-check/gpu/gpu.test ./gpu
	go test -c -trimpath -tags cuda -o build/gpu-check/sim/sim.test ./sim
	cp -r sim/testdata build/gpu-check/sim/
	cp -r gpu/testdata build/gpu-check/gpu/
	cp examples/*.toml build/gpu-check/examples/
	cp scripts/gpu-check.sh build/gpu-check/
	[[ ! -e .tools/nvrtc ]] || cp -r .tools/nvrtc build/gpu-check/
	set +e
}

failed=()

# step NAME COMMAND... runs a command under a headline and remembers whether it failed.
step() {
	printf '\n== %s\n' "$1"
	"${@:2}" || failed+=("$1")
}

in_folder() { (cd "$1" && "${@:2}"); }

check() {
	export REQUIRE_GPU=1 BRAINSWEEP_DEVICE=cuda
	[[ -n ${BRAINSWEEP_NVRTC-} || ! -e nvrtc ]] || export BRAINSWEEP_NVRTC=$PWD/nvrtc
	date -u
	nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv || true
	step 'conformance' in_folder gpu ./gpu.test -test.v -test.run '^TestDevice$'
	step 'the library compiles' in_folder gpu ./gpu.test -test.run '^Test(LibraryCompiles|NetworksOfAllSizesCompile)$'
	step 'reference cases, closed forms, the same bytes whatever the batch, the order and the epoch' in_folder sim ./sim.test -test.v
	local tool
	if command -v compute-sanitizer >/dev/null; then
		for tool in memcheck racecheck synccheck; do
			step "compute-sanitizer $tool" in_folder sim compute-sanitizer --tool "$tool" --error-exitcode 1 ./sim.test -test.run '^TestDelayLine$'
		done
	else
		echo "left out: compute-sanitizer is not here"
	fi
	if ./brainsweep version >/dev/null 2>&1; then
		step 'doctor' ./brainsweep doctor
		step 'bench' ./brainsweep bench --device cuda
	else
		echo "left out: brainsweep does not start here ($(./brainsweep version 2>&1 | tail -n 1))"
	fi
	if [[ ${#failed[@]} -gt 0 ]]; then
		printf '\nfailed:\n'
		printf '  %s\n' "${failed[@]}"
		return 1
	fi
	printf '\nall passed\n'
}

cd "$(dirname "$0")"
if [[ ! -e gpu/gpu.test ]]; then
	cd ..
	collect
	if ! ldconfig -p | grep -q 'libcuda\.so\.1'; then
		echo "build/gpu-check is ready; this machine has no NVIDIA driver: carry it to one that has, and run its gpu-check.sh"
		exit 0
	fi
	cd build/gpu-check
fi
check 2>&1 | tee gpu-check.log
