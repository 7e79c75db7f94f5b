"""The marks of statements.txt are those of a MySQL 9 server."""

from collections.abc import Callable, Iterator

import pytest

from tests.sqlgen.corpus.oracle import is_reference
from tests.sqlgen.refusals.test_statements import SCHEMA, STATEMENTS
from tools.bench.sql.corpus import statements
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client, ServerError


@pytest.fixture
def reference(mysql_url: str) -> Iterator[Client]:
    client = Client(mysql_url)
    if not is_reference(client):
        pytest.skip("the marks are those of MySQL 9")
    with scratch_database(client):
        yield client
    client.close()


def accepts(run: Callable[[str], object], *parts: str) -> bool:
    try:
        for part in parts:
            run(part)
    except ServerError:
        return False
    return True


def test_the_marks_of_the_statements_are_those_of_the_server(reference: Client) -> None:
    for statement in statements(SCHEMA):
        reference.query(statement)
    wrong = [sql for accepted, sql in STATEMENTS if accepts(reference.prepare, sql) != accepted]
    assert wrong == []
