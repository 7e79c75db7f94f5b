"""The word of a server about itself, and which servers it makes the primary."""

from collections.abc import Sequence

import pytest

from product_dashboard.database.primary import NotPrimary, View, view_of

PRIMARY = (1, 0, "ONLINE", "PRIMARY", 3, 3, "17958599307026700:12")


def but(**changes: object) -> Sequence[object]:
    names = ("single_primary", "read_only", "state", "role", "reachable", "members", "view")
    return [changes.get(name, value) for name, value in zip(names, PRIMARY, strict=True)]


def test_a_writable_primary_with_a_majority_is_used() -> None:
    assert view_of(PRIMARY) == View(17958599307026700, 12)
    assert view_of(but(reachable=2)) == view_of(PRIMARY)
    assert view_of(but(reachable=1, members=1)) == view_of(PRIMARY)


def test_the_view_of_a_server_that_was_expelled_is_less_than_that_of_the_others() -> None:
    assert view_of(but(view="17958599307026700:9")) < view_of(PRIMARY)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (but(reachable=1), "no majority: 1 of 3 members are reachable"),
        (but(reachable=2, members=4), "no majority: 2 of 4"),
        (but(role="SECONDARY", read_only=1), "a secondary"),
        (but(read_only=1), "elected, and not yet writable"),
        (but(state="RECOVERING", role="SECONDARY"), "a member that is RECOVERING"),
        (but(state="ERROR", role=""), "a member that is ERROR"),
        (but(state="OFFLINE", role="", view=""), "not in a group"),
        (but(state=None, role=None, view=None), "not in a group"),
        (but(single_primary=0), "group_replication_switch_to_single_primary_mode"),
        ((1,), "read only"),
    ],
)
def test_every_other_server_is_refused_with_its_reason(row: Sequence[object], reason: str) -> None:
    with pytest.raises(NotPrimary, match=reason):
        view_of(row)


def test_a_replica_of_mariadb_that_may_be_written_is_used() -> None:
    assert view_of((0,)) == View(0, 0)
