#!/bin/sh
# Makes the virtual environment in .venv and installs requirements.lock (`make lock`): these files and no others, whichever index pip is set up with.
# What it cannot do itself it names, with the command to type.
set -eu

python=""
for candidate in python3.13 python3.12 python3.11 python3; do
  if command -v "$candidate" >/dev/null 2>&1 &&
     "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Motorkap needs Python 3.11 or newer. Debian: apt install python3 python3-venv. macOS: brew install python@3.12" >&2
  exit 1
fi
if [ ! -x .venv/bin/python ]; then
  "$python" -m venv .venv || {
    rm -rf .venv
    echo "Python cannot make a virtual environment. Debian: apt install python3-venv" >&2
    exit 1
  }
fi
echo "Installing the Python libraries ..."
install() {
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@" 2>.venv/pip.log || {
    cat .venv/pip.log >&2
    exit 1
  }
}
install --no-deps --require-hashes --requirement requirements.lock
install --no-deps --no-build-isolation --editable .
