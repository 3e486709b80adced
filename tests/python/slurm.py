#!/usr/bin/env python3
"""Runs the job array of docs/sweeps.md on a Slurm of its own, has it preempted, and hands it in again: every run must end
with the weights of one that was never disturbed.

    slurm.py target/release/mnist-tui

Needs root and Debian's packages slurmctld, slurmd, slurm-client and munge, but none of their services: everything is started
from a temporary folder, and ended. Where they are missing it says so and is content.
"""
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAMS = ["slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "munged"]
DOCUMENT = os.path.join(os.path.dirname(__file__), "../../docs/sweeps.md")
# Two runs that take some ten seconds each.
RECIPE = ["--preset", "two-conv", "--epochs", "6", "--train-limit", "6000", "--validation", "200", "--seed", "7"]
RUNS = 2
DEADLINE = 180

os.environ["PATH"] += ":/usr/sbin:/sbin"
missing = [program for program in PROGRAMS if not shutil.which(program)]
if missing or os.geteuid() != 0:
    print("skipped: Slurm", f"is not installed ({', '.join(missing)})" if missing else "needs root here")
    sys.exit(0)
program = os.path.abspath(sys.argv[1])


def wait_for(what, holds):
    deadline = time.monotonic() + DEADLINE
    while not (found := holds()):
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not come")
        time.sleep(0.2)
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def replaced(text, *changes):
    for old, new in changes:
        assert old in text, f"docs/sweeps.md has no {old!r} any more"
        text = text.replace(old, new)
    return text


def runs(folder):
    return json.loads(output(program, "runs", "--json", "--runs-dir", folder))


def weights(folder):
    shown = [json.loads(output(program, "runs", "show", run["run_id"], "--json", "--runs-dir", folder)) for run in runs(folder)]
    return sorted((run["name"], run["summary"]["weights_sha256"]) for run in shown)


class Cluster:
    """A controller and a node, with two partitions: jobs of the second preempt those of the first."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        host, here = socket.gethostname(), lambda name: os.path.join(folder, name)
        with open(here("key"), "wb") as key:
            os.chmod(key.name, 0o600)
            key.write(os.urandom(1024))
        self.start("munged", "--foreground", "--force", f"--key-file={here('key')}", f"--socket={here('munge')}",
                   f"--pid-file={here('munged.pid')}", f"--seed-file={here('seed')}", f"--log-file={here('munged.log')}")
        wait_for("munged", lambda: os.path.exists(here("munge")))
        # The warning comes with the preemption; the key moved.
        year = int(re.search(r"\d+", output("slurmctld", "-V")).group())
        at_once = "PreemptParameters=send_user_signal" if year >= 23 else "SlurmctldParameters=preempt_send_user_signal"
        with open(here("slurm.conf"), "w") as file:
            file.write(f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
AuthType=auth/munge
AuthInfo=socket={here('munge')}
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MailProg=/bin/true
ReturnToService=2
StateSaveLocation={here('state')}
SlurmdSpoolDir={here('spool')}
SlurmctldPidFile={here('slurmctld.pid')}
SlurmdPidFile={here('slurmd.pid')}
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
{at_once}
SchedulerParameters=sched_interval=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()}
PartitionName=usual Nodes={host} Default=YES PriorityTier=1 GraceTime=60
PartitionName=urgent Nodes={host} PriorityTier=10 PreemptMode=OFF
""")
        os.environ["SLURM_CONF"] = here("slurm.conf")
        for name in ["state", "spool"]:
            os.mkdir(here(name))
        self.start("slurmctld", "-D", "-i")
        self.start("slurmd", "-D", "-N", host)
        wait_for("the node", lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True).stdout)

    def start(self, *command):
        log = open(os.path.join(self.folder, f"{command[0]}.out"), "w")
        self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))

    def end(self):
        subprocess.run(["scancel", "--full", "--signal=KILL", "--user=root"], capture_output=True)
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def hand_in(script, *options):
    return output("sbatch", "--parsable", *options, script).strip()


def is_over(job):
    return not output("squeue", "-h", "-j", job).strip() if job in output("squeue", "-h", "-o", "%A %F") else True


def main(folder):
    undisturbed, shared = os.path.join(folder, "undisturbed"), os.path.join(folder, "runs")
    with open(DOCUMENT) as file:
        script = "#!/bin/sh\n" + file.read().split("```sh\n#!/bin/sh\n", 1)[1].split("```", 1)[0]
    script = replaced(script, ("--array=1-6", f"--array=1-{RUNS}"), ("--cpus-per-task=4", "--cpus-per-task=1"),
                      ("--signal=USR1@60", "--signal=USR1@20"), ("--lr 1e-4,3e-4,1e-3", "--lr 3e-4,1e-3"),
                      ("--batch-size 32,128", " ".join(["--batch-size 32", *RECIPE])), ("/shared/runs", shared))
    path = os.path.join(folder, "sweep.sh")
    with open(path, "w") as file:
        file.write(script)
    subprocess.run([program, "sweep", "--lr", "3e-4,1e-3", "--batch-size", "32", *RECIPE, "--threads", "1", "--jobs", str(RUNS),
                    "--runs-dir", undisturbed], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    expected = weights(undisturbed)
    print("undisturbed:", ", ".join(f"{name} {digest[:12]}" for name, digest in expected))

    os.environ["PATH"] = os.path.dirname(program) + ":" + os.environ["PATH"]
    os.chdir(folder)
    cluster = Cluster(os.path.join(folder, "slurm"))
    try:
        job = hand_in(path)
        wait_for("both runs in training", lambda: os.path.isdir(shared) and len(
            [run for run in runs(shared) if run["status"] == "running" and (run["steps"] or 0) > 50]) == RUNS)
        urgent = os.path.join(folder, "urgent.sh")
        with open(urgent, "w") as file:
            file.write("#!/bin/sh\nsleep 1\n")
        hand_in(urgent, "--partition=urgent", "--exclusive", "--output=/dev/null")
        wait_for("the end of what was preempted", lambda: all(run["status"] == "interrupted" for run in runs(shared)))
        told = "".join(open(name).read() for name in glob.glob(f"slurm-{job}_*.out"))
        assert told.count("SIGUSR1") >= RUNS, f"no line says why the runs have ended:\n{told}"
        steps = [run["steps"] for run in runs(shared)]
        print(f"preempted by SIGUSR1 after {steps} steps")
        subprocess.run(["scancel", job], check=True)
        wait_for("an empty queue", lambda: not output("squeue", "-h").strip())
        again = hand_in(path)
        wait_for("the end", lambda: not output("squeue", "-h").strip())
    finally:
        cluster.end()
    told = "".join(open(name).read() for name in glob.glob(f"slurm-{again}_*.out"))
    assert all(run["status"] == "completed" for run in runs(shared)), told
    found = weights(shared)
    assert found == expected, f"{found}, not {expected}:\n{told}"
    print(f"handed in again: the same weights, after {[run['steps'] for run in runs(shared)]} steps")


with tempfile.TemporaryDirectory() as place:
    os.mkdir(os.path.join(place, "slurm"), 0o700)
    main(place)
