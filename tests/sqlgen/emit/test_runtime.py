"""The conversions that generated code uses, without a server."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sqlgen.emit.values import Recorder
from tools.sqlgen.emit.support import runtime


class Flag(StrEnum):
    A = "a"
    B = "b"


class CountingCursor(Recorder):
    """A cursor that counts the rows of each INSERT."""

    rowcount = 0

    async def execute(self, query: str, args: tuple[Any, ...], /) -> None:
        await super().execute(query, args)
        self.rowcount = query.count("(%s, %s)")


@given(st.uuids())
def test_a_uuid_is_made_of_its_bytes(value: UUID) -> None:
    made = runtime.to_uuid(value.bytes)
    assert type(made) is UUID
    assert (made, hash(made), made.is_safe) == (value, hash(value), value.is_safe)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_other_than_16_bytes_make_no_uuid(size: int) -> None:
    with pytest.raises(ValueError, match="UUID"):
        runtime.to_uuid(bytes(size))


def test_an_aware_datetime_is_sent_in_utc_and_a_naive_one_refused() -> None:
    east = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert runtime.to_utc(east) == datetime(2026, 1, 1, 0)  # noqa: DTZ001 - what the driver is given has no zone
    with pytest.raises(ValueError, match="without a time zone"):
        runtime.to_utc(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive one


@given(st.datetimes())
def test_a_datetime_of_the_server_is_the_same_moment_in_utc(value: datetime) -> None:
    made = runtime.from_utc(value)
    assert (made, made.tzinfo) == (value.replace(tzinfo=UTC), UTC)
    assert runtime.to_utc(made) == value


def test_a_zero_date_which_the_driver_returns_as_text_is_refused() -> None:
    zero: Any = "0000-00-00 00:00:00"
    with pytest.raises(TypeError):
        runtime.from_utc(zero)


def test_a_set_is_its_members_both_ways() -> None:
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
def test_a_time_in_json_is_a_duration(text: str, expected: timedelta) -> None:
    assert runtime.json_time(text) == expected


@settings(suppress_health_check=[HealthCheck.too_slow])  # it measures the machine
@given(st.lists(st.tuples(st.integers(), st.text(max_size=5)), max_size=1300))
async def test_all_rows_go_out_once_and_in_order_in_chunks_of_a_few_sizes(
    rows: list[tuple[int, str]],
) -> None:
    cursor = CountingCursor()
    count = await runtime.insert_rows(cursor, "INSERT INTO t VALUES ", "(%s, %s)", "", rows, 2)
    assert count == len(rows)
    sent = [value for _, args in cursor.sent for value in args]
    assert sent == [value for row in rows for value in row]
    sizes = {len(args) // 2 for _, args in cursor.sent}
    assert sizes <= {1 << power for power in range(10)}


async def test_big_values_make_small_chunks_and_wide_rows_stay_below_the_limit_of_placeholders() -> None:
    cursor = CountingCursor()
    await runtime.insert_rows(cursor, "", "(%s, %s)", "", [(b"x" * 600_000, 1)] * 4, 2)
    assert [len(args) // 2 for _, args in cursor.sent] == [1, 1, 1, 1]
    wide = CountingCursor()
    await runtime.insert_rows(wide, "", "", "", [tuple(range(300))] * 400, 300)
    assert max(len(args) for _, args in wide.sent) <= runtime.MAX_PLACEHOLDERS
    assert sum(len(args) for _, args in wide.sent) == 300 * 400


def test_an_argument_list_has_a_placeholder_for_each_value() -> None:
    assert runtime.argument_list([1, 2, 3]) == "%s, %s, %s"


@given(st.lists(st.integers(), max_size=1_100))
def test_values_in_a_list_are_padded_with_the_last_one_up_to_a_power_of_two(values: list[int]) -> None:
    padded = list(runtime.padded(values))
    assert padded[: len(values)] == values
    assert set(padded) == set(values)
    assert len(padded) == len(values) or len(values) <= 1_024
    assert len(values) > 1_024 or len(padded) in {0, *(1 << power for power in range(11))}
    assert runtime.leading_items(values) == "%s, " * len(padded)
    assert runtime.following_items(values) == ", %s" * len(padded)
    assert not values or runtime.in_list(values) == ", ".join(["%s"] * len(padded))


def test_an_empty_slice_is_an_empty_set_in_a_list_and_null_as_an_argument() -> None:
    assert runtime.in_list([]) == "SELECT NULL FROM DUAL WHERE FALSE"
    assert runtime.argument_list([]) == "NULL"
    assert runtime.leading_items([]) == runtime.following_items([]) == ""
