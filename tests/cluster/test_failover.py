"""The primary is killed under load: nothing acknowledged is lost, nothing is stale, no retry creates anything twice."""

import sys

from rich.console import Console

from tests.faults.failover import run_on
from tests.waiting import SLACK_S
from tools.stack.mysql_group import MysqlGroup


def test_a_killed_primary_costs_no_write_and_no_fresh_read(group: MysqlGroup, redis_url: str) -> None:
    run = run_on(group, redis_url, ["kill"], seed=1, console=Console(file=sys.stdout))
    assert run.findings.passed, run.findings.told()
    assert run.findings.counts["requests"] > 200
    assert run.recoveries["kill"][0] < SLACK_S
