#!/bin/sh
# Renews requirements.lock: every Python library that pyproject.toml asks for, and what those ask for, with one version and the hashes of its files,
# for every Python from 3.11 on Debian and macOS. From the index that pip is set up with, whose address is not written down.
set -eu

index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
if [ -z "${UV_DEFAULT_INDEX:-}" ] && [ -n "${PIP_INDEX_URL:-$index}" ]; then
  export UV_DEFAULT_INDEX="${PIP_INDEX_URL:-$index}"
fi
.venv/bin/uv pip compile pyproject.toml --extra dev --upgrade --quiet --no-config \
  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --custom-compile-command "make lock" --output-file requirements.lock >/dev/null
