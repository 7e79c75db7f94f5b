"""The corpus on a live server: MySQL confirms every expectation."""

from collections.abc import Callable

import pytest

from tests.sqlgen.corpus.oracle import Database, findings
from tools.bench.gen_corpus import Case, load

CASES = load()


def test_the_corpus_holds_what_it_promises() -> None:
    assert len(CASES) >= 300
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_server_agrees_with(case: Case, corpus_database: Callable[[str], Database]) -> None:
    assert findings(case, corpus_database(case.schema)) == []
