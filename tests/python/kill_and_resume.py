#!/usr/bin/env python3
"""Kills trainings at random moments and lets them go on: each must end with the weights of one that was never disturbed.

    kill_and_resume.py target/release/mnist-tui [--kills 50] [--seed 0]

Some kills fall into the writing of a checkpoint: whenever a part of one is seen on the disk, the process is killed at once
in every other run. Needs nothing but Python.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--kills", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
asked = parser.parse_args()
chance = random.Random(asked.seed)

RECIPE = ["--preset", "best", "--epochs", "3", "--train-limit", "4000", "--validation", "500", "--batch-size", "32", "--seed", "7"]
SMALLER = ["--set", "model.layers=[{kind='conv',filters=16,kernel=3,activation='relu'},{kind='max-pool',size=2},"
           "{kind='batch-norm'},{kind='dropout',rate=0.2},{kind='conv',filters=32,kernel=3,activation='relu'},{kind='flatten'},"
           "{kind='dropout',rate=0.3},{kind='dense',units=10,activation='none'}]"]


def start(folder, *arguments):
    command = [asked.program, "train", "--headless", "--json", "--runs-dir", folder, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process):
    output, errors = process.communicate()
    if process.returncode != 0:
        sys.exit(f"exit code {process.returncode}: {errors[-2000:]}")
    return json.loads(output)


def writes_a_checkpoint(folder):
    for path, _, files in os.walk(folder):
        if path.endswith("checkpoints") and any(file.endswith(".part") for file in files):
            return True
    return False


with tempfile.TemporaryDirectory() as undisturbed:
    began = time.monotonic()
    expected = finish(start(undisturbed, *RECIPE, *SMALLER))
    whole = time.monotonic() - began
print(f"undisturbed: {expected['steps']} steps in {whole:.1f} s, weights {expected['weights_sha256'][:16]}")

kills = within_checkpoints = 0
while kills < asked.kills:
    with tempfile.TemporaryDirectory() as folder:
        process = start(folder, *RECIPE, *SMALLER)
        resumed = 0
        for attempt in range(chance.randint(1, 3)):
            deadline = time.monotonic() + chance.uniform(0.05, whole)
            in_checkpoint = chance.random() < 0.5
            while time.monotonic() < deadline and process.poll() is None:
                if in_checkpoint and writes_a_checkpoint(folder):
                    within_checkpoints += 1
                    break
                time.sleep(0.0005)
            if process.poll() is not None:
                break
            process.kill()
            process.communicate()
            kills += 1
            has_run = any(os.path.exists(os.path.join(folder, run, "run.json")) for run in os.listdir(folder))
            if has_run:
                resumed += 1
                process = start(folder, "--resume", "last")
            else:
                # Killed before there was a run.
                process = start(folder, *RECIPE, *SMALLER)
        got = finish(process)
        if got["weights_sha256"] != expected["weights_sha256"] or got["steps"] != expected["steps"]:
            sys.exit(f"after {kills} kills: {got['steps']} steps, weights {got['weights_sha256'][:16]}")
        print(f"{kills} kills, resumed {resumed} times: the same weights")
print(f"{kills} kills, {within_checkpoints} of them while a checkpoint was written: always the same weights")
