#!/usr/bin/env python3
"""Writes the parameters of a file that `mnist-tui --save` wrote as 16-bit numbers: make.py FILE digits.safetensors

Needs nothing but Python. What says which run it was stays out, so that the same parameters are the same file.
"""
import hashlib
import json
import struct
import sys

source, target = sys.argv[1:]
with open(source, "rb") as file:
    data = file.read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + length])
body = data[8 + length :]
metadata = header.pop("__metadata__")
metadata.pop("run", None)
tensors, values, at = {}, b"", 0
for name in sorted(header):
    start, end = header[name]["data_offsets"]
    assert header[name]["dtype"] == "F32", name
    half = b"".join(struct.pack("<e", value) for (value,) in struct.iter_unpack("<f", body[start:end]))
    tensors[name] = {"dtype": "F16", "shape": header[name]["shape"], "data_offsets": [at, at + len(half)]}
    values, at = values + half, at + len(half)
text = json.dumps({"__metadata__": dict(sorted(metadata.items())), **tensors}, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
whole = struct.pack("<Q", len(text)) + text + values
with open(target, "wb") as file:
    file.write(whole)
print(hashlib.sha256(whole).hexdigest(), target)
