#!/bin/sh
# Pin all dependencies with hashes and without addresses: any index or mirror may serve them.
set -eu
common="--generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header -q"
uv pip compile pyproject.toml --group build $common -o requirements.lock
uv pip compile pyproject.toml --group build --group dev -c requirements.lock $common -o requirements-dev.lock
(cd sandbox && uv pip compile test_tools.in $common -o test_tools.lock)
