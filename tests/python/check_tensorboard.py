#!/usr/bin/env python3
"""Does TensorBoard itself read exported event files, and does it find in them what the CSV and JSON exports say?

    EXPORTS_FOLDER=FOLDER cargo test --release --test exports -- --ignored
    python3 check_tensorboard.py FOLDER/seed.events FOLDER/seed.csv FOLDER/seed.json

Needs tensorboard. Exits 1 when something is missing or differs.
"""
import csv, glob, json, struct, sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.plugins.hparams import plugin_data_pb2

folder, table, summary = sys.argv[1:]
rows = list(csv.DictReader(open(table, newline="")))
summary = json.load(open(summary))

# Every record with its checksums, which the accumulator does not look at.
(path,) = glob.glob(f"{folder}/events.out.tfevents.*")
data, at, events = open(path, "rb").read(), 0, []
while at < len(data):
    (length,), (crc,) = struct.unpack_from("<Q", data, at), struct.unpack_from("<I", data, at + 8)
    assert crc == masked_crc32c(data[at:at + 8]), at
    record = data[at + 12:at + 12 + length]
    assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked_crc32c(record), at
    events.append(Event.FromString(record))
    at += 16 + length
assert at == len(data) and events[0].file_version == "brain.Event:2"
assert all(a.wall_time <= b.wall_time for a, b in zip(events, events[1:])), "time runs backwards"

accumulator = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0})
accumulator.Reload()
tags = accumulator.Tags()


def compare(tag, column):
    wanted = [(int(row["step"]), float(row[column])) for row in rows if row[column]]
    found = [(scalar.step, scalar.value) for scalar in accumulator.Scalars(tag)]
    assert len(wanted) == len(found), (tag, len(wanted), len(found))
    for (step, value), (found_step, found_value) in zip(wanted, found):
        assert step == found_step and abs(value - found_value) <= 1e-6 * max(1, abs(value)), (tag, step, value, found_step, found_value)
    print(f"{tag}: {len(found)} values agree")


compare("loss/train", "loss")
compare("accuracy/train", "accuracy")
compare("learning_rate", "learning_rate")
for split in ("validation", "test"):
    compare(f"loss/{split}", f"{split}_loss")
    compare(f"accuracy/{split}", f"{split}_accuracy")
assert abs(accumulator.Scalars("accuracy/test")[-1].value - summary["test_accuracy"]) < 1e-6

for tag in ("confusion/validation", "confusion/test", "samples", "worst mistakes"):
    images = accumulator.Images(tag)
    for image in images:
        assert image.encoded_image_string.startswith(b"\x89PNG") and image.width > 0 and image.height > 0, tag
    print(f"{tag}: {len(images)} images of {images[0].width} x {images[0].height}")

plugin = {tag: plugin_data_pb2.HParamsPluginData.FromString(content) for tag, content in accumulator.PluginTagToContent("hparams").items()}
experiment = plugin["_hparams_/experiment"].experiment
session = plugin["_hparams_/session_start_info"].session_start_info
assert {info.name for info in experiment.hparam_infos} == set(session.hparams) and len(session.hparams) > 10
assert session.hparams["batch_size"].number_value == summary["hyperparameters"]["batch_size"]
assert session.hparams["preset"].string_value == summary["preset"]
assert plugin["_hparams_/session_end_info"].session_end_info.status == 1
for metric in experiment.metric_infos:
    assert metric.name.tag in tags["scalars"], metric
print(f"{len(session.hparams)} hyperparameters")
