# What this machine offers, found in one place. The other scripts source this from the repository's root
# and call find_tools, which sets
#
#   CC      the C compiler, "" without one
#   HDF5    the version of HDF5, "" without it
#   MPI     the name and version of MPI, "" without it
#   CUDA    the version of CUDA's header, "" without it
#   TAGS    the build tags for all that is there
#
# and exports CC, PKG_CONFIG_PATH, CGO_CFLAGS and CGO_LDFLAGS where Go would not find things by itself.
# What the user set (CC, HDF5_DIR, PKG_CONFIG_PATH, CGO_CFLAGS, CGO_LDFLAGS) comes before what the system offers.

find_tools() {
	TAGS='' HDF5='' MPI='' MPI_FLAGS='' CUDA=''
	find_cc
	if [[ -n $CC ]]; then
		find_mpi
		find_hdf5
		find_cuda
	fi
}

USER_CFLAGS=${CGO_CFLAGS--O2 -g} USER_LDFLAGS=${CGO_LDFLAGS--O2 -g}

# retry COMMAND... gives what comes over a network three chances.
retry() {
	local pause
	for pause in 5 20; do
		"$@" && return
		sleep "$pause"
	done
	"$@"
}

have() { command -v "$1" >/dev/null 2>&1; }

# links FLAGS... tells whether the C program on standard input compiles and links with the flags.
links() { "$CC" $USER_CFLAGS -x c - -o /dev/null $USER_LDFLAGS "$@" >/dev/null 2>&1; }

# Go takes gcc by itself, and nothing else.
find_cc() {
	local name
	for name in "${CC-}" gcc cc clang; do
		if [[ -n $name ]] && CC=$name && links <<<'int main(void) { return 0; }'; then
			[[ $CC == gcc ]] || export CC
			return
		fi
	done
	CC=''
}

# Package mpi asks pkg-config for "ompi". The file beside the mpicc on the path is preferred to the system's;
# an MPI that brings none (MPICH and its kin) gets one made from what its mpicc says.
find_mpi() {
	have pkg-config || return 0
	if have mpicc; then
		local root folder
		root=$(dirname "$(dirname "$(command -v mpicc)")")
		for folder in "$root/lib/pkgconfig" "$root/lib64/pkgconfig"; do
			[[ ! -e $folder/ompi.pc ]] || prefer_pkgconfig "$folder"
		done
		if [[ $(mpicc --showme:version 2>/dev/null) != *'Open MPI'* ]] || ! pkg-config --exists ompi; then
			make_ompi_pc
		fi
	fi
	pkg-config --exists ompi || return 0
	MPI_FLAGS=$(pkg-config --cflags --libs ompi)
	if links $MPI_FLAGS <<<'#include <mpi.h>
		int main(void) { return MPI_Init(0, 0); }'; then
		MPI=$({ mpirun --version 2>/dev/null || true; } | sed -n 's/^mpirun (\(.*\))/\1/p; s/^ *Version: */MPICH /p')
		MPI=${MPI:-MPI} TAGS=mpi
	fi
}

prefer_pkgconfig() {
	case ":${PKG_CONFIG_PATH-}:" in
	*":$1:"*) ;;
	*) export PKG_CONFIG_PATH=$1${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} ;;
	esac
}

# Go's build cache does not see what pkg-config answers, so a made answer gets a cache of its own.
make_ompi_pc() {
	local word cflags='' libs=''
	for word in $(mpicc -show 2>/dev/null); do
		case $word in
		-I*) cflags+=" $word" ;;
		-L* | -l* | -Wl,*) libs+=" $word" ;;
		esac
	done
	mkdir -p build/pkgconfig
	printf '%s\n' 'Name: ompi' 'Description: what mpicc -show says' 'Version: 0' "Cflags:$cflags" "Libs:$libs" \
		>build/pkgconfig/ompi.pc
	prefer_pkgconfig "$PWD/build/pkgconfig"
	export GOCACHE=$PWD/build/gocache
}

# The sources name Debian's folders themselves; elsewhere cgo must be told. A parallel HDF5 includes mpi.h.
find_hdf5() {
	local root=${HDF5_DIR:-${HDF5_ROOT:-${HDF5_HOME:-}}} flags
	local -a places=()
	if [[ -n $root ]]; then
		places=("$(flags_below "$root")")
	else
		places=('' "$(debian_hdf5)" "$(pkg-config --cflags --libs hdf5-serial 2>/dev/null)"
			"$(pkg-config --cflags --libs hdf5 2>/dev/null)")
		! have h5cc || places+=("$(flags_below "$(dirname "$(dirname "$(command -v h5cc)")")")")
	fi
	for flags in "${places[@]}" "${places[@]/%/ $MPI_FLAGS}"; do
		if links $flags -lhdf5_hl -lhdf5 <<<'#include <hdf5.h>
			#include <hdf5_hl.h>
			int main(void) { return H5open() < 0; }'; then
			HDF5=$("$CC" $USER_CFLAGS $flags -E -dM -x c - <<<'#include <hdf5.h>' |
				sed -n 's/^#define H5_VERS_INFO .*version: *\(.*\)"/\1/p')
			[[ $flags == "$(debian_hdf5)" ]] || tell_cgo $flags
			return
		fi
	done
}

flags_below() { echo "-I$1/include -L$1/lib -L$1/lib64 -Wl,-rpath,$1/lib -Wl,-rpath,$1/lib64"; }

debian_hdf5() { echo "-I/usr/include/hdf5/serial -L/usr/lib/$(uname -m)-linux-gnu/hdf5/serial"; }

tell_cgo() {
	local word cflags='' libs=''
	for word in "$@"; do
		case $word in
		-I* | -D*) cflags+=" $word" ;;
		*) libs+=" $word" ;;
		esac
	done
	[[ -z $cflags ]] || export CGO_CFLAGS="$USER_CFLAGS$cflags"
	[[ -z $libs ]] || export CGO_LDFLAGS="$USER_LDFLAGS$libs"
}

# Of CUDA the build needs one header; the driver and the compiler are looked for by the program when it runs.
find_cuda() {
	local folder
	for folder in "${CUDA_HOME:+$CUDA_HOME/include}" /usr/local/cuda/include /usr/include "$PWD/.tools/cuda/include"; do
		if [[ -n $folder && -e $folder/cuda.h ]]; then
			CUDA=$(sed -n 's/^#define CUDA_VERSION \([0-9]*\)$/\1/p' "$folder/cuda.h" | head -n 1)
			CUDA=$((CUDA / 1000)).$((CUDA % 1000 / 10))
			export CGO_CFLAGS="${CGO_CFLAGS-$USER_CFLAGS} -I$PWD/gpu/compat -I$folder"
			TAGS=${TAGS:+$TAGS,}cuda
			return
		fi
	done
}

# Open MPI starts for root, and with more ranks than cores, only when told so: a container or a laptop is both.
# Where processes may not read each other's memory, it is told to copy instead of complaining.
allow_any_machine() {
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
	export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
	export OMPI_MCA_btl_vader_single_copy_mechanism=none
}
