"""Names: equal arguments give equal names, different ones different names. The form of the call makes no difference."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.cache import Tag
from product_dashboard.cache.keys import KeyMaker

SCALARS = st.one_of(
    st.none(),
    st.just(msgspec.UNSET),
    st.booleans(),
    st.integers(),
    st.text(),
    st.binary(max_size=40),
    st.uuids(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.datetimes(timezones=st.just(UTC)),
)


async def two(source: object, a: object, b: object = 7) -> None: ...


KEYS = KeyMaker("two", two)


class Color(StrEnum):
    RED = "red"


class Filter(msgspec.Struct, frozen=True):
    low: Decimal
    color: Color


@given(SCALARS, SCALARS)
def test_a_name_does_not_depend_on_how_arguments_are_passed(a: object, b: object) -> None:
    assert KEYS.name((a, b), {}) == KEYS.name((a,), {"b": b}) == KEYS.name((), {"b": b, "a": a})


@given(st.tuples(SCALARS, SCALARS), st.tuples(SCALARS, SCALARS))
def test_names_differ_exactly_when_arguments_do(
    one: tuple[object, object], other: tuple[object, object]
) -> None:
    same = all(
        x == y and isinstance(x, bytes) == isinstance(y, bytes) for x, y in zip(one, other, strict=True)
    )
    mixed = any(
        {type(x), type(y)} & {Decimal} and type(x) is not type(y) for x, y in zip(one, other, strict=True)
    )
    if not mixed:  # a Decimal is no int, even where Python calls them equal: a signature has one of them
        assert (KEYS.name(one, {}) == KEYS.name(other, {})) == same


def test_a_default_and_the_same_value_given_are_one_name() -> None:
    assert KEYS.name((1,), {}) == KEYS.name((1, 7), {})


def test_equal_decimals_times_and_truths_are_one_name() -> None:
    assert KEYS.name((Decimal("1.50"),), {}) == KEYS.name((Decimal("1.5"),), {})
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert KEYS.name((noon,), {}) == KEYS.name((noon.astimezone(timezone(timedelta(hours=3))),), {})
    assert KEYS.name((True,), {}) == KEYS.name((1,), {})


def test_decimals_of_any_length_are_told_apart() -> None:
    long = "1." + "0" * 40
    assert KEYS.name((Decimal(long + "1"),), {}) != KEYS.name((Decimal(long + "2"),), {})
    assert KEYS.name((Decimal(long),), {}) == KEYS.name((Decimal(1),), {})
    assert KEYS.name((Decimal("1E+3"),), {}) == KEYS.name((Decimal("1000.0"),), {})


def test_structs_enums_and_tuples_make_names() -> None:
    name = KEYS.name((Filter(Decimal("2.0"), Color.RED), (UUID(int=1), "x")), {})
    assert name == 'two({d2,"red"},[00000000000000000000000000000001,"x"])'


def test_a_long_name_is_shortened_and_stays_its_own() -> None:
    assert len(KEYS.name(("x" * 5000,), {})) < 80
    assert KEYS.name(("x" * 5000,), {}) != KEYS.name(("x" * 5001,), {})


@pytest.mark.parametrize("bad", [1.5, [1], datetime(2026, 1, 1)])  # noqa: DTZ001 - naive on purpose
def test_what_makes_no_key_is_refused_with_its_argument(bad: object) -> None:
    with pytest.raises(TypeError, match=r"two: a is a"):
        KEYS.name((bad,), {})


def test_missing_and_unknown_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="'a' is missing"):
        KEYS.name((), {})
    with pytest.raises(TypeError, match="unknown arguments"):
        KEYS.name((1,), {"c": 2, "b": 1})


def test_an_open_signature_is_refused_where_it_is_written() -> None:
    async def many(source: object, *ids: int) -> None: ...

    with pytest.raises(TypeError, match=r"cannot take \*ids"):
        KeyMaker("many", many)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 201])
def test_a_tag_that_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a tag is"):
        Tag(name)
