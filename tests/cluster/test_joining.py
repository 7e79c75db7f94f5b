"""Completing a group when one of its servers cannot join."""

import pytest

from tools.stack import mysql_group
from tools.stack.errors import Unusable
from tools.stack.mysql_group import MysqlGroup


def test_a_server_that_cannot_join_is_named_with_the_reason(
    group: MysqlGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_group, "_JOIN_SECONDS", 3)
    primary = group.primary()
    member = next(each for each in group.members if each is not primary)
    [(address,)] = member.run("SELECT @@group_replication_local_address")
    member.run("STOP GROUP_REPLICATION", "SET GLOBAL group_replication_local_address = ''")
    try:
        with pytest.raises(
            Unusable, match=rf"{member.container} does not join its group within 3 s \(.+\)"
        ) as why:
            group.join(member)
        assert f"docker logs {member.container}" in why.value.hint
    finally:
        member.run(f"SET GLOBAL group_replication_local_address = '{address}'")
