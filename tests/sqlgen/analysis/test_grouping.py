"""ONLY_FULL_GROUP_BY: which columns MySQL takes to have one value in each group."""

import pytest

from tests.sqlgen.analysis.grouped import ACCEPTED, REFUSED
from tests.sqlgen.analysis.reading import analysed, refused


@pytest.mark.parametrize("sql", ACCEPTED)
def test_a_column_with_one_value_in_each_group_is_accepted(sql: str) -> None:
    assert analysed(sql).columns


@pytest.mark.parametrize("sql", REFUSED)
def test_a_column_that_can_have_several_values_in_a_group_is_refused(sql: str) -> None:
    messages = [finding.message for finding in refused(sql)]
    assert any("group" in message.lower() or "DISTINCT" in message for message in messages), messages
