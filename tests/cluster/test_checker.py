"""The checker of the cache on a group whose secondaries answer loads, and lag by up to a second."""

from dataclasses import replace

from tests.cluster.conftest import DATABASE
from tools.bench.cache.secondaries import MUTANT, PLAN, check_group
from tools.stack.mysql_group import MysqlGroup


def test_no_read_is_stale_while_secondaries_lag_and_redis_and_writers_fail(
    group: MysqlGroup, database_url: str
) -> None:
    del database_url  # the database exists
    verdict = check_group(group, DATABASE, replace(PLAN, seconds=60, reads=1000, fault_every=2.0))
    assert verdict.stale == 0, verdict.notes
    assert verdict.read_errors == 0, verdict.notes
    assert verdict.metrics["loads on secondary"] > 0


def test_without_the_wait_of_the_secondaries_a_read_is_stale(group: MysqlGroup, database_url: str) -> None:
    del database_url
    assert check_group(group, DATABASE, MUTANT).stale > 0
