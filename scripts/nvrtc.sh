#!/usr/bin/env bash
# Unpacks NVIDIA's run-time compiler, a Debian or Ubuntu package, into .tools/nvrtc, where the tests find it; with the
# word "header" CUDA's header cuda.h into .tools/cuda/include, where the build finds it. Nothing is installed, and the
# system's lists of packages are left alone: apt gets lists of its own, from the mirror that the system uses.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/.tools

# private_apt sets apt to the options by which apt works on lists of its own.
private_apt() {
	local component keyring mirror codename
	case $(. /etc/os-release && echo "$ID") in
	debian) component=non-free ;;
	ubuntu) component=multiverse ;;
	*) return 1 ;;
	esac
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sed -n "s/ $codename\$//p" | head -n 1)
	[[ -n $mirror ]] || return 1
	keyring=/usr/share/keyrings/$(. /etc/os-release && echo "$ID")-archive-keyring.gpg
	mkdir -p "$tools/apt/lists/partial" "$tools/apt/cache/archives/partial"
	echo "deb $([[ ! -e $keyring ]] || echo "[signed-by=$keyring]") $mirror $codename $component" >"$tools/apt/sources.list"
	apt=(-q -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o "Dir::Etc::sourcelist=$tools/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$tools/apt/lists"
		-o "Dir::Cache=$tools/apt/cache" -o APT::Sandbox::User="$(id -un)")
	apt-get "${apt[@]}" update >"$tools/apt/log" 2>&1
}

# download NAME... leaves the packages in .tools/apt.
download() { (cd "$tools/apt" && apt-get "${apt[@]}" download "$@" >>log 2>&1); }

# newest PATTERN names the last of the packages that match it whole.
newest() { apt-cache "${apt[@]}" pkgnames | grep -xE "$1" | sort -V | tail -n 1; }

refuse() {
	echo "$1 could not be fetched: it comes with CUDA, and on Debian and Ubuntu from the components non-free and multiverse" >&2
	rm -rf "$tools/apt"
	exit 1
}

fetch_header() {
	[[ ! -e $tools/cuda/include/cuda.h ]] || return 0
	private_apt && download nvidia-cuda-dev || refuse "CUDA's header"
	mkdir -p "$tools/cuda"
	dpkg-deb --fsys-tarfile "$tools"/apt/nvidia-cuda-dev_*.deb | tar -x -C "$tools/cuda" --strip-components=2 ./usr/include/cuda.h
	rm -rf "$tools/apt"
	echo "CUDA's header is in .tools/cuda/include"
}

fetch_nvrtc() {
	[[ ! -e $tools/nvrtc ]] || return 0
	! { ldconfig -p 2>/dev/null || true; } | grep -q 'libnvrtc\.so\.' || return 0
	local nvrtc builtins
	private_apt && nvrtc=$(newest 'libnvrtc[0-9.]+') && builtins=$(newest 'libnvrtc-builtins[0-9.]+') &&
		[[ -n $nvrtc && -n $builtins ]] && download "$nvrtc" "$builtins" || refuse "NVRTC"
	local package
	for package in "$tools"/apt/libnvrtc*.deb; do
		dpkg-deb -x "$package" "$tools/apt/root"
	done
	mkdir -p "$tools/nvrtc.new"
	mv "$tools"/apt/root/usr/lib/*/libnvrtc* "$tools/nvrtc.new/"
	mv "$tools/nvrtc.new" "$tools/nvrtc"
	rm -rf "$tools/apt"
	echo "NVRTC is in .tools/nvrtc"
}

case ${1-} in
'') fetch_nvrtc ;;
header) fetch_header ;;
*) echo "usage: scripts/nvrtc.sh [header]" >&2 && exit 2 ;;
esac
