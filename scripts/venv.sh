#!/bin/sh
# venv.sh PYTHON LOCK: a virtual environment in .venv that holds exactly what the lock names.
set -eu
python=$1 lock=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Budwood needs Python 3.11 or newer as '$python'. Name another: make PYTHON=python3.12 ..." >&2
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "This Python has no venv or pip. On Debian and Ubuntu: apt-get install python$version-venv" >&2
    echo "Elsewhere: install the full Python $version, or name one: make PYTHON=/path/to/python ..." >&2
    exit 1
}
.venv/bin/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv && "$python" -m venv .venv; }
echo "Installing what $lock names (a quarter of a minute or so, once) ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
    .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r "$lock" &&
        .venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
} >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "The installation failed; is the package index reachable? pip's own settings are used." >&2
    exit 1
}
