"""A pytest plugin that marks each test whose result may depend on the kind of the session's stores.

`-m stores` selects exactly these tests, to run them on another kind of server. A test with the mark `any_server` uses
the stores, but its result cannot depend on their kind: it is not run again on another kind, which saves minutes.
"""

from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the fixture `stores` among its own or those of its fixtures."""
    for item in items:
        if "stores" in getattr(item, "fixturenames", ()) and not _may_use_any_server(item):
            item.add_marker("stores")


@pytest.fixture(autouse=True)
def _stores_only_if_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that gets the stores by `getfixturevalue`: `-m stores` would not select it."""
    yield
    node: pytest.Item = request.node
    if (
        "stores" in request.fixturenames
        and not node.get_closest_marker("stores")
        and not _may_use_any_server(node)
    ):
        pytest.fail("uses a store and is not marked `stores`: name the fixture as an argument")


def _may_use_any_server(item: pytest.Item) -> bool:
    return item.get_closest_marker("any_server") is not None
