import os
from collections.abc import Iterator

import pytest

from tools.sqlgen.verify.wire import Client


@pytest.fixture(scope="session")
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A connection to TEST_DATABASE_URL where it is given, else to the session's own server."""
    url = os.environ.get("TEST_DATABASE_URL") or request.getfixturevalue("mysql_url")
    found = Client(url, database="")
    yield found
    found.close()
