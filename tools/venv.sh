#!/bin/sh
# Have .venv hold exactly what requirements.lock says, hashes checked, and this project in development mode.
# Silent and quick when it does already. Needs Python 3.11 or newer and uv (`pip install uv`).
set -eu
cd "$(dirname "$0")/.."

# Written last, so that an interrupted run counts as none.
synced=.venv/.synced-with
if [ -x .venv/bin/python ] && cat requirements.lock pyproject.toml | cmp -s - "$synced"; then
    exit 0
fi

if [ -n "${UV:-}" ] && [ -x "$UV" ]; then # set by uvx for what it runs
    uv() { "$UV" "$@"; }
elif command -v uv >/dev/null; then
    uv() { command uv "$@"; }
elif python3 -m uv --version >/dev/null 2>&1; then
    uv() { python3 -m uv "$@"; }
else
    echo "venv: uv is not here
  hint: pip install uv" >&2
    exit 1
fi

# An environment of another project, active in this terminal, is not ours to change.
unset VIRTUAL_ENV
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    uv venv --quiet --clear --python '>=3.11' .venv
fi
echo "venv: installing what requirements.lock says ..." >&2
# Both also fetch nothing that the lock does not name: the build backend is in it.
uv pip sync --quiet --require-hashes --python .venv requirements.lock
uv pip install --quiet --no-deps --no-build-isolation --python .venv --editable .
cat requirements.lock pyproject.toml >"$synced.new"
mv "$synced.new" "$synced"
