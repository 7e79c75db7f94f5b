# `just` alone lists the recipes. What is longer than a few lines lives in tools/.

set dotenv-load := true

python := justfile_directory() / ".venv/bin/python"
stack := '"' + python + '" -m tools.stack'

# One lock for every platform, with a hash for each file and without the address of a package registry.
compile := env("UV", "uv") + " pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header"

[private]
default:
    @"{{ just_executable() }}" --justfile "{{ justfile() }}" --list --unsorted

# Have .venv hold exactly what requirements.lock says.
[private]
venv:
    @sh tools/venv.sh

# Start everything: MySQL, Redis, schema, sample data, and the API in the background.
[group('run')]
up: venv
    @"{{ python }}" -m tools.sqlgen gen
    @{{ stack }} up
    @{{ stack }} exec -- "{{ python }}" -m product_dashboard.migrate up
    @# 3: there is other data, which is as good; what it says about that is enough.
    @{{ stack }} exec -- "{{ python }}" -m tools.seed || [ $? -eq 3 ]
    @{{ stack }} serve

# Stop what `up` started; the data stays.
[group('run')]
down: venv
    @{{ stack }} down

# Stop what `up` started, and delete its data.
[group('run')]
reset: venv
    @{{ stack }} reset

# Run the API in this terminal, in place of the one in the background.
[group('run')]
serve: venv
    @{{ stack }} stop
    @{{ stack }} exec -- "{{ python }}" -m product_dashboard.server

# Show the end of a log: api (default), mysql or redis; -f follows it.
[group('run')]
logs *arguments: venv
    @{{ stack }} logs {{ arguments }}

# Show what runs, and where.
[group('run')]
status: venv
    @{{ stack }} status

# Show what the cache of the running API has done: hits, loads, refused stores, latencies.
[group('run')]
cache-stats: venv
    @"{{ python }}" -m tools.cache_stats

# Migrate the schema: up (default), down [--count N | --all], or status.
[group('data')]
migrate *arguments="up": venv
    @{{ stack }} exec -- "{{ python }}" -m product_dashboard.migrate {{ arguments }}

# Fill the database with sample data, of any size: --products N --orders N ...
[group('data')]
seed *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.seed {{ arguments }}

# Write generated/ from sql/ and migrations/.
[group('sql')]
gen *arguments: venv
    @"{{ python }}" -m tools.sqlgen gen {{ arguments }}

# Fail where generated/ is not what `gen` would write.
[group('sql')]
gen-check *arguments: venv
    @"{{ python }}" -m tools.sqlgen check {{ arguments }}

# Write generated/ anew after each change of a file it comes from.
[group('sql')]
gen-watch: venv
    @"{{ python }}" -m tools.sqlgen watch

# Print what the compiler knows of every query, as JSON.
[group('sql')]
describe *arguments: venv
    @"{{ python }}" -m tools.sqlgen describe {{ arguments }}

# Hold every query against the running MySQL or MariaDB.
[group('sql')]
verify *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.sqlgen verify {{ arguments }}

# Run the tests, on stores of their own (`--stores=local`, a path, -k ...: pytest's arguments).
[group('quality')]
test *arguments: venv
    @"{{ python }}" -m pytest {{ arguments }}

# Check everything that needs no store: format, lint, types, imports, generated code, locks.
[group('quality')]
check: venv
    @"{{ python }}" -m tools.check

# Format the code, and mend what the linter can mend by itself.
[group('quality')]
fmt: venv
    @"{{ python }}" -m ruff format --quiet
    @"{{ python }}" -m ruff check --fix-only --quiet

# Write requirements*.lock from pyproject.toml (--upgrade: with the newest versions that fit).
[group('quality')]
lock *arguments:
    @{{ compile }} --group dev --output-file requirements.lock {{ arguments }} pyproject.toml
    @# Constrained by the first, so that the image has the versions that the tests ran with.
    @{{ compile }} --constraints requirements.lock --output-file requirements-runtime.lock {{ arguments }} pyproject.toml

# Fail if a lock is not what `just lock` would write.
[group('quality')]
lock-check:
    #!/bin/sh
    set -eu
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    cp pyproject.toml requirements.lock requirements-runtime.lock "$copy"
    "{{ just_executable() }}" --justfile "{{ justfile() }}" --working-directory "$copy" lock
    for lock in requirements.lock requirements-runtime.lock; do
        diff -u "$lock" "$copy/$lock" || { echo "lock: $lock is out of date
      hint: just lock" >&2; exit 1; }
    done

# Load the API from the database and from the cache, side by side.
[group('measure')]
load-test *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.bench load-test {{ arguments }}

# Run a benchmark; without a name, list them.
[group('measure')]
bench *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.bench {{ arguments }}
