"""Functions with OVER: NULL where the frame of a row can be empty, and where there is no row to look at."""

import pytest

from tests.sqlgen.analysis.reading import nulls

DAY = "INTERVAL 1 DAY"


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("", "-"),
        ("ROWS UNBOUNDED PRECEDING", "-"),
        ("ROWS 1 PRECEDING", "-"),
        ("ROWS CURRENT ROW", "-"),
        ("RANGE 1 PRECEDING", "-"),
        ("ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", "-"),
        ("ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", "-"),
        ("ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING", "-"),
        ("ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", "-"),
        ("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", "-"),
        ("ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING", "N"),
        ("ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING", "N"),
        ("ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING", "N"),
        ("ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING", "N"),
    ],
)
def test_a_frame_that_contains_its_row_is_not_empty(frame: str, expected: str) -> None:
    assert nulls(f"SELECT SUM(total) OVER (ORDER BY id {frame}) FROM orders") == expected
    assert nulls(f"SELECT FIRST_VALUE(id) OVER (ORDER BY id {frame}) FROM orders") == expected
    assert nulls(f"SELECT LAST_VALUE(id) OVER (ORDER BY id {frame}) FROM orders") == expected
    assert nulls(f"SELECT NTH_VALUE(id, 1) OVER (ORDER BY id {frame}) FROM orders") == expected
    named = f"FROM orders WINDOW w AS (ORDER BY id {frame})"
    assert nulls(f"SELECT SUM(total) OVER w {named}") == expected
    based = f"FROM orders WINDOW w AS (ORDER BY id), v AS (w {frame})"
    assert nulls(f"SELECT SUM(total) OVER v {based}") == expected
    assert nulls(f"SELECT SUM(total) OVER (w {frame}) FROM orders WINDOW w AS (ORDER BY id)") == expected


@pytest.mark.parametrize(
    "frame",
    [
        f"RANGE {DAY} PRECEDING",
        f"RANGE BETWEEN {DAY} PRECEDING AND CURRENT ROW",
        f"RANGE BETWEEN CURRENT ROW AND {DAY} FOLLOWING",
    ],
)
def test_a_frame_that_moves_a_date_can_be_empty(frame: str) -> None:
    assert nulls(f"SELECT SUM(total) OVER (ORDER BY placed {frame}) FROM orders") == "N"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("NTH_VALUE(discount, 1)", "N"), ("NTH_VALUE(id, 2)", "N"), ("FIRST_VALUE(discount)", "N"),
        ("LAST_VALUE(discount)", "N"), ("LAG(id)", "N"), ("LAG(id, 1)", "N"), ("LAG(id, 0)", "-"),
        ("LAG(discount, 0)", "N"), ("LEAD(id, 1, 0)", "-"), ("LEAD(id, 1, discount)", "N"),
        ("LEAD(discount, 1, 0)", "N"), ("LEAD(id, 1, NULL)", "N"), ("NTILE(2)", "-"), ("RANK()", "-"),
        ("ROW_NUMBER()", "-"), ("MAX(discount)", "N"), ("AVG(total)", "-"), ("MIN(id)", "-"), ("COUNT(discount)", "-"),
        ("STDDEV_SAMP(total)", "N"), ("JSON_ARRAYAGG(discount)", "-"),
    ],
)  # fmt: skip
def test_a_window_function_is_null_for_a_null_and_beyond_the_partition(call: str, expected: str) -> None:
    assert nulls(f"SELECT {call} OVER (ORDER BY id) FROM orders") == expected


def test_a_function_that_ignores_the_frame_is_not_null_where_the_frame_is_empty() -> None:
    frame = "ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING"
    assert nulls(f"SELECT RANK() OVER ({frame}), ROW_NUMBER() OVER ({frame}) FROM orders") == "--"
