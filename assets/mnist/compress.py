"""Compresses the four IDX files of MNIST as this program carries them: python3 compress.py FOLDER-OF-GZ-FILES"""

import gzip
import pathlib
import sys

import brotli

HALF = 16 + 30_000 * 28 * 28  # the header and the first 30,000 images

here = pathlib.Path(__file__).parent
source = pathlib.Path(sys.argv[1])


def write(name, data):
    (here / f"{name}.br").write_bytes(brotli.compress(data, quality=11, lgwin=24))


for name in ["train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte", "t10k-images-idx3-ubyte"]:
    write(name, gzip.decompress((source / f"{name}.gz").read_bytes()))
train = gzip.decompress((source / "train-images-idx3-ubyte.gz").read_bytes())
write("train-images-idx3-ubyte.1", train[:HALF])
write("train-images-idx3-ubyte.2", train[HALF:])
