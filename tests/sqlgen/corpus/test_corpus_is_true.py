"""The corpus against a live server: no expectation stands that MySQL does not bear out."""

from collections.abc import Callable

import pytest

from tests.sqlgen.corpus.oracle import Database, findings
from tools.bench.sql.corpus import Case, load

CASES = load()


def test_the_corpus_holds_what_it_promises() -> None:
    assert len(CASES) >= 300
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_server_agrees_with(case: Case, corpus_database: Callable[[str], Database]) -> None:
    assert findings(case, corpus_database(case.schema)) == []
