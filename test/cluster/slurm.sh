#!/usr/bin/env bash
# Runs a job through a real SLURM on this machine, with two virtual nodes: the script that brainsweep submit writes, a time
# that is cut, requeued to the end, and the result compared with that of a run that nothing stopped.
#
#     test/cluster/slurm.sh        as root, on Debian with the packages slurm-wlm, munge and hdf5-tools
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in slurmctld slurmd munged sbatch h5diff; do
	command -v "$tool" >/dev/null || { echo "skipped: $tool is missing (apt-get install slurm-wlm munge hdf5-tools)"; exit 0; }
done
[[ $(id -u) == 0 ]] || { echo "skipped: SLURM's daemons want root"; exit 0; }
[[ -x bin/brainsweep ]] || { echo "build first: make"; exit 1; }

work=$(mktemp -d)
host=$(hostname)
finish() {
	pkill -f "slurmctld -f $work" || true
	pkill -f "slurmd -f $work" || true
	[[ -z ${munge:-} ]] || kill "$munge" || true
	sleep 1
	rm -rf "$work"
}
trap finish EXIT

if ! munge -n >/dev/null 2>&1; then
	[[ -s /etc/munge/munge.key ]] || { dd if=/dev/urandom of=/etc/munge/munge.key bs=1 count=1024 status=none; }
	chown munge /etc/munge/munge.key && chmod 400 /etc/munge/munge.key
	mkdir -p /run/munge && chown munge /run/munge
	runuser -u munge -- munged --foreground 2>/dev/null &
	munge=$!
	sleep 1
fi

cat >"$work/slurm.conf" <<CONF
ClusterName=brainsweep
SlurmctldHost=$host
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/ctld.log
SlurmdLogFile=$work/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
ReturnToService=2
JobRequeue=1
KillWait=5
MinJobAge=300
SchedulerParameters=requeue_setup_env_fail
NodeName=n1 NodeHostname=$host Port=17001 CPUs=2 RealMemory=1000 State=UNKNOWN
NodeName=n2 NodeHostname=$host Port=17002 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
mkdir -p "$work/state" "$work/spool-n1" "$work/spool-n2"
slurmctld -f "$work/slurm.conf"
slurmd -f "$work/slurm.conf" -N n1
slurmd -f "$work/slurm.conf" -N n2
for _ in $(seq 30); do
	[[ $(sinfo -h -t idle -o %D) == 2 ]] && break
	sleep 1
done
sinfo

program=$PWD/bin/brainsweep
cat >"$work/job.toml" <<'JOB'
title = "through SLURM"
model = "adex2"
preset = "paper"
[connectome]
source = "synthetic:68"
[coupling]
a = 0.3
[run]
duration = "300 s"
precision = "single"
[sweep]
b_e = [0, 60]
[[record]]
monitor = "bold"
period = "2 s"
[metrics]
of = ["E"]
use = ["rate", "fc"]
JOB
cd "$work"
"$program" run job.toml -o whole.h5
# 6 minutes is the least time that submit takes; scontrol cuts it below while the job runs.
"$program" submit job.toml -o cut.h5 --nodes 1 --ranks 1 --threads 1 --hours 0.1 --program "$program" >job.sh
cat job.sh
id=$(sbatch --parsable job.sh)
turns=0
for _ in $(seq 100); do
	state=$(scontrol show job "$id" -o | grep -o 'JobState=[A-Z]*')
	case $state in
	JobState=RUNNING)
		sleep 4
		# The batch system's signal before the end, sent by hand: the script hands it to the run.
		if [[ $turns -lt 2 && ! -e cut.h5 ]]; then
			scancel --batch --signal=USR1 "$id" && turns=$((turns + 1))
		fi
		;;
	JobState=PENDING)
		# A requeued job waits two minutes by default; an operator may release it at once.
		scontrol update jobid="$id" StartTime=now 2>/dev/null || true
		;;
	JobState=COMPLETED) break ;;
	JobState=FAILED | JobState=TIMEOUT | JobState=NODE_FAIL) break ;;
	esac
	sleep 1
done
cat job."$id".log
echo "$state after $turns signals"
[[ $state == JobState=COMPLETED ]]
[[ $turns -gt 0 ]]
for group in bold metrics points connectome; do
	h5diff whole.h5 cut.h5 "/$group"
done
echo "passed: the same data sets after $turns requeues"
