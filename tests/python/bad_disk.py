#!/usr/bin/env python3
"""Trains and exports on disks that are full, read-only or gone: what cannot be written is said, nothing is left half done,
and what was there stays.

    bad_disk.py target/release/mnist-tui

The disks are a tmpfs of 1 MB and a read-only bind mount in a mount namespace of their own; without the right to mount, or
without unshare, both are skipped. Needs nothing but Python.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

program = os.path.abspath(sys.argv[1])
if "--mounts" not in sys.argv:
    # Mounts of this process alone, which go with it.
    unshare = shutil.which("unshare")
    for options in (["--mount"], ["--mount", "--map-root-user"]):
        if unshare and subprocess.run([unshare, *options, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0:
            os.execv(unshare, [unshare, *options, sys.executable, __file__, program, "--mounts"])
may_mount = "--mounts" in sys.argv

LAYERS = "model.layers=[{kind='average-pool',size=7},{kind='flatten'},{kind='dense',units=10,activation='none'}]"
RECIPE = ["--headless", "--json", "--threads", "1", "--train-limit", "120", "--validation", "20", "--batch-size", "16",
          "--seed", "7", "--set", LAYERS]
FORMATS = ["json", "csv", "markdown", "html", "svg", "dashboard", "safetensors", "onnx", "tensorboard"]
home = tempfile.mkdtemp()
environment = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_RUNTIME_DIR": home, "PATH": os.environ["PATH"]}
runs = os.path.join(home, "runs")


def call(*arguments, folder=runs):
    command = [program, *arguments, "--runs-dir", folder]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home)


def expect(what, holds, told):
    if not holds:
        sys.exit(f"{what}:\n{told}")


def trained(*arguments, folder=runs, code=0):
    done = call(*RECIPE, *arguments, folder=folder)
    expect(f"exit code {done.returncode}", done.returncode == code, done.stderr)
    return json.loads(done.stdout), done.stderr


def tree(folder):
    found = {}
    for path, folders, files in os.walk(folder):
        found.update({os.path.join(path, name): None for name in folders})
        for name in files:
            with open(os.path.join(path, name), "rb") as file:
                found[os.path.join(path, name)] = file.read()
    return found


def exports_fail(disk, advice):
    """Every export to `disk` fails with the advice, beside what is there and over it, and changes nothing."""
    before = tree(disk)
    for form in FORMATS:
        for name in ["new"] if form == "tensorboard" else ["new", "old"]:
            output = os.path.join(disk, name)
            done = call("export", "last", "--format", form, "--output", output, "--force")
            right = done.returncode == 1 and output in done.stderr and advice in done.stderr
            expect(f"{form} to {output}: exit code {done.returncode}", right, done.stderr)
            expect(f"{form} left something", tree(disk) == before, "\n".join(sorted(tree(disk))))
    print(f"{len(FORMATS)} formats: {advice}")


expected, _ = trained("--epochs", "400")

if may_mount:
    full = os.path.join(home, "full")
    os.mkdir(full)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", full], check=True)
    with open(os.path.join(full, "old"), "wb") as file:
        file.write(b"what was there")
    with open(os.path.join(full, "filler"), "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    exports_fail(full, "the disk is full; make room, or write elsewhere")

    # A training fills what is left: it ends as always, and goes on when there is room.
    os.truncate(os.path.join(full, "filler"), 900_000)
    summary, told = trained("--epochs", "400", folder=os.path.join(full, "runs"), code=1)
    expect("the training did not say it", "not recorded: " in told and "the disk is full" in told, told)
    expect("other weights", summary["weights_sha256"] == expected["weights_sha256"], summary)
    log = os.path.join(full, "runs", summary["run_id"], "events.jsonl")
    with open(log, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    expect("the log has a torn line", all(json.loads(line) and line.endswith(b"\n") for line in lines), lines[-1])
    os.remove(os.path.join(full, "filler"))
    done = call("--headless", "--json", "--resume", "last", folder=os.path.join(full, "runs"))
    expect("it did not go on", done.returncode == 0, done.stderr)
    expect("other weights", json.loads(done.stdout)["weights_sha256"] == expected["weights_sha256"], done.stdout)
    print("a training on a full disk: told, ended, and gone on with to the same weights")

    fixed = os.path.join(home, "fixed")
    os.mkdir(fixed)
    with open(os.path.join(fixed, "old"), "wb") as file:
        file.write(b"what was there")
    subprocess.run(["mount", "--bind", fixed, fixed], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", fixed], check=True)
    exports_fail(fixed, "nothing can be written there; write elsewhere, or mount it writable")
    summary, told = trained("--epochs", "2", folder=os.path.join(fixed, "runs"))
    expect("the training did not say it", "not recorded: " in told and "nothing can be written there" in told, told)
    print("a training on a read-only disk: told, and ended")
else:
    print("skipped: full and read-only disks: nothing can be mounted here")

# The folder of the run goes while it trains.
gone = os.path.join(home, "gone")
process = subprocess.Popen([program, *RECIPE, "--epochs", "1000", "--runs-dir", gone], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=environment, cwd=home)
deadline = time.monotonic() + 60
while not any(os.path.getsize(log) > 5000 for log in glob.glob(os.path.join(gone, "*", "events.jsonl"))):
    expect("the training does not begin", time.monotonic() < deadline and process.poll() is None, "")
    time.sleep(0.01)
process.send_signal(19)
# A thread may write once more before it stops.
while os.path.exists(gone):
    shutil.rmtree(gone, ignore_errors=True)
process.send_signal(18)
output, told = process.communicate()
expect(f"exit code {process.returncode}", process.returncode == 1, told)
# Of the log or of the summary, whichever it was about to write.
expect("the training did not say it", f"not recorded: {gone}" in told, told)
expect("it did not end as always", json.loads(output)["epochs"] == 1000, output)
print("a training whose folder is removed: told, and ended")
for disk in [full, fixed] if may_mount else []:
    subprocess.run(["umount", disk], check=True)
shutil.rmtree(home)
