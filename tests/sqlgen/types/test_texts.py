"""Texts that the server reads as dates and as JSON paths."""

import pytest

from tools.sqlgen.types.date_text import is_date
from tools.sqlgen.types.json_path import is_json_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-31", True), ("2020-1-31", True), ("20200131", True), ("2020-01-31T10:00", True),
        ("2020-02-29", True), ("2021-02-29", False), ("2020-13-01", False), ("2020", False), ("31/12/2020", False),
        ("", False), ("today", False), ("2020-01-31 24:00:00", False),
    ],
)  # fmt: skip
def test_a_text_is_a_date_if_a_comparison_accepts_it(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_date(text) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", True), ("$.a", True), ("$.a.b[0]", True), ("$[last - 1]", True), ("$[1 to 3]", True), ("$**.a", True),
        ('$."a b"', True), ("$.*", True), ("a", False), ("$.", False), ("$[x]", False), ("$**", False), ("", False),
    ],
)  # fmt: skip
def test_a_text_is_a_json_path_by_its_syntax(path: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_json_path(path) == expected
