#!/usr/bin/env python3
"""Measures how long the dashboard's first frame takes from the start of the program, idle and with every core busy.

    first_frame.py target/release/mnist-tui [--runs 20]

Needs nothing but Python.
"""
import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--runs", type=int, default=20)
asked = parser.parse_args()
program = os.path.abspath(asked.program)
FRAME_ENDS = b"\x1b[?2026l"


def first_frame(folder):
    """The milliseconds until the first whole frame has come."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": folder, "XDG_RUNTIME_DIR": folder}
    environment.pop("TMUX", None)
    environment.pop("STY", None)
    began = time.monotonic()
    process = subprocess.Popen([program, "--runs-dir", folder], stdin=slave, stdout=slave, stderr=slave, env=environment,
                               start_new_session=True)
    received = b""
    while FRAME_ENDS not in received:
        if not select.select([master], [], [], 30)[0]:
            sys.exit(f"no frame came: {received[-500:]}")
        received += os.read(master, 65536)
    took = (time.monotonic() - began) * 1000
    process.send_signal(signal.SIGTERM)
    while process.poll() is None:
        if select.select([master], [], [], 0.05)[0]:
            os.read(master, 65536)
    os.close(slave)
    os.close(master)
    return took


for what, busy in [("idle", 0), ("every core busy", os.cpu_count())]:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            times = [first_frame(folder) for _ in range(asked.runs)]
    finally:
        [loop.kill() for loop in loops]
    print(f"{what}: the first frame after {statistics.median(times):.0f} ms (median), {max(times):.0f} ms at most")
