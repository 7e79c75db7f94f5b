"""The conversions that generated code uses, without a server."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.sqlgen.emit.support import runtime


class Flag(StrEnum):
    A = "a"
    B = "b"


class FakeCursor:
    """Counts what it is given."""

    lastrowid = 0

    def __init__(self):
        self.statements = []
        self.rowcount = 0

    async def execute(self, query, args, /):
        self.statements.append((query, args))
        self.rowcount = query.count("(%s, %s)")


def test_an_aware_datetime_is_sent_in_utc_and_a_naive_one_refused():
    east = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert runtime.to_utc(east) == datetime(2026, 1, 1, 0)  # noqa: DTZ001 - what the driver is given has no zone
    with pytest.raises(ValueError, match="without a time zone"):
        runtime.to_utc(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive one


def test_a_set_is_its_members_both_ways():
    assert runtime.members(Flag, "") == frozenset()
    assert runtime.members(Flag, "a,b") == {Flag.A, Flag.B}
    assert runtime.member_list(frozenset({Flag.B, Flag.A})) == "a,b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-30:00:00.005000", -timedelta(hours=30, milliseconds=5)),
        ("838:59:59.000000", timedelta(hours=838, minutes=59, seconds=59)),
        ("00:00:01", timedelta(seconds=1)),
    ],
)
def test_a_time_in_json_is_a_duration(text, expected):
    assert runtime.json_time(text) == expected


@given(st.lists(st.tuples(st.integers(), st.text(max_size=5)), max_size=1300))
async def test_all_rows_go_out_once_and_in_order_in_chunks_of_a_few_sizes(rows):
    cursor = FakeCursor()
    count = await runtime.insert_rows(cursor, "INSERT INTO t VALUES ", "(%s, %s)", "", rows, 2)
    assert count == len(rows)
    sent = [value for _, args in cursor.statements for value in args]
    assert sent == [value for row in rows for value in row]
    sizes = {len(args) // 2 for _, args in cursor.statements}
    assert sizes <= {1 << power for power in range(10)}


async def test_big_values_make_small_chunks_and_wide_rows_stay_below_the_limit_of_placeholders():
    cursor = FakeCursor()
    await runtime.insert_rows(cursor, "", "(%s, %s)", "", [(b"x" * 600_000, 1)] * 4, 2)
    assert [len(args) // 2 for _, args in cursor.statements] == [1, 1, 1, 1]
    wide = FakeCursor()
    await runtime.insert_rows(wide, "", "", "", [tuple(range(300))] * 400, 300)
    assert max(len(args) for _, args in wide.statements) <= runtime.MAX_PLACEHOLDERS
    assert sum(len(args) for _, args in wide.statements) == 300 * 400


def test_no_placeholders_are_the_text_for_none():
    assert runtime.placeholders(3, "NULL") == "%s, %s, %s"
    assert runtime.placeholders(0, "NULL") == "NULL"
    assert runtime.to_utc(datetime(2026, 1, 1, tzinfo=UTC)).tzinfo is None
