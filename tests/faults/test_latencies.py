"""Short forms of `slow` and `hot`: every answer, the readiness and the sums. Latencies are for `just faults`."""

from math import inf

import pytest

from tests.faults import hot, slow
from tests.faults.crowd import KINDS
from tools.stack.testing import TestStores

pytestmark = pytest.mark.any_server


async def test_beside_slow_clients_of_each_kind_every_request_of_others_succeeds(
    stores: TestStores, migrated_database: str
) -> None:
    plan = slow.Plan(connections=60, rounds=1, seconds=0.5, noise_s=inf)
    findings, rows = await slow.run(plan, migrated_database, stores.redis_url)
    assert findings.passed, findings.told()
    assert len(rows) == len(KINDS)


async def test_many_buyers_of_one_product_leave_reads_readiness_and_sums_right(
    stores: TestStores, migrated_database: str
) -> None:
    plan = hot.Plan(buyers=60, seconds=2, noise_s=inf)
    findings, _ = await hot.run(plan, migrated_database, stores.redis_url)
    assert findings.passed, findings.told()
