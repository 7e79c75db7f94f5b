from collections.abc import Iterator

import pytest

from tools.sqlgen.verify.wire import Client


@pytest.fixture(scope="session")
def client(modern_server_url: str) -> Iterator[Client]:
    found = Client(modern_server_url, database="")
    yield found
    found.close()
