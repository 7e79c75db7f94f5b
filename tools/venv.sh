#!/bin/sh
# Installs exactly the packages of requirements.lock, with their hashes checked, and this project in development
# mode into .venv; silent and quick if they are there. Needs Python 3.11 or newer and uv (`pip install uv`).
set -eu
cd "$(dirname "$0")/.."

# Written last, so that the next run repeats an interrupted one.
synced=.venv/.synced-with
if [ -x .venv/bin/python ] && cat requirements.lock pyproject.toml | cmp -s - "$synced"; then
    exit 0
fi

if [ -n "${UV:-}" ] && [ -x "$UV" ]; then # uvx sets it for its commands
    uv() { "$UV" "$@"; }
elif command -v uv >/dev/null; then
    uv() { command uv "$@"; }
elif python3 -m uv --version >/dev/null 2>&1; then
    uv() { python3 -m uv "$@"; }
else
    echo "venv: uv is not installed
  hint: pip install uv" >&2
    exit 1
fi

# Ignore an active environment of another project.
unset VIRTUAL_ENV
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    uv venv --quiet --clear --python '>=3.11' .venv
fi
echo "venv: installing the packages of requirements.lock ..." >&2
# Neither command fetches a package that is not in the lock: the build backend is in it.
uv pip sync --quiet --require-hashes --python .venv requirements.lock
uv pip install --quiet --no-deps --no-build-isolation --python .venv --editable .
cat requirements.lock pyproject.toml >"$synced.new"
mv "$synced.new" "$synced"
