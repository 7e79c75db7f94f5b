"""Migrations run on the primary, one run at a time for the whole group."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from product_dashboard.migrate import MigrationError, downgrade, status, upgrade
from tests.cluster.test_primary import make_primary, secondary
from tools.stack.mysql_group import MysqlGroup


@pytest.fixture
def empty_database(group: MysqlGroup) -> Iterator[str]:
    """URL of an empty database on the group."""
    primary = group.primary()
    primary.run("CREATE DATABASE blank")
    yield group.url("blank")
    group.primary().run("DROP DATABASE blank")


def test_runs_at_the_same_time_apply_each_migration_once_on_the_primary(
    group: MysqlGroup, empty_database: str
) -> None:
    make_primary(group, group.members[-1])  # the last one that is asked
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(upgrade, [empty_database] * 3))
    assert sorted(map(len, runs))[:2] == [0, 0]
    assert {state.condition for state in status(empty_database)} == {"applied"}
    make_primary(group, secondary(group))
    assert upgrade(empty_database) == []
    last = max(len(run) for run in runs)
    assert len(downgrade(empty_database, count=None)) == last


def test_without_a_primary_a_run_says_what_each_server_is(group: MysqlGroup, empty_database: str) -> None:
    primary = group.primary()
    primary.run("SELECT group_replication_switch_to_multi_primary_mode()")
    try:
        with pytest.raises(MigrationError, match="its group has several primaries"):
            upgrade(empty_database, wait_s=60)
    finally:
        ((uuid,),) = primary.run("SELECT @@server_uuid")
        primary.run(f"SELECT group_replication_switch_to_single_primary_mode('{uuid}')")
