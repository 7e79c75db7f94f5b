"""The hint about a mistyped name."""

import pytest

from tools.sqlgen.diagnostics import nearest


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("custmer_id", "customer_id"), ("craeted_at", "created_at"), ("xyz", None), ("ID", "id")],
)
def test_a_mistyped_name_finds_its_nearest_candidate(typed: str, expected: str | None) -> None:
    assert nearest(typed, ["id", "customer_id", "created_at"]) == expected
