from collections.abc import Iterator

import pytest

from tools.sqlgen.verify.wire import Client


@pytest.fixture(scope="session")
def client(modern_server_url: str) -> Iterator[Client]:
    found = Client(modern_server_url, database="")
    found.query("SET SESSION max_execution_time = 2000")  # ms: a cross join of random tables may be huge
    yield found
    found.close()
