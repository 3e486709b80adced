#!/usr/bin/env python3
"""Kills trainings at random moments and lets them go on: each must end with the weights and figures of
one that was never disturbed.

    kill_and_resume.py target/release/mnist-tui [--kills 50] [--seed 0]

Their recipes follow a schedule, early stopping and a target, so that what is decided at an epoch's end is lost or not, too. Some
kills fall into the writing of a checkpoint: whenever a part of one is seen on the disk, the process is killed at once in every
other run. Needs nothing but Python.
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

BEST = ["--preset", "best", "--epochs", "3", "--train-limit", "4000", "--validation", "500", "--batch-size", "32", "--seed", "7",
        "--set", "model.layers=[{kind='conv',filters=16,kernel=3,activation='relu'},{kind='max-pool',size=2},"
        "{kind='batch-norm'},{kind='dropout',rate=0.2},{kind='conv',filters=32,kernel=3,activation='relu'},{kind='flatten'},"
        "{kind='dropout',rate=0.3},{kind='dense',units=10,activation='none'}]"]
# An epoch takes a moment, so that many kills fall between its checkpoint and what follows from it.
SHORT = ["--preset", "mlp", "--train-limit", "600", "--validation", "200", "--seed", "3", "--threads", "1"]
RECIPES = {
    "everything at random": BEST,
    "early stopping": [*SHORT, "--epochs", "60", "--lr", "0.005", "--set", "train.patience=9", "--set", "train.min_delta=0.01",
                       "--set", "schedule.kind=plateau"],
    "a target": [*SHORT, "--epochs", "60", "--lr", "0.0005", "--set", "schedule.kind=cosine",
                 "--until-test-accuracy", "0.8"],
    "a target out of reach": [*SHORT, "--epochs", "25", "--set", "schedule.kind=one-cycle", "--until-test-accuracy", "1",
                              "--set", "train.patience=20"],
}
# What the clock gives, what names the run, and the threads, which each process has anew.
OF_THE_CLOCK = ["run_id", "name", "threads", "train_seconds", "images_per_second", "seconds_to_target"]


def start(folder, *arguments):
    command = [asked.program, "train", "--headless", "--json", "--runs-dir", folder, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process, folder):
    output, errors = process.communicate()
    if process.returncode == 2 and " is over: " in errors:
        # It was killed when all was written down.
        export = [asked.program, "export", "last", "--format", "json", "--runs-dir", folder, "--output", folder + "/end.json"]
        subprocess.run(export, check=True, capture_output=True)
        with open(folder + "/end.json") as file:
            return json.load(file)
    if process.returncode != 0:
        sys.exit(f"exit code {process.returncode}: {errors[-2000:]}")
    return json.loads(output)


def figures(summary):
    return {key: value for key, value in summary.items() if key not in OF_THE_CLOCK}


def writes_a_checkpoint(folder):
    for path, _, files in os.walk(folder):
        if path.endswith("checkpoints") and any(file.endswith(".part") for file in files):
            return True
    return False


undisturbed = {}
for name, recipe in RECIPES.items():
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        expected = finish(start(folder, *recipe), folder)
        undisturbed[name] = (expected, time.monotonic() - began)
    end = f"{expected['status']}, {expected['epochs']} epochs, {expected['steps']} steps in {undisturbed[name][1]:.1f} s"
    print(f"{name}, undisturbed: {end}, weights {expected['weights_sha256'][:16]}")

kills = within_checkpoints = 0
names = list(RECIPES)
while kills < asked.kills:
    # One after the other, so that few kills are enough for all.
    names.append(name := names.pop(0))
    recipe, (expected, whole) = RECIPES[name], undisturbed[name]
    with tempfile.TemporaryDirectory() as folder:
        process = start(folder, *recipe)
        resumed = 0
        for attempt in range(chance.randint(1, 3)):
            deadline = time.monotonic() + chance.uniform(0.05, whole)
            in_checkpoint = chance.random() < 0.5
            while time.monotonic() < deadline and process.poll() is None:
                if in_checkpoint and time.monotonic() > deadline - whole / 2 and writes_a_checkpoint(folder):
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
                process = start(folder, *recipe)
        got = finish(process, folder)
        for key, value in figures(expected).items():
            if got[key] != value:
                sys.exit(f"{name}, after {kills} kills: {key} is {got[key]}, not {value}")
        print(f"{kills} kills, {name}, resumed {resumed} times: the same weights and figures")
print(f"{kills} kills, {within_checkpoints} of them while a checkpoint was written: always the same weights and figures")
