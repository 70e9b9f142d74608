#!/usr/bin/env bash
# Makes the virtual environment named by $VENV from requirements.lock.txt. Needs Python 3.11+ and its pip or venv module, nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
venv=${VENV:-.venv}

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "no $python on this machine. Install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3.11"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
  || fail "$("$python" --version) can't run this. Python 3.11, 3.12 or 3.13 is needed; name one: make setup PYTHON=python3.11"

if command -v uv >/dev/null; then
  uv=(uv)
elif [ -x .uv/bin/uv ]; then
  uv=(.uv/bin/uv)
elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  "$python" -m venv .uv
  .uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.bootstrap.txt
  uv=(.uv/bin/uv)
elif "$python" -m pip --version >/dev/null 2>&1; then
  # Debian ships Python without ensurepip: its pip can still put uv into a folder of ours.
  "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --target .uv/lib -r requirements.bootstrap.txt
  mkdir -p .uv/bin && ln -sf ../lib/bin/uv .uv/bin/uv
  uv=(.uv/bin/uv)
else
  fail "$python has neither venv nor pip. On Debian: apt-get install python3-venv"
fi

# Links to the cache where it lies on the same disk (uv copies where it does not): two gigabytes need not be written again.
export UV_LINK_MODE=${UV_LINK_MODE:-hardlink} UV_PYTHON_DOWNLOADS=never
[ -x "$venv/bin/python" ] || "${uv[@]}" venv --quiet --python "$python" "$venv"
"${uv[@]}" pip sync --quiet --require-hashes --python "$venv/bin/python" requirements.lock.txt
# The project itself: editable, built with the pinned setuptools, so that nothing outside the lock file is fetched.
"${uv[@]}" pip install --quiet --no-deps --no-build-isolation --python "$venv/bin/python" --editable .
echo "environment ready: $venv ($("$venv/bin/python" --version))"
