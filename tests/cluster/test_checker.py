"""The checker of the cache on a group whose secondaries answer loads, and lag; `just bench secondaries` is longer."""

from dataclasses import replace

from tests.cluster.conftest import DATABASE
from tools.bench.cache.secondaries import PLAN, check_group
from tools.stack.mysql_group import MysqlGroup


def test_no_read_is_stale_while_secondaries_lag_and_redis_and_writers_fail(
    group: MysqlGroup, database_url: str
) -> None:
    del database_url  # the database exists
    verdict = check_group(group, DATABASE, replace(PLAN, seconds=5, fault_every=2.0), lag_s=0.3)
    assert verdict.stale == 0, verdict.notes
    assert verdict.read_errors == 0, verdict.notes
    assert verdict.metrics["loads on secondary"] > 0
