"""The values that a read may show, for writes in each state."""

import pytest

from tests.faults.history import State, Sum, Versions, end


def shown(versions: Versions[str], since: float) -> set[str | None]:
    return {version.value for version in versions.possible(since)}


def test_a_read_that_begins_after_a_confirmation_may_show_only_the_new_value() -> None:
    versions = Versions("old")
    change = versions.begin("new")
    end(change, State.CONFIRMED, 10)
    assert shown(versions, since=11) == {"new"}


def test_a_read_that_began_before_a_confirmation_may_show_both_values() -> None:
    versions = Versions("old")
    end(versions.begin("new"), State.CONFIRMED, 10)
    assert shown(versions, since=9) == {"old", "new"}


def test_a_read_may_show_both_values_while_a_write_runs_or_is_in_doubt() -> None:
    versions = Versions("old")
    change = versions.begin("new")
    assert shown(versions, since=5) == {"old", "new"}
    end(change, State.DOUBTFUL, 10)
    assert shown(versions, since=100) == {"old", "new"}
    assert not versions.certain


def test_a_refused_value_is_never_shown() -> None:
    versions = Versions("old")
    end(versions.begin("new"), State.REFUSED, 10)
    assert shown(versions, since=5) == {"old"}
    assert versions.certain


def test_a_value_that_was_shown_is_never_followed_by_an_older_one() -> None:
    versions = Versions("old")
    versions.begin("new")
    newest = next(versions.possible(since=5))
    versions.observe(newest, now=6)
    assert shown(versions, since=7) == {"new"}
    assert shown(versions, since=5.5) == {"old", "new"}, "this read began before"


@pytest.mark.parametrize("number", [0, 1])
def test_a_doubt_is_settled_by_the_value_that_is_found_later(number: int) -> None:
    versions = Versions("old")
    end(versions.begin("new"), State.DOUBTFUL, 10)
    found = list(versions.possible(since=20))[number]
    versions.settle(found, now=20)
    assert shown(versions, since=21) == {found.value}
    assert versions.newest == found.value
    assert versions.certain


def test_a_deleted_object_has_no_value() -> None:
    versions = Versions("old")
    end(versions.begin(None), State.CONFIRMED, 10)
    assert shown(versions, since=11) == {None}


def test_a_sum_is_exact_when_nothing_is_on_its_way() -> None:
    stock = Sum(10)
    stock.end(stock.begin(-3), State.CONFIRMED, 5)
    stock.end(stock.begin(-4), State.REFUSED, 6)
    assert stock.bounds(since=7) == (7, 7)


def test_a_sum_has_a_range_for_a_read_beside_changes() -> None:
    stock = Sum(10)
    stock.end(stock.begin(-3), State.CONFIRMED, 5)
    stock.begin(2)
    assert stock.bounds(since=4) == (7, 12), "the read may have seen the stock before the first change"
    assert stock.bounds(since=6) == (7, 9)
    assert stock.allows(8, since=6)
    assert not stock.allows(10, since=6), "this is the stock from before a confirmed change"


def test_a_change_in_doubt_counts_as_either_until_it_is_ended_again() -> None:
    stock = Sum(10)
    change = stock.begin(-3)
    stock.end(change, State.DOUBTFUL, 5)
    assert stock.bounds(since=100) == (7, 10)
    stock.end(change, State.CONFIRMED, 101)
    assert stock.bounds(since=102) == (7, 7)


def test_old_changes_are_forgotten_but_stay_in_the_sum() -> None:
    stock = Sum()
    for second in range(1000):
        stock.end(stock.begin(1), State.CONFIRMED, second)
    assert stock.bounds(since=1000) == (1000, 1000)
    assert len(stock._recent) < 100
