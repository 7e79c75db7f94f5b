"""Runs a Redis master with a replica and the three sentinels that watch them, on this machine.

They are not in containers: sentinels tell clients the address of the master, and the ports that containers publish
are other ones outside than inside. They all have one password.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import redis

from tools.stack import process
from tools.stack.layout import STACK, kept_secret, preferred_port, read_json
from tools.stack.redis_server import RedisProgram, RedisServer

HOME = STACK / "sentinel"
NAME = "main"
SERVERS = tuple(HOME / f"server-{number}" for number in (1, 2))
SENTINELS = tuple(HOME / f"sentinel-{number}" for number in (1, 2, 3))
_MAJORITY = 2


def start(program: RedisProgram) -> str:
    """Start what does not run; the URL of the sentinels. Raises Unusable."""
    password = kept_secret(HOME / "password")
    master = _known_master(password)
    if master is None:
        stop()  # no sentinel knows the master; the servers are a cache, and start empty
    for number, home in enumerate(SERVERS):
        is_master = master is None or read_json(home / "port.json", int) == master
        options = () if is_master else (f"replicaof 127.0.0.1 {master}",)
        server = RedisServer(
            program, home, preferred_port(4 + number), password, (f"masterauth {password}", *options)
        )
        server.start()
        master = master or read_json(home / "port.json", int)
    watched = (
        f"sentinel monitor {NAME} 127.0.0.1 {master} {_MAJORITY}",
        f"sentinel auth-pass {NAME} {password}",
        f"sentinel down-after-milliseconds {NAME} 2000",
        f"sentinel failover-timeout {NAME} 5000",
    )
    for number, home in enumerate(SENTINELS):
        port = preferred_port(6 + number)
        RedisServer(program, home, port, password, watched, is_sentinel=True).start()
    return url([read_json(home / "port.json", int) or 0 for home in SENTINELS], password)


def url(ports: Sequence[int], password: str) -> str:
    """The URL that names the sentinels on these ports, as REDIS_URL has it."""
    places = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"redis+sentinel://:{password}@{places}/{NAME}/0?sentinel_password={password}"


def running() -> bool:
    """True if a sentinel and a server run."""
    return all(any(process.recorded(home) for home in homes) for homes in (SERVERS, SENTINELS))


def stop() -> bool:
    """Stop all of them; False if none ran."""
    stopped = [process.stop_recorded(home) for home in (*SENTINELS, *SERVERS)]
    return any(stopped)


def rows() -> list[str]:
    """One line for each of them, for people: its port, and if it runs."""
    return [_row(home) for home in (*SERVERS, *SENTINELS)]


def _row(home: Path) -> str:
    running = process.recorded(home)
    state = f"pid {running.pid}" if running else "does not run"
    return f"{home.name}: 127.0.0.1:{read_json(home / 'port.json', int)}, {state}"


def _known_master(password: str) -> int | None:
    """The port of the master, as the first sentinel that answers says; None if none does."""
    # redis-py's own annotations leave its keyword arguments open.
    connect = cast("Callable[..., Any]", redis.Redis)
    for home in SENTINELS:
        if process.recorded(home) is None:
            continue
        try:
            with connect(
                port=read_json(home / "port.json", int), password=password, socket_timeout=2
            ) as client:
                found: list[bytes] | None = client.execute_command(
                    "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME
                )
        except redis.RedisError:
            continue
        if found:
            return int(found[1])
    return None
