"""Three MySQL servers in a group, in containers, once for the session, with a database for the service."""

from collections.abc import Iterator

import pytest

from product_dashboard.migrate import upgrade
from tools.stack.accounts import SERVING_USER, group_statements, serving_statements
from tools.stack.errors import Unusable
from tools.stack.mysql_group import MysqlGroup
from tools.stack.testing import session_group

DATABASE = "shop"


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[MysqlGroup]:
    """The group, as it is; tests take `group`."""
    if request.config.getoption("--stores") not in {"auto", "containers"}:
        pytest.skip("needs three MySQL servers in containers, and --stores allows none")
    try:
        with session_group() as group:
            yield group
    except Unusable as why:
        pytest.skip(f"needs three MySQL servers in containers: {why.message}")


@pytest.fixture(scope="session")
def database_url(servers: MysqlGroup) -> str:
    """URL of a migrated database on the group, for the account of the service."""
    password = servers.members[0].root.password
    primary = servers.primary()
    primary.run(
        f"CREATE DATABASE {DATABASE}",
        *serving_statements(password, DATABASE),
        *group_statements(SERVING_USER),
    )
    upgrade(servers.url(DATABASE))
    return servers.url(DATABASE, SERVING_USER)


@pytest.fixture
def group(servers: MysqlGroup, database_url: str) -> MysqlGroup:
    """The group, complete, with the database of `database_url`."""
    servers.form()
    return servers
