#!/usr/bin/env bash
# Resolves requirements.lock.txt (the whole environment), requirements.runtime.lock.txt (without the tools of development) and requirements.bootstrap.txt (uv itself): exact pins and hashes, no addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .uv/bin/uv)
flags=(--quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate)
"$uv" pip compile "${flags[@]}" --all-extras "$@" pyproject.toml -o requirements.lock.txt
# What the production image installs: the same versions without the extras.
"$uv" pip compile "${flags[@]}" -c requirements.lock.txt pyproject.toml -o requirements.runtime.lock.txt
"$uv" --version | awk '{print "uv==" $2}' | "$uv" pip compile "${flags[@]}" - -o requirements.bootstrap.txt
