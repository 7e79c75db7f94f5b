"""The compiler's verifier works on the primary of a group, whichever server that is."""

import pytest

from tests.cluster.test_primary import make_primary, place, secondary
from tools.sqlgen.verify.primary import primary_of
from tools.sqlgen.verify.wire import ServerError
from tools.stack.mysql_group import MysqlGroup


def test_the_verifier_connects_to_the_primary(group: MysqlGroup) -> None:
    for _ in range(2):
        assert place(group.primary()) in primary_of(group.url("mysql"))
        make_primary(group, secondary(group))


def test_without_a_primary_each_server_has_a_reason(group: MysqlGroup) -> None:
    url = group.url("mysql")
    for member in group.members:
        if member is group.primary():
            url = url.replace(place(member), "127.0.0.1:1")
    with pytest.raises(ServerError, match=r"(read only.*){2}") as refused:
        primary_of(url)
    assert "127.0.0.1:1: Can't connect" in str(refused.value)
