#!/usr/bin/env python3
"""Does onnxruntime tell coloured pictures apart as the program does, with what the exported file says of itself alone?

    python3 check_onnx_color.py target/release/mnist-tui

Makes a folder of small colour pictures that are not square, trains on it with and without normalisation, exports, and compares
what `evaluate --json` counts with what onnxruntime does. Needs onnxruntime and numpy.
"""
import json, os, subprocess, sys, tempfile

import numpy as np
import onnxruntime

program = os.path.abspath(sys.argv[1])
HEIGHT, WIDTH = 12, 20
NAMES = ["blue ring", "red bar", "绿点"]
random = np.random.default_rng(7)


def picture(kind):
    """Noise with a shape of the class on it, hard enough for some mistakes."""
    pixels = random.integers(0, 200, (HEIGHT, WIDTH, 3))
    y, x = random.integers(2, HEIGHT - 5), random.integers(2, WIDTH - 6)
    if kind == 0:
        pixels[y : y + 4, x : x + 5, 2] += 90
        pixels[y + 1 : y + 3, x + 1 : x + 4, 2] -= 90
    elif kind == 1:
        pixels[y, :, 0] += 90
    else:
        pixels[y : y + 3, x : x + 3, 1] += 90
    return pixels.clip(0, 255).astype(np.uint8)


with tempfile.TemporaryDirectory() as home:
    images, labels = [], []
    for part, count in [("train", 240), ("test", 120)]:
        for kind, name in enumerate(NAMES):
            folder = os.path.join(home, "pictures", part, name)
            os.makedirs(folder)
            for number in range(count):
                pixels = picture(kind)
                with open(os.path.join(folder, f"{number:03}.ppm"), "wb") as file:
                    file.write(b"P6 %d %d 255\n" % (WIDTH, HEIGHT) + pixels.tobytes())
                if part == "test":
                    images.append(pixels)
                    labels.append(kind)

    def run(*arguments):
        environment = {"HOME": home, "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
        done = subprocess.run([program, *arguments], cwd=home, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    for normalize in ["unit", "standard"]:
        run("--headless", "--data", "pictures", "--set", "data.color=color", "--set", f"data.normalize={normalize}", "--preset", "two-conv",
            "--epochs", "4", "--seed", "3", "--set", "data.validation=60", "--name", normalize)
        run("export", normalize, "--format", "onnx", "--output", f"{normalize}.onnx")
        report = json.loads(run("evaluate", normalize, "--json"))
        session = onnxruntime.InferenceSession(os.path.join(home, f"{normalize}.onnx"), providers=["CPUExecutionProvider"])
        says = session.get_modelmeta().custom_metadata_map
        goes_in, classes = json.loads(says["input"]), json.loads(says["classes"])
        assert goes_in["layout"] == "NCHW" and goes_in["color"] == "RGB" and goes_in["shape"] == ["batch", 3, HEIGHT, WIDTH], goes_in
        assert sorted(classes) == sorted(NAMES), classes
        low, high = goes_in["range"]
        batch = np.stack(images).transpose(0, 3, 1, 2).astype(np.float32) / 255 * (high - low) + low
        logits = session.run(["logits"], {goes_in["name"]: batch})[0]
        one = session.run(["logits"], {goes_in["name"]: batch[5:6]})[0]
        assert np.allclose(one, logits[5:6], atol=1e-4), "any number of images at a time"
        told = [classes[kind] for kind in logits.argmax(1)]
        right = sum(class_name == NAMES[label] for class_name, label in zip(told, labels))
        ours = report["right"]
        print(f"{normalize}: onnxruntime has {right} of {len(labels)} right, mnist-tui {ours}")
        assert right == ours and 0.5 < right / len(labels)
