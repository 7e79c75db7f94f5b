"""A pytest plugin that marks each test that uses the session's stores.

`-m stores` selects exactly these tests, to run them on another kind of server.
"""

from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the fixture `stores` among its own or those of its fixtures."""
    for item in items:
        if "stores" in getattr(item, "fixturenames", ()):
            item.add_marker("stores")


@pytest.fixture(autouse=True)
def _stores_only_if_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that gets the stores by `getfixturevalue`: `-m stores` would not select it."""
    yield
    if "stores" in request.fixturenames and request.node.get_closest_marker("stores") is None:
        pytest.fail("uses a store and is not marked `stores`: name the fixture as an argument")
