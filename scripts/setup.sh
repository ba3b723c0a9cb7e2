#!/usr/bin/env bash
# Sets up what the build needs; with the word "test", also what the tests look at results with.
# Installs with apt where it may, and touches nothing when all is there. Otherwise it says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

python_modules='h5py xarray h5netcdf netCDF4'

# python_reads tells whether a Python here has all modules that open results.
python_reads() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" - $python_modules 2>/dev/null <<-'END'; then
			import importlib.util, sys
			sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))
		END
			return 0
		fi
	done
	return 1
}

# find_missing lists what is not there, and the Debian packages that bring it.
find_missing() {
	find_tools
	missing=() packages=()
	[[ -n $CC ]] || { missing+=('a C compiler') packages+=(gcc libc6-dev); }
	have pkg-config || { missing+=(pkg-config) packages+=(pkg-config); }
	[[ -n $HDF5 ]] || { missing+=(HDF5) packages+=(libhdf5-dev); }
	[[ -n $MPI ]] && have mpirun || { missing+=(MPI) packages+=(openmpi-bin libopenmpi-dev); }
	if [[ $1 == test ]] && ! python_reads; then
		missing+=("Python's $python_modules") packages+=(python3-h5py python3-xarray python3-h5netcdf python3-netcdf4)
	fi
}

# install_packages asks for new package lists only when the ones at hand do not do. What cannot be had does not keep the rest away.
install_packages() {
	local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120
		-o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30)
	[[ $(id -u) == 0 ]] || apt=(sudo "${apt[@]}")
	local -a install=("${apt[@]}" install -y --no-install-recommends)
	local package
	echo "installing: ${packages[*]}"
	"${install[@]}" "${packages[@]}" >build/setup.log 2>&1 && return
	retry "${apt[@]}" update >>build/setup.log 2>&1 || true
	retry "${install[@]}" "${packages[@]}" >>build/setup.log 2>&1 && return
	tail -n 20 build/setup.log >&2
	for package in "${packages[@]}"; do
		"${install[@]}" "$package" >>build/setup.log 2>&1 || echo "could not be installed: $package" >&2
	done
}

may_install() {
	[[ -z ${NO_INSTALL-} ]] && have apt-get && { [[ $(id -u) == 0 ]] || { have sudo && sudo -n true 2>/dev/null; }; }
}

# advise says the one command, or the modules, that bring what is missing.
advise() {
	echo "missing: $(printf '%s, ' "${missing[@]}" | sed 's/, $//')"
	if have apt-get; then
		echo "  run: sudo apt-get install -y ${packages[*]}"
	elif have dnf; then
		echo "  run: sudo dnf install -y gcc pkgconf hdf5-devel openmpi-devel && module load mpi"
	fi
	if [[ $(type -t module) == function || -n ${MODULEPATH-} ]]; then
		echo "  or load your cluster's modules: module load gcc openmpi hdf5 (module avail shows their names)"
	fi
	[[ -n $HDF5 ]] || echo "  or say where HDF5 is: HDF5_DIR=/path/of/hdf5 make"
	[[ -n $MPI ]] || echo "  or put the mpicc and mpirun of your MPI on PATH"
}

if ! have go; then
	echo "missing: Go $(sed -n 's/^go //p' go.mod) or newer, from your cluster's modules or https://go.dev/dl" >&2
	exit 2
fi
mkdir -p build
find_missing "${1:-build}"
if [[ ${#missing[@]} -gt 0 ]] && may_install; then
	install_packages || true
	find_missing "${1:-build}"
fi
if [[ ${#missing[@]} -gt 0 ]]; then
	advise >&2
fi
if [[ -z $CC || -z $HDF5 ]]; then
	echo "a C compiler and HDF5 are needed to build brainsweep" >&2
	exit 2
fi
