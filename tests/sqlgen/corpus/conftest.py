"""The corpus's schemas on the session's server, each set up when a test first asks for it."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from tests.sqlgen.corpus.oracle import Database, is_reference
from tools.sqlgen.verify.wire import Client, ServerError


@pytest.fixture(scope="session")
def corpus_database(mysql_url: str) -> Iterator[Callable[[str], Database]]:
    databases: dict[str, Database] = {}
    refused: dict[str, str] = {}
    client = Client(mysql_url)
    reference = is_reference(client)
    client.close()
    suffix = secrets.token_hex(3)

    def get(schema: str) -> Database:
        if schema not in databases and schema not in refused:
            try:
                databases[schema] = Database(mysql_url, f"verify_{schema}_{suffix}", schema)
            except ServerError as error:
                if reference:
                    raise
                refused[schema] = str(error)
        if schema in refused:
            pytest.skip(f"only MySQL 9 accepts the schema: {refused[schema]}")
        return databases[schema]

    yield get
    for database in databases.values():
        database.drop()
