#!/usr/bin/env python3
"""Does a checkpoint of the preset `seed` mean the same in PyTorch?

    mnist-tui --headless --json --save seed.safetensors > run.json
    python3 check_checkpoint.py seed.safetensors run.json FOLDER_WITH_T10K_IDX_FILES

Needs torch, numpy and safetensors. Prints both accuracies; exits 1 when an image is told apart differently.
"""
import gzip, json, os, sys

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn


def idx(folder, name, offset):
    for path, reader in ((name, open), (name + ".gz", gzip.open)):
        if os.path.exists(os.path.join(folder, path)):
            with reader(os.path.join(folder, path), "rb") as file:
                return np.frombuffer(file.read(), np.uint8, offset=offset)
    sys.exit(f"no {name} in {folder}")


checkpoint, run, folder = sys.argv[1:]
network = nn.ModuleDict({
    "conv1": nn.Conv2d(1, 32, 3), "conv2": nn.Conv2d(32, 64, 3), "conv3": nn.Conv2d(64, 64, 3),
    "dense1": nn.Linear(576, 64), "dense2": nn.Linear(64, 10),
})
network.load_state_dict(load_file(checkpoint))
images = torch.from_numpy(idx(folder, "t10k-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28).astype("float32") / 255)
labels = torch.from_numpy(idx(folder, "t10k-labels-idx1-ubyte", 8).astype("int64"))
with torch.no_grad():
    x = torch.max_pool2d(torch.relu(network["conv1"](images)), 2)
    x = torch.max_pool2d(torch.relu(network["conv2"](x)), 2)
    x = torch.relu(network["conv3"](x)).flatten(1)
    predicted = network["dense2"](torch.relu(network["dense1"](x))).argmax(1)
theirs = np.zeros((10, 10), int)
np.add.at(theirs, (labels.numpy(), predicted.numpy()), 1)
summary = json.load(open(run))
print("PyTorch  ", float((predicted == labels).float().mean()))
print("mnist-tui", summary["test_accuracy"])
sys.exit(0 if (theirs == np.array(summary["confusion_matrix"])).all() else 1)
