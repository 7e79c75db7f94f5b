# `just` without a recipe lists them all. A recipe of more than a few lines is a program in tools/.

set dotenv-load := true

python := justfile_directory() / ".venv/bin/python"
stack := '"' + python + '" -m tools.stack'

# One lock for every platform, with a hash for each file and without the address of a package registry.
compile := env("UV", "uv") + " pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header"

[private]
default:
    @"{{ just_executable() }}" --justfile "{{ justfile() }}" --list --unsorted

# Install the packages of requirements.lock into .venv, unless they are there.
[private]
venv:
    @sh tools/venv.sh

# Start everything: MySQL, Redis, the schema, sample data, and the API in the background.
[group('run')]
up: venv
    @{{ stack }} port
    @"{{ python }}" -m tools.sqlgen gen
    @{{ stack }} up
    @{{ stack }} exec -- "{{ python }}" -m product_dashboard.migrate up
    @# Status 3: the database has other data, which is no reason to stop.
    @{{ stack }} exec -- "{{ python }}" -m tools.seed || [ $? -eq 3 ]
    @{{ stack }} serve

# Stop everything that `up` started; the data stays.
[group('run')]
down: venv
    @{{ stack }} down

# Stop everything that `up` started, and delete its data.
[group('run')]
reset: venv
    @{{ stack }} reset

# Run the API in this terminal instead of in the background.
[group('run')]
serve: venv
    @{{ stack }} stop
    @{{ stack }} exec --serving -- "{{ python }}" -m product_dashboard.server

# Show the end of a log: api (default), mysql or redis; -f follows it.
[group('run')]
logs *arguments: venv
    @{{ stack }} logs {{ arguments }}

# Show which servers run, and their addresses.
[group('run')]
status: venv
    @{{ stack }} status

# Make an API key and add it to API_KEYS_FILE; scopes: read (default), write, metrics.
[group('run')]
api-key name *scopes: venv
    @"{{ python }}" -m product_dashboard.access.new_key "{{ name }}" {{ scopes }}

# List the handlers of the API with their paths.
[group('run')]
routes: venv
    @{{ stack }} exec -- "{{ justfile_directory() }}/.venv/bin/litestar" --app product_dashboard.app:application routes

# Show the figures of the running API's cache: hits, loads, refused stores, latencies.
[group('run')]
cache-stats: venv
    @"{{ python }}" -m tools.cache_stats

# Run a Prometheus on the running API, with the alert rules of tools/observability; check: only test the rules.
[group('run')]
observability *arguments: venv
    @"{{ python }}" -m tools.observability {{ arguments }}

# Make a typed Python client from the document, in build/ or in the folder that is named.
[group('api')]
client *folder: venv
    @"{{ python }}" -m tools.openapi client {{ folder }}

# Migrate the schema: up (default), down [--count N | --all], or status.
[group('data')]
migrate *arguments="up": venv
    @{{ stack }} exec -- "{{ python }}" -m product_dashboard.migrate {{ arguments }}

# Fill the database with sample data of any size: --products N --orders N ...
[group('data')]
seed *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.seed {{ arguments }}

# Compare the totals that the service keeps with the rows (check), or add what is missing (repair).
[group('data')]
summaries command="check": venv
    @{{ stack }} exec -- "{{ python }}" -m product_dashboard.summaries {{ command }}

# Write generated/ from sql/ and migrations/.
[group('sql')]
gen *arguments: venv
    @"{{ python }}" -m tools.sqlgen gen {{ arguments }}

# Fail if generated/ is not up to date.
[group('sql')]
gen-check *arguments: venv
    @"{{ python }}" -m tools.sqlgen check {{ arguments }}

# Write generated/ again after each change in sql/ or migrations/.
[group('sql')]
gen-watch: venv
    @"{{ python }}" -m tools.sqlgen watch

# Print the columns and parameters of every query as JSON.
[group('sql')]
describe *arguments: venv
    @"{{ python }}" -m tools.sqlgen describe {{ arguments }}

# Print why a query has its types, NULLs, parameters and rows: a name, or file.sql:line.
[group('sql')]
explain query *arguments: venv
    @"{{ python }}" -m tools.sqlgen explain "{{ query }}" {{ arguments }}

# Check every query on the running MySQL or MariaDB.
[group('sql')]
verify *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.sqlgen verify {{ arguments }}

# Run the tests on servers of their own; takes the arguments of pytest: a path, -k, --stores=local ...
[group('quality')]
test *arguments: venv
    @"{{ python }}" -m pytest {{ arguments }}

# Load the service while its workers, stores and log fail, and check every answer: mixed, failover, schema, slow, hot, proof; --help.
[group('quality')]
faults *arguments: venv
    @"{{ python }}" -m tests.faults {{ arguments }}

# Change the compiler's proofs in one place at a time: a test must notice. --sample N [MODULE ...] takes some of them.
[group('quality')]
mutants *arguments: venv
    @"{{ python }}" -m tools.mutants {{ arguments }}

# Run every check that needs no server: format, lint, types, imports, generated code, document, prose, locks.
[group('quality')]
check: venv
    @"{{ python }}" -m tools.check

# Write the OpenAPI document to its file; check: compare with it and with the last release; release: keep it as that; lint; client.
[group('api')]
openapi *arguments: venv
    @"{{ python }}" -m tools.openapi {{ arguments }}

# Take the pictures of the README: page, from the running API, and editor, from Neovim (default: both).
[group('quality')]
pictures *names: venv
    @{{ stack }} exec --serving -- "{{ python }}" -m tools.pictures {{ names }}

# Format the code, and apply the automatic fixes of the linter.
[group('quality')]
fmt: venv
    @"{{ python }}" -m ruff format --quiet
    @"{{ python }}" -m ruff check --fix-only --quiet

# Write requirements*.lock from pyproject.toml (--upgrade: with the newest versions that fit).
[group('quality')]
lock *arguments:
    @{{ compile }} --group dev --extra otel --output-file requirements.lock {{ arguments }} pyproject.toml
    @# Constrained by the first, so that the image has the versions that the tests ran with.
    @{{ compile }} --constraints requirements.lock --output-file requirements-runtime.lock {{ arguments }} pyproject.toml
    @{{ compile }} --extra otel --constraints requirements.lock --output-file requirements-otel.lock {{ arguments }} pyproject.toml
    @# The same, so that the service and the peers of its benchmark share what both use.
    @{{ compile }} --group bench --constraints requirements.lock --output-file requirements-bench.lock {{ arguments }} pyproject.toml

# Fail if a lock is not what `just lock` would write.
[group('quality')]
lock-check:
    #!/bin/sh
    set -eu
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    cp pyproject.toml requirements*.lock "$copy"
    "{{ just_executable() }}" --justfile "{{ justfile() }}" --working-directory "$copy" lock
    for lock in requirements*.lock; do
        diff -u "$lock" "$copy/$lock" || { echo "lock: $lock is out of date
      hint: just lock" >&2; exit 1; }
    done

# Load the API with its cache and without it, and compare.
[group('measure')]
load-test *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.bench load-test {{ arguments }}

# Run a benchmark; without a name, list them.
[group('measure')]
[positional-arguments]
bench *arguments: venv
    @{{ stack }} exec -- "{{ python }}" -m tools.bench "$@"
