"""The corpus on a live server: MySQL confirms every expectation."""

from collections.abc import Callable

import pytest

from tests.sqlgen.corpus.oracle import Database, disproofs, findings, is_reference
from tools.bench.sql.corpus import Case, load
from tools.sqlgen.verify.wire import ServerError

CASES = load()


def test_the_corpus_holds_what_it_promises() -> None:
    assert len(CASES) >= 300
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_server_agrees_with(case: Case, corpus_database: Callable[[str], Database]) -> None:
    database = corpus_database(case.schema)
    if is_reference(database.client):
        assert findings(case, database) == []
        return
    if case.error is not None:
        pytest.skip("an expected error has no rows to compare")
    try:
        disproved = disproofs(case, database)
    except ServerError as error:
        pytest.skip(f"only MySQL 9 accepts it: {error}")
    assert disproved == []
