"""Sets of GTIDs, as the system variables of a server have them."""

import pytest

from product_dashboard.database.gtid import GtidSet

A, B = "3e11fa47-71ca-11e1-9e33-c80aa9429562", "5f22ab58-71ca-11e1-9e33-c80aa9429562"
EXECUTED = GtidSet(f"{A}:1-5:7-9,\n{B}:1-3:tag:1-2:4")


def test_a_set_has_a_form_for_statements() -> None:
    assert EXECUTED.text == f"{A}:1-5,{A}:7-9,{B}:1-3,{B}:tag:1-2,{B}:tag:4-4"
    assert GtidSet(f"{A}:8#57:9#58,\n{B}:t:4#1").text == f"{A}:8-8,{A}:9-9,{B}:t:4-4"
    assert GtidSet("").text == ""


@pytest.mark.parametrize(
    "part", ["", f"{A}:1-5", f"{A}:2-4:7", f"{B}:3", f"{B}:tag:2", f"{B}:tag:4#99", EXECUTED.text]
)
def test_a_part_is_in_a_set(part: str) -> None:
    assert GtidSet(part) <= EXECUTED


@pytest.mark.parametrize(
    "other", [f"{A}:6", f"{A}:4-7", f"{A}:1,{B}:4", f"{A}:tag:1", f"{B}:tag:3", f"{B}:other:1"]
)
def test_what_has_one_more_transaction_is_not_in_it(other: str) -> None:
    assert not GtidSet(other) <= EXECUTED
    assert not GtidSet(other) <= GtidSet("")
