#!/usr/bin/env python3
"""Trains over a real SSH connection that is cut in the middle: the run must go on at full speed, with no core spinning.

    over_ssh.py target/release/mnist-tui

Starts an sshd of its own on 127.0.0.1 with keys made for it, and needs nothing but OpenSSH's server and client
(Debian: openssh-server) and Python. Compares with a run that nobody disturbed.
"""
import fcntl
import glob
import json
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

PROGRAM = os.path.abspath(sys.argv[1])
RECIPE = "--name far --seed 7 --threads 1 --train-limit 20000 --validation 500 --epochs 3"
HERTZ = os.sysconf("SC_CLK_TCK")


def until(what, holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not come within {seconds} s")
        time.sleep(0.05)
    return found


def cpu(pid):
    """Seconds of processor time that a process has used; None when it is gone."""
    try:
        fields = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / HERTZ


class Runs:
    """The runs recorded in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def new(self, known=()):
        found = {path.split(os.sep)[-2] for path in glob.glob(f"{self.folder}/*/run.json")} - set(known)
        return found.pop() if found else None

    def read(self, run, file):
        return open(os.path.join(self.folder, run, file)).read()

    def trainer(self, run):
        return int(self.read(run, "lock").split()[1])

    def events(self, run):
        return [json.loads(line) for line in self.read(run, "events.jsonl").splitlines() if line.endswith("}")]

    def summary(self, run):
        return json.loads(self.read(run, "summary.json"))


class Remote:
    """An sshd on loopback, and the way to it."""

    def __init__(self, folder):
        self.folder = folder
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{key}"], check=True)
        shutil.copy(f"{folder}/user.pub", f"{folder}/authorized")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        os.makedirs("/run/sshd", exist_ok=True)
        with open(f"{folder}/sshd_config", "w") as config:
            config.write(f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\n"
                         f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nPermitRootLogin prohibit-password\n"
                         f"SetEnv LANG=C.UTF-8 XDG_DATA_HOME={folder}/data XDG_CONFIG_HOME={folder} XDG_RUNTIME_DIR={folder}\n")
        self.server = subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", f"{folder}/sshd_config", "-E",
                                        f"{folder}/log"])
        until("sshd", lambda: subprocess.run(self.command("true"), stdin=subprocess.DEVNULL).returncode == 0, 10)

    def command(self, remote, terminal=False):
        options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "LogLevel=ERROR", "BatchMode=yes"]
        options = [part for option in options for part in ("-o", option)]
        flags = ["-tt"] if terminal else []
        user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        return ["ssh", "-F", "none", *options, *flags, "-i", f"{self.folder}/user", "-p", str(self.port), f"{user}@127.0.0.1",
                remote]


class Terminal:
    """A command on a pseudo-terminal."""

    def __init__(self, command):
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.environ.update(TERM="xterm-256color")
            os.execvp(command[0], command)
        self.seen = b""

    def read(self):
        if select.select([self.screen], [], [], 0.05)[0]:
            try:
                self.seen += os.read(self.screen, 1 << 16)
            except OSError:
                return

    def wait_for(self, text):
        def is_there():
            self.read()
            return text.encode() in self.seen
        until(repr(text), is_there)

    def wait_for_training(self, runs, known=()):
        """Waits for a new run that has made steps, and returns it and its process."""
        def trains():
            self.read()
            run = runs.new(known)
            return run if run and any(event["event"] == "steps_finished" for event in runs.events(run)) else None
        run = until("a run that trains", trains)
        return run, runs.trainer(run)

    def type(self, keys):
        os.write(self.screen, keys.encode())

    def end(self):
        def has_ended():
            self.read()
            return os.waitpid(self.pid, os.WNOHANG)[0]
        until("the end of ssh", has_ended)


def same_weights(summary, expected, what):
    if summary["status"] != "completed" or summary["weights_sha256"] != expected["weights_sha256"]:
        sys.exit(f"{what}: {summary['status']}, weights {summary['weights_sha256'][:16]}")
    print(f"{what}: completed, the same weights, {summary['images_per_second']:.0f} images/s")


with tempfile.TemporaryDirectory() as folder:
    remote, runs = Remote(folder), Runs(f"{folder}/data/mnist-tui/runs")
    try:
        output = subprocess.run([PROGRAM, *RECIPE.split(), "--headless", "--json", "--set", "runs.record=false"],
                                capture_output=True, text=True, check=True).stdout
        expected = json.loads(output)
        print(f"undisturbed: {expected['steps']} steps, {expected['images_per_second']:.0f} images/s")

        # The connection is cut while it trains.
        terminal = Terminal(remote.command(f"{PROGRAM} {RECIPE}", terminal=True))
        run, pid = terminal.wait_for_training(runs)
        os.kill(terminal.pid, signal.SIGKILL)
        os.waitpid(terminal.pid, 0)
        until("a session of its own", lambda: os.getsid(pid) == pid, 10)
        used, began = cpu(pid), time.monotonic()
        busy, threads = 0, 0
        while (now := cpu(pid)) is not None:
            busy, passed = now - used, time.monotonic() - began
            threads = len(os.listdir(f"/proc/{pid}/task")) if os.path.exists(f"/proc/{pid}/task") else threads
            time.sleep(0.05)
        print(f"cut: {busy:.1f} s of processor time in {passed:.1f} s with one training thread, {threads} threads in all")
        if busy > 1.15 * passed:
            sys.exit("more than the training uses the processor")
        same_weights(runs.summary(run), expected, "cut")

        # Started in the background: ssh itself returns at once.
        began = time.monotonic()
        output = subprocess.run(remote.command(f"{PROGRAM} {RECIPE} --detach"), stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, check=True, timeout=30).stdout
        second = output.strip()
        pid = runs.trainer(second)
        print(f"--detach: ssh was back after {time.monotonic() - began:.1f} s, and {second} trains as process {pid}")
        until("the end", lambda: cpu(pid) is None)
        same_weights(runs.summary(second), expected, "--detach")

        # Detached with a key: the shell at the other end goes on.
        terminal = Terminal(remote.command(f"{PROGRAM} {RECIPE}; echo the prompt is back: $?", terminal=True))
        third, pid = terminal.wait_for_training(runs, {run, second})
        terminal.type("d")
        terminal.wait_for("the prompt is back: 0")
        terminal.end()
        if cpu(pid) is None:
            sys.exit("it ended with the session")
        until("the end", lambda: cpu(pid) is None)
        same_weights(runs.summary(third), expected, "detached")

        # Another connection steers the run in the background, while a third one only watches.
        fourth = subprocess.run(remote.command(f"{PROGRAM} {RECIPE} --detach"), stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, check=True, timeout=30).stdout.strip()
        pid = runs.trainer(fourth)
        watcher = Terminal(remote.command(f"{PROGRAM} attach {fourth} --read-only", terminal=True))
        watcher.wait_for("far")
        steerer = Terminal(remote.command(f"{PROGRAM} attach {fourth}", terminal=True))
        steerer.wait_for("far")

        def happened(event):
            return [found for found in runs.events(fourth) if found["event"] == event]

        def steered():
            watcher.read(), steerer.read()
            if not happened("control_taken"):
                steerer.type("Ty")
            return happened("control_taken")
        until("control", steered)
        steerer.type("\x1b[C")

        def changed():
            watcher.read(), steerer.read()
            return happened("hyper_changed")
        change = until("another learning rate", changed)[0]
        if cpu(pid) is None:
            sys.exit("the run was over too soon")
        for terminal in (steerer, watcher):
            terminal.type("d")
            terminal.end()
        until("the end", lambda: cpu(pid) is None)
        summary = runs.summary(fourth)
        taken = happened("control_taken")[0]
        print(f"attached: {taken['name']} took over, and changed {change['hyper']} from {change['from']} to {change['to']} at step "
              f"{change['step']}; {summary['status']}, {len(summary['interventions'])} change recorded")
    finally:
        remote.server.terminate()
        remote.server.wait()
