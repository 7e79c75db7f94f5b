"""The checker, for a minute: no stale read on the cache as it is, and a stale one on each of its mutants."""

from typing import Any

import pytest

from tools.bench.cache.checker import Plan, Verdict, check

OPTIONS = {"belief": 0.5}


def exact(verdict: Verdict) -> None:
    assert verdict.stale == 0, verdict.notes
    assert verdict.read_errors == 0, verdict.notes
    assert verdict.reads > 2_000
    assert verdict.metrics["hits"] > verdict.reads / 20, "the cache was hardly used"
    assert verdict.died > 0


def test_no_stale_read_while_redis_is_paused_killed_restored_and_flushed_and_processes_die() -> None:
    exact(check(Plan(seconds=20, options=OPTIONS, fault_every=2.0)))


def test_nor_on_a_real_database(migrated_database: str) -> None:
    exact(
        check(Plan(seconds=15, workers=3, readers=8, write_rate=15, mysql=migrated_database, options=OPTIONS))
    )


def test_nor_on_pages_of_lists_whose_number_is_bounded_only_by_the_evictions_of_redis() -> None:
    small = ("--maxmemory", "2mb", "--maxmemory-policy", "allkeys-lru")
    plan = Plan(
        adapter="OursPaged",
        seconds=12,
        keys=4,
        write_rate=5,
        server_options=small,
        options={
            **OPTIONS,
            "timeout": 1.0,
        },  # a busy machine must leave time for evictions; a pause may take longer
        faults=("pause", "sigkill"),
    )
    verdict = check(plan)
    exact(verdict)
    assert verdict.evicted > 100


@pytest.mark.parametrize(
    ("mutant", "plan"),
    [
        ("FencesAfterCommit", {}),
        ("NaiveJoin", {"write_rate": 60.0, "keys": 4}),
        ("IgnoresTags", {}),
        ("IgnoresTagsOfPages", {"write_rate": 10.0, "keys": 4}),
        ("ClearsWithoutAsking", {"options": {"belief": 0.5, "fence": 0.002}, "commit": (0.0, 0.03)}),
        ("BelievesForEver", {"faults": ("restart",), "fault_every": 1.5}),
    ],
)
def test_with_one_rule_taken_out_it_finds_a_stale_read(mutant: str, plan: dict[str, Any]) -> None:
    defaults: dict[str, Any] = {"faults": (), "options": OPTIONS, "workers": 3}
    verdict = check(Plan(**{**defaults, **plan}, adapter=f"mutants:{mutant}", seconds=30, until_stale=True))
    assert verdict.stale > 0
