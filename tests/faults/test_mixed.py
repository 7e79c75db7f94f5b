"""The service passes the mixed load under faults; a service with one fault built in does not."""

import sys
from io import StringIO
from typing import cast

import pytest
from rich.console import Console

from tests.faults.report import Findings
from tests.faults.run import Plan, run, run_without_faults
from tools.stack.testing import TestStores, Way


def test_no_promise_is_broken_while_workers_stores_and_the_log_fail(request: pytest.FixtureRequest) -> None:
    way = cast("Way", request.config.getoption("--stores"))
    plan = Plan(seed=1, requests=20_000, seconds=20, fault_every_s=1.2, way=way)
    findings = run(plan, Console(file=sys.stdout))
    assert findings.passed, findings.told()
    assert findings.counts["requests"] > 500
    assert findings.counts["fault: restart service"] == 1
    assert sum(count for name, count in findings.counts.items() if name.startswith("fault: ")) >= 5


@pytest.mark.parametrize(
    ("mutant", "kinds"),
    [
        ("drops_an_invalidation", {"wrong sum", "stale read"}),
        ("confirms_without_commit", {"stale read"}),
        ("creates_twice", {"doubled order"}),
        ("answers_stale", {"stale read", "wrong sum"}),
        ("forgets_a_total", {"wrong summary"}),
        ("answers_otherwise_than_documented", {"undocumented answer"}),
        ("answers_late", {"late answer"}),
    ],
)
async def test_a_fault_that_is_built_in_is_found(
    mutant: str, kinds: set[str], stores: TestStores, migrated_database: str
) -> None:
    findings = await found(mutant, stores, migrated_database)
    assert kinds & findings.violations.keys(), findings.told()


async def found(mutant: str, stores: TestStores, database_url: str) -> Findings:
    """Run the load for a few seconds, without faults, on the session's stores."""
    plan = Plan(
        seed=1,
        requests=1500,
        seconds=8,
        workers=1,
        size=3,
        module="tests.faults.mutants",
        variables=(("MUTANT", mutant),),
    )
    return await run_without_faults(plan, database_url, stores.redis_url, Console(file=StringIO()))
