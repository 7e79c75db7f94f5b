"""Real clusters, replicas and sentinels, started for a test."""

import contextlib
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tools.bench.cache.server import RedisServer, free_port, server_binary


def wait_for(server: RedisServer, words: tuple[str, ...], expected: str, seconds: float = 20) -> None:
    """Ask again and again until the answer contains `expected`."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if expected in server.ask(*words):
                return
        assert time.monotonic() < deadline, f"{words} never said {expected}: {server.ask(*words)}"
        time.sleep(0.05)


@contextmanager
def six_nodes() -> Generator[list[RedisServer]]:
    """A cluster of three masters with a replica each: nodes 0-2 and 3-5."""
    with ExitStack() as stack:
        options = (
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--cluster-replica-validity-factor",
            "0",
        )
        nodes = [stack.enter_context(RedisServer(*options, port=low_port())) for _ in range(6)]
        for number, node in enumerate(nodes):
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", str(number + 1))
        for node in nodes[1:]:
            node.ask("CLUSTER", "MEET", "127.0.0.1", str(nodes[0].port))
        for number, first in enumerate((0, 5461, 10923)):
            last = (5460, 10922, 16383)[number]
            nodes[number].ask("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
        for node in nodes:
            wait_for(node, ("CLUSTER", "INFO"), "cluster_known_nodes:6")
            wait_for(node, ("CLUSTER", "INFO"), "cluster_state:ok")
        for master, replica in zip(nodes[:3], nodes[3:], strict=True):
            name = master.ask("CLUSTER", "MYID").splitlines()[1]
            wait_for(replica, ("CLUSTER", "REPLICATE", name), "+OK")
        for replica in nodes[3:]:
            wait_for(replica, ("INFO", "replication"), "master_link_status:up")
        yield nodes


def low_port() -> int:
    """A free port whose cluster bus port (10000 more) is one too."""
    while (port := free_port()) > 55_000:
        pass
    return port


@dataclass(frozen=True)
class Watched:
    """A master, its replica, and the sentinels that watch them under the name `main`."""

    master: RedisServer
    replica: RedisServer
    sentinels: Sequence[RedisServer]

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{places}/main/0"


@contextmanager
def watched_master() -> Generator[Watched]:
    """One master, one replica, three sentinels."""
    with ExitStack() as stack:
        master = stack.enter_context(RedisServer())
        replica = stack.enter_context(RedisServer("--replicaof", f"127.0.0.1 {master.port}"))
        wait_for(replica, ("INFO", "replication"), "master_link_status:up")
        sentinels = [stack.enter_context(Sentinel(master.port)) for _ in range(3)]
        for sentinel in sentinels:
            wait_for(sentinel, ("SENTINEL", "MASTER", "main"), "num-other-sentinels\r\n$1\r\n2")
            wait_for(sentinel, ("SENTINEL", "REPLICAS", "main"), f"127.0.0.1:{replica.port}")
        yield Watched(master, replica, sentinels)


class Sentinel(RedisServer):
    """A sentinel: the same binary with a configuration file that it writes to."""

    def __init__(self, master_port: int) -> None:
        super().__init__(binary=server_binary())
        self._master_port = master_port

    def command(self) -> list[str]:
        config = self.folder / "sentinel.conf"
        if not config.exists():
            config.write_text(
                f"port {self.port}\nbind 127.0.0.1\ndir {self.folder}\n"
                f"sentinel monitor main 127.0.0.1 {self._master_port} 2\n"
                "sentinel down-after-milliseconds main 500\n"
                "sentinel failover-timeout main 3000\n"
            )
        return [server_binary(), str(config), "--sentinel"]
