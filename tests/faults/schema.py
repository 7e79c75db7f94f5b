"""`schema`: schemathesis sends what the OpenAPI document allows and what it forbids, and checks each answer.

    python -m tests.faults schema --cases 5000 --seed 7

All of its checks are on, in all phases: examples, coverage, fuzzing, and sequences of requests (stateful). It is no
dependency of the project: `uvx` runs a fixed version in an environment of its own.
"""

import argparse
import asyncio
import os
import random
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

from product_dashboard.migrate import upgrade
from tests.faults.run import read_document
from tests.faults.service import running
from tests.faults.shelf import fill_shelf
from tools.stack.layout import CHECKOUT
from tools.stack.testing import WAYS, scratch_database, session_stores

VERSION = "4.32.5"
INTERRUPTED = 3
"""The exit status of a run that was interrupted: not all cases were sent."""
_REPORT_S = 60
_HOOKS = "tests.faults.schema_hooks"
# 412 and 422 depend on the state: whether the ETag is current, and whether the ids of a body name something.
_CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 422, 429, "5xx"]
"""
_METHODS = {"get", "post", "put", "patch", "delete"}


async def run(cases: int, seed: int, seconds: int, database_url: str, redis_url: str) -> int:
    """Run schemathesis on a service of its own; the exit status of schemathesis."""
    variables = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "LOG_FORMAT": "json"}
    async with running(variables) as service:
        await fill_shelf(service.port, products=5)
        document = await read_document(service.port)
        operations = sum(
            method in _METHODS for operations in document["paths"].values() for method in operations
        )
        with tempfile.TemporaryDirectory() as folder:  # it reads its configuration and writes there
            (Path(folder) / "schemathesis.toml").write_text(_CONFIGURATION, encoding="ascii")
            each = max(1, cases // operations)
            process = await asyncio.create_subprocess_exec(
                *command(f"http://127.0.0.1:{service.port}", each, seed),
                cwd=folder,
                start_new_session=True,  # so that signals reach schemathesis too, which `uv` starts
                env={**os.environ, "SCHEMATHESIS_HOOKS": _HOOKS, "PYTHONPATH": str(CHECKOUT)},
            )
            try:
                return await _finished(process, seconds)
            finally:
                if process.returncode is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    await process.wait()


async def _finished(process: asyncio.subprocess.Process, seconds: float) -> int:
    """Wait for the exit status. After `seconds` the process is interrupted, so that it prints its findings."""
    try:
        return await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGINT)
        await asyncio.wait_for(process.wait(), _REPORT_S)
        return INTERRUPTED


def command(url: str, examples: int, seed: int) -> list[str]:
    """Return the command line of schemathesis; `examples` is for each operation."""
    document = f"{url}/swagger/openapi.json"
    return [
        os.environ.get("UV", "uv"), "tool", "run", f"schemathesis@{VERSION}", "run", document, "--url", url,
        "--checks", "all", "--max-examples", str(examples), "--seed", str(seed),
        "--continue-on-failure", "--suppress-health-check", "all", "--generation-database", "none",
    ]  # fmt: skip


def main(argv: Sequence[str]) -> int:
    """Run `schema` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="just faults schema", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=5000, help="in all operations (default: %(default)s)")
    parser.add_argument(
        "--seconds", type=int, default=1800, help="end, and fail, after this time (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=None, help="(default: a new one)")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    options = parser.parse_args(argv)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    with session_stores(options.stores) as stores, scratch_database(stores.mysql_url) as url:
        upgrade(url)
        return asyncio.run(run(options.cases, seed, options.seconds, url, stores.redis_url))
