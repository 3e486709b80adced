#!/usr/bin/env python3
"""Does onnxruntime tell all test images apart as the program does, with an exported network?

    EXPORTS_FOLDER=FOLDER cargo test --release --test exports -- --ignored
    python3 check_onnx.py FOLDER/seed.onnx FOLDER/seed.json FOLDER
    python3 check_onnx.py FOLDER/kinds.onnx FOLDER/kinds.json FOLDER

FOLDER has the IDX files of the test set. Needs onnx, onnxruntime and numpy. Compares the whole confusion matrix; exits 1
when an image is told apart differently.
"""
import json, os, sys

import numpy as np
import onnx
import onnxruntime

model, run, folder = sys.argv[1:]
onnx.checker.check_model(onnx.load(model), full_check=True)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
pixels = np.fromfile(os.path.join(folder, "t10k-images-idx3-ubyte"), np.uint8, offset=16)
labels = np.fromfile(os.path.join(folder, "t10k-labels-idx1-ubyte"), np.uint8, offset=8)
images = pixels.reshape(-1, 1, 28, 28).astype(np.float32) / 255
logits, probabilities = session.run(["logits", "probabilities"], {"image": images})
assert logits.shape == probabilities.shape == (len(labels), 10)
assert np.allclose(probabilities.sum(1), 1, atol=1e-5) and (probabilities.argmax(1) == logits.argmax(1)).all()
# Any number of images at a time.
assert np.allclose(session.run(["logits"], {"image": images[:3]})[0], logits[:3], atol=1e-4)

theirs = np.zeros((10, 10), int)
np.add.at(theirs, (labels, logits.argmax(1)), 1)
summary = json.load(open(run))
ours = np.array(summary["confusion_matrix"])
shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
loss = (np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(labels)), labels]).mean()
print(f"onnxruntime accuracy {(logits.argmax(1) == labels).mean()}, loss {loss:.6f}")
print(f"mnist-tui   accuracy {summary['test_accuracy']}, loss {summary['test_loss']:.6f}")
print("all", len(labels), "images are told apart alike" if (theirs == ours).all() else "images: the confusion matrices differ")
sys.exit(0 if (theirs == ours).all() and abs(loss - summary["test_loss"]) < 1e-4 else 1)
