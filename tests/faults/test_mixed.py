"""The service passes the mixed load under faults; a service with one fault built in does not."""

import sys
from typing import cast

import pytest
from rich.console import Console

from tests.faults.proof import attack, is_found
from tests.faults.run import Plan, run
from tools.stack.testing import TestStores, Way

pytestmark = pytest.mark.any_server


def test_no_promise_is_broken_while_workers_stores_and_the_log_fail(request: pytest.FixtureRequest) -> None:
    way = cast("Way", request.config.getoption("--stores"))
    plan = Plan(seed=1, requests=20_000, seconds=16, size=4, fault_every_s=1, way=way)
    findings = run(plan, Console(file=sys.stdout))
    assert findings.passed, findings.told()
    assert findings.counts["requests"] > 200
    assert findings.counts["fault: restart service"] == 1
    assert sum(count for name, count in findings.counts.items() if name.startswith("fault: ")) >= 4


@pytest.mark.parametrize("mutant", ["drops_an_invalidation", "confirms_without_commit", "creates_twice"])
async def test_a_fault_that_is_built_in_is_found(
    mutant: str, stores: TestStores, migrated_database: str
) -> None:
    findings = await attack(mutant, migrated_database, stores.redis_url)
    assert is_found(mutant, findings), findings.told()
