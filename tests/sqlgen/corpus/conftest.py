"""The corpus's schemas on the session's server, each set up when a test first asks for it."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from tests.sqlgen.corpus.oracle import Database


@pytest.fixture(scope="session")
def corpus_database(modern_server_url: str) -> Iterator[Callable[[str], Database]]:
    databases: dict[str, Database] = {}
    suffix = secrets.token_hex(3)

    def get(schema: str) -> Database:
        if schema not in databases:
            databases[schema] = Database(modern_server_url, f"verify_{schema}_{suffix}", schema)
        return databases[schema]

    yield get
    for database in databases.values():
        database.drop()
