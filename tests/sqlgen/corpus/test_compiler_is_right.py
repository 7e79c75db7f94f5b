"""The compiler beside the corpus: every column, parameter, count of rows and refusal as expected."""

from functools import cache

import pytest

from tools.bench.sql.corpus import Case, load
from tools.bench.sql.judge import judge, project_of

CASES = load()
project = cache(project_of)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_compiler_is_right_about(case: Case) -> None:
    assert judge(case, project(case.schema)) == []
