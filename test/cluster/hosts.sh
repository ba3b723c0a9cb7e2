#!/usr/bin/env bash
# Runs a job on three hosts on this machine: network namespaces with an address each, joined by a bridge, each with a
# folder of its own where the others have theirs, so that they share no file system. mpirun starts the ranks through an agent in
# the place of ssh. Then one host is cut off in the middle, and the same line is given again on the two that are left. Both
# results are compared with that of one process.
#
#     test/cluster/hosts.sh        as root, with the packages iproute2 and hdf5-tools, and Open MPI
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in ip unshare mpirun h5diff; do
	command -v "$tool" >/dev/null || { echo "skipped: $tool is missing (apt-get install iproute2 hdf5-tools openmpi-bin)"; exit 0; }
done
[[ $(id -u) == 0 ]] || { echo "skipped: namespaces want root"; exit 0; }
[[ -x bin/brainsweep ]] || { echo "build first: make"; exit 1; }
program=$PWD/bin/brainsweep

work=$(mktemp -d)
id=bs$$
hosts=()
running=
finish() {
	[[ -z $running ]] || kill -9 "$running" 2>/dev/null || true
	for host in "${hosts[@]}"; do
		for pid in $(ip netns pids "$host" 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
		ip netns del "$host" 2>/dev/null || true
	done
	ip link del "$id" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT

ip link add "$id" type bridge
ip addr add 10.77.0.1/24 dev "$id"
ip link set "$id" up
for n in 2 3 4; do
	host=$id-$n
	ip netns add "$host"
	hosts+=("$host")
	ip link add "$id$n" type veth peer name eth0 netns "$host"
	ip link set "$id$n" master "$id" up
	ip -n "$host" link set lo up
	ip -n "$host" addr add "10.77.0.$n/24" dev eth0
	ip -n "$host" link set eth0 up
	mkdir -p "$work/disk-$n"
done

# agent HOST COMMAND... runs a command on a host, as ssh would: with its network, its name and its folder of work.
cat >"$work/agent" <<AGENT
#!/bin/bash
while [[ \$1 == -* ]]; do shift; done
n=\${1##*.}
shift
exec ip netns exec "$id-\$n" unshare --mount --uts bash -c "hostname host-\$n; mount --bind $work/disk-\$n $work/here; cd $work/here; \$*"
AGENT
chmod +x "$work/agent"
mkdir "$work/here" "$work/alone"

job() {
	cat <<'JOB'
title = "on three hosts"
model = "adex2"
preset = "paper"
[connectome]
source = "synthetic:68"
[coupling]
a = 0.3
[run]
duration = "4 s"
precision = "single"
[sweep]
b_e = { from = 0, to = 110, points = 24 }
[[record]]
monitor = "average"
of = ["E"]
period = "1 ms"
[[record]]
monitor = "bold"
period = "500 ms"
[metrics]
of = ["E"]
use = ["rate", "fc"]
JOB
}
job >"$work/alone/job.toml"
for n in 2 3 4; do job >"$work/disk-$n/job.toml"; done
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 XDG_CACHE_HOME=$work/cache
(cd "$work/alone" && "$program" run job.toml -o alone.h5 --log-level error)

# launch HOSTS OUTPUT starts a rank on each host. mpirun itself stands on the first, where rank 0 is.
launch() {
	local first=${1%%,*} list
	list=$(sed 's/,/:1,/g; s/$/:1/' <<<"$1")
	"$work/agent" "$first" "mpirun --host $list -n $(tr , '\n' <<<"$1" | wc -l) --bind-to none \
		--mca plm_rsh_agent $work/agent --mca plm_rsh_no_tree_spawn 1 --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 \
		--mca oob_tcp_if_include 10.77.0.0/24 --mca orte_keep_fqdn_hostnames 1 \
		--mca oob_tcp_keepalive_time 3 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 3 \
		-x XDG_CACHE_HOME -x OMPI_ALLOW_RUN_AS_ROOT -x OMPI_ALLOW_RUN_AS_ROOT_CONFIRM \
		$program run job.toml -o $2 --threads 1 --batch 1 --patience 3s"
}

compare() {
	for group in average bold metrics points connectome; do
		h5diff "$work/alone/alone.h5" "$1" "/$group"
	done
}

echo "== three hosts"
launch 10.77.0.2,10.77.0.3,10.77.0.4 three.h5
compare "$work/disk-2/three.h5"
[[ ! -e $work/disk-3/three.h5 && ! -e $work/disk-4/three.h5 ]]

echo "== one of them is cut off"
launch 10.77.0.2,10.77.0.3,10.77.0.4 cut.h5 &
running=$!
for _ in $(seq 600); do
	[[ $(ls "$work/disk-2/cut.h5.parts" 2>/dev/null | grep -c 'part$') -ge 5 ]] && break
	sleep 0.1
done
ip -n "$id-4" link set eth0 down
cut=$(date +%s)
code=0
wait "$running" || code=$?
running=
echo "mpirun ended with exit code $code, $(($(date +%s) - cut)) s after the cut; $(ls "$work/disk-2/cut.h5.parts" | grep -c 'part$') parts are there"
[[ $code != 0 && ! -e $work/disk-2/cut.h5 ]]

echo "== the same line on the two that are left"
launch 10.77.0.2,10.77.0.3 cut.h5
compare "$work/disk-2/cut.h5"
echo "passed: the same data sets from three hosts that share no files, and after one was cut off"
