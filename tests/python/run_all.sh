#!/usr/bin/env bash
# Has other programs look at what ours writes: kills trainings and lets them go on, fills disks, and gives exports to
# TensorBoard, onnxruntime and Chromium.
#
#     tests/python/run_all.sh
#
# Needs python3; Python's packages go into target/python. What cannot be had on this machine is left out, and said so.
set -euo pipefail
cd "$(dirname "$0")/../.."
exports=$PWD/target/exports
python=$PWD/target/python/bin/python
skipped=()

skip() {
    skipped+=("$1")
    echo "skipped: $1"
}

# A Debian package, when its command is not there yet and we may install it.
install() {
    command -v "$1" >/dev/null && return
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2"; } >/dev/null 2>&1
    command -v "$1" >/dev/null
}

cargo build --release --locked
EXPORTS_FOLDER=$exports cargo test --release --locked --test exports -- --ignored

if ! install python3 python3; then
    skip "everything in tests/python: no python3"
    exit
fi

python3 tests/python/kill_and_resume.py target/release/mnist-tui --kills "${KILLS:-5}"
python3 tests/python/bad_disk.py target/release/mnist-tui
# slurm.py starts a cluster of its own, and is run by hand.

if [ -x "$python" ] || python3 -m venv target/python || { install python3-venv python3-venv; python3 -m venv target/python; }; then
    if "$python" -m pip install -q --disable-pip-version-check tensorboard 'setuptools<81' onnx onnxruntime numpy; then
        "$python" tests/python/check_tensorboard.py "$exports"/seed.events "$exports"/seed.csv "$exports"/seed.json
        for network in seed kinds; do
            "$python" tests/python/check_onnx.py "$exports/$network.onnx" "$exports/$network.json" "$exports"
        done
        "$python" tests/python/check_onnx_color.py target/release/mnist-tui
    else
        skip "TensorBoard and onnxruntime: their packages cannot be installed"
    fi
else
    skip "TensorBoard and onnxruntime: no virtual environments"
fi

if install chromium chromium; then
    python3 tests/python/check_html.py "$exports"/{seed,both}.html "$exports"/{seed,both,seed-dashboard}.svg
else
    skip "Chromium: it cannot be installed"
fi

echo "checked by other programs; ${#skipped[@]} left out"
