"""Short forms of `slow` and `hot`. On a busy machine latencies are noise: only a great difference fails here."""

from tests.faults import hot, slow
from tools.stack.testing import TestStores

NOISE_S = 0.5


async def test_slow_clients_of_each_kind_do_not_slow_the_others_down(
    stores: TestStores, migrated_database: str
) -> None:
    plan = slow.Plan(connections=60, rounds=1, seconds=1, noise_s=NOISE_S)
    findings, rows = await slow.run(plan, migrated_database, stores.redis_url)
    assert findings.passed, findings.told()
    assert len(rows) == len(slow.KINDS)


async def test_many_buyers_of_one_product_leave_reads_readiness_and_sums_right(
    stores: TestStores, migrated_database: str
) -> None:
    plan = hot.Plan(buyers=60, seconds=2, noise_s=NOISE_S)
    findings, _ = await hot.run(plan, migrated_database, stores.redis_url)
    assert findings.passed, findings.told()
