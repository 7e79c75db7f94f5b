"""STACK=cluster: the choice, the sentinels, the proxy, and docker-compose.cluster.yml, which repeats its options."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from product_dashboard.cache.servers import parse_url
from tools.stack import group_containers, process, proxy, redis_sentinel, stores
from tools.stack.accounts import without_password
from tools.stack.errors import StackError
from tools.stack.layout import write_json
from tools.stack.mysql_group import HOSTS, member_options
from tools.stack.redis_server import redis_programs
from tools.stack.stores import Store, first_usable

from .conftest import HERE

CLUSTER = Store("mysql", "cluster", "mysql://u:p@a,b,c/d", "a group", "asked for: cluster")


def test_without_an_engine_it_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_STATE", tmp_path / "stores.json")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(
        StackError, match=r"(?s)no way to get MySQL works.*(no Docker Engine|no docker)"
    ) as why:
        stores.up("cluster", print)
    assert "allow other ways than cluster" in why.value.hint
    assert "install" not in why.value.hint  # a server of this machine is no group


def test_later_commands_stay_with_it_and_show_the_logs_of_all_its_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_STATE", tmp_path / "stores.json")
    assert [way for way, _ in stores.ways(None, None)] == ["containers", "local"]
    assert [way for way, _ in stores.ways("cluster", None)] == ["cluster"]
    assert [way for way, _ in stores.ways(None, CLUSTER)] == ["cluster"]
    assert [way for way, _ in stores.ways("containers", CLUSTER)] == ["containers"]

    write_json(tmp_path / "stores.json", {"mysql": CLUSTER, "redis": CLUSTER})
    commands = stores.log_commands("mysql", follow=False)
    assert [command[-1] for command in commands] == [f"{group_containers.NAME}-{host}" for host in HOSTS]
    (command,) = stores.log_commands("redis", follow=True)
    assert len([word for word in command if "sentinel" in word]) == 5


@pytest.fixture
def sentinel_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("SERVERS", "SENTINELS"):
        homes = tuple(tmp_path / home.name for home in getattr(redis_sentinel, name))
        monkeypatch.setattr(redis_sentinel, name, homes)
    monkeypatch.setattr(redis_sentinel, "HOME", tmp_path)
    yield tmp_path
    redis_sentinel.stop()


def test_the_sentinels_are_started_once_and_a_killed_replica_follows_the_master_again(
    sentinel_home: Path,
) -> None:
    program = first_usable(redis_programs(), lambda found: found)
    url = redis_sentinel.start(program)
    assert len(parse_url(url).addresses) == len(redis_sentinel.SENTINELS)
    assert (urlsplit(url).password or "") not in without_password(url)
    before = redis_sentinel.rows()

    process.stop_recorded(redis_sentinel.SERVERS[1])
    assert redis_sentinel.running()
    assert redis_sentinel.rows()[1].endswith("does not run")
    assert redis_sentinel.start(program) == url

    after = redis_sentinel.rows()
    assert [row for row in after if row in before] == [row for row in before if "server-2" not in row]
    configuration = (sentinel_home / "server-2" / "server.conf").read_text()
    assert "replicaof 127.0.0.1" in configuration


def test_the_proxy_is_restarted_only_for_other_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "haproxy"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(proxy, "HOME", tmp_path / "proxy")
    monkeypatch.setattr(proxy, "_STARTED_WITH", tmp_path / "proxy" / "started-with.json")
    try:
        pids: list[int] = []
        for servers in (
            ["127.0.0.1:1", "127.0.0.1:2"],
            ["127.0.0.1:1", "127.0.0.1:2"],
            ["127.0.0.1:1", "127.0.0.1:3"],
        ):
            proxy.start("127.0.0.1:3000", servers)
            running = process.recorded(proxy.HOME)
            assert running is not None
            pids.append(running.pid)
        assert pids[0] == pids[1] != pids[2]
    finally:
        process.stop_recorded(proxy.HOME)


def test_the_two_files_of_docker_compose_share_their_settings_and_no_service() -> None:
    single, cluster = (
        msgspec.yaml.decode((HERE / name).read_bytes())
        for name in ("docker-compose.yml", "docker-compose.cluster.yml")
    )
    for shared in ("x-logging", "x-container", "x-service"):
        assert single[shared] == cluster[shared]
    assert not set(single["services"]) & set(cluster["services"])
    assert not [name for name, each in cluster["services"].items() if "profiles" in each]


def test_the_members_of_docker_compose_have_the_same_options() -> None:
    """Other are the size of the buffer pool, the name of the group, and the addresses, which are no names there."""
    text = (HERE / "docker-compose.cluster.yml").read_text(encoding="utf-8")
    member = text[text.index("x-member:") : text.index("x-redis-of-cluster:")]
    written = set(re.findall(r"--[a-z-]+(?:=\S+)?", member.replace('"', "").replace("$$HOSTNAME", "member1")))
    options = set(member_options("member1", "GROUP")) - {"--local-infile=0"}
    different = {option.partition("=")[0] for option in options ^ written}
    names = {option.removeprefix("--").removeprefix("loose-") for option in different}
    assert names - {"silent", "host", "user"} == {
        "innodb-buffer-pool-size", "mysqlx", "server-id", "group-replication-group-name",
        "group-replication-local-address", "group-replication-group-seeds",
    }  # fmt: skip
