"""100 hostile clients at once on a training run, for a minute: what they cost.

    python3 tests/python/hostile_clients.py target/release/mnist-tui [SECONDS]

Prints images a second and memory before, meanwhile and after, and the part of a core that the serving thread took. Fails when
that part is above 2 %, when memory has grown by more than 64 MiB, or when an honest client is not served meanwhile.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

HELLO = b'{"protocol":1,"name":"hostile"}\n'
stop = threading.Event()
farewells = {}


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    client.connect(path)
    return client


def farewell(client):
    """Reads to the end, and counts the reason that the server gave."""
    data = b""
    try:
        while chunk := client.recv(65536):
            data = (data + chunk)[-4096:]
    except OSError:
        pass
    for line in data.splitlines():
        if line.startswith(b'{"server":"bye"'):
            reason = json.loads(line)["reason"][:60]
            farewells[reason] = farewells.get(reason, 0) + 1


def reads_nothing(client):
    client.sendall(HELLO)
    stop.wait(40)


def reads_slowly(client):
    client.sendall(HELLO)
    while not stop.wait(0.1) and client.recv(64):
        pass


def sends_garbage(client):
    client.sendall(os.urandom(4096) + b"\n")


def sends_an_endless_line(client):
    client.sendall(HELLO)
    while not stop.is_set():
        client.sendall(b"x" * 393216)


def sends_half_a_command(client):
    client.sendall(HELLO + b'{"id":{"client":0,"nu')
    stop.wait(5)


def sends_a_million_commands(client):
    client.sendall(HELLO)
    line = b'{"id":{"client":0,"number":1},"command":"take_control"}\n' * 1000
    for _ in range(1000):
        client.sendall(line)


def is_of_an_old_version(client):
    client.sendall(b'{"protocol":0}\n')


KINDS = [
    reads_nothing,
    reads_slowly,
    sends_garbage,
    sends_an_endless_line,
    sends_half_a_command,
    sends_a_million_commands,
    is_of_an_old_version,
]


def hostile(path, kind):
    while not stop.is_set():
        try:
            client = connect(path)
        except OSError:
            stop.wait(0.2)
            continue
        try:
            kind(client)
        except OSError:
            pass
        farewell(client)
        client.close()


class Honest(threading.Thread):
    """Reads everything, and knows how far the run is."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.client, self.images, self.seconds, self.heard = connect(path), 0, 0.0, time.monotonic()
        self.client.settimeout(None)
        self.client.sendall(b'{"protocol":1,"name":"honest","read_only":true}\n')

    def run(self):
        for line in self.client.makefile("rb"):
            event = json.loads(line)
            if event.get("event") == "steps_finished":
                self.images, self.seconds, self.heard = event["images_seen"], event["train_seconds"], time.monotonic()


def thread_seconds(pid, name):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            stat = open(f"/proc/{pid}/task/{task}/stat").read()
        except OSError:
            continue
        comm, fields = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        if comm == name:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident(pid):
    status = open(f"/proc/{pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def measure(what, honest, pid, seconds):
    images, trained, cpu, began = honest.images, honest.seconds, thread_seconds(pid, "serve"), time.monotonic()
    time.sleep(seconds)
    wall = time.monotonic() - began
    rate = (honest.images - images) / max(honest.seconds - trained, 1e-9)
    part = (thread_seconds(pid, "serve") - cpu) / wall
    memory = resident(pid)
    print(f"{what:10} {rate:8.0f} images/s   serving {part * 100:5.2f} % of a core   {memory:6.0f} MiB", flush=True)
    return part, memory


def main():
    program, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOME=home, XDG_RUNTIME_DIR=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home)
        command = [program, "--headless", "--epochs", "900", "--set", "runs.record=false"]
        run = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            folder = os.path.join(home, "mnist-tui")
            while not (os.path.isdir(folder) and os.listdir(folder)):
                time.sleep(0.05)
            path = os.path.join(folder, os.listdir(folder)[0])
            honest = Honest(path)
            honest.start()
            time.sleep(5)
            _, before = measure("before", honest, run.pid, seconds / 3)
            for i in range(100):
                threading.Thread(target=hostile, args=(path, KINDS[i % len(KINDS)]), daemon=True).start()
            part, _ = measure("meanwhile", honest, run.pid, seconds)
            silent = time.monotonic() - honest.heard
            stop.set()
            time.sleep(3)
            _, after = measure("after", honest, run.pid, seconds / 3)
            for reason, times in sorted(farewells.items(), key=lambda item: -item[1]):
                print(f"{times:7} × {reason}")
            assert run.poll() is None, "the training has ended"
            assert silent < 5, f"the honest client has heard nothing for {silent:.1f} s"
            assert part < 0.02, f"serving took {part * 100:.1f} % of a core"
            assert after - before < 64, f"memory has grown by {after - before:.0f} MiB"
        finally:
            run.terminate()
            run.wait()


main()
