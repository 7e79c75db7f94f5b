"""Chooses and starts the MySQL and the Redis of this checkout, each in the first way that works.

The ways, in order: the server that an environment variable names; the way of the last run, which has the data;
a container; a program of this machine; packages fetched for it. `cluster`, several servers of each, has to be asked
for.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from tools.stack import containers, group_containers, process, redis_sentinel
from tools.stack.accounts import without_password
from tools.stack.containers import Container
from tools.stack.errors import StackError, Unusable
from tools.stack.layout import STACK, preferred_port, read_json, write_json
from tools.stack.mysql_programs import Flavour, MysqlProgram, installed_programs
from tools.stack.mysql_server import MysqlServer
from tools.stack.options import DEVELOPMENT
from tools.stack.packages import unpacked_program
from tools.stack.redis_server import RedisProgram, RedisServer, redis_programs

Program = TypeVar("Program")
Result = TypeVar("Result")
Kind = Literal["mysql", "redis"]
Provider = Literal["given", "containers", "local", "cluster"]
Preference = Literal["containers", "local", "packages", "cluster"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PREFERENCES: tuple[Preference, ...] = get_args(Preference)

VARIABLES: dict[Kind, str] = {"mysql": "DATABASE_URL", "redis": "REDIS_URL"}
_NAMES: dict[Kind, str] = {"mysql": "MySQL", "redis": "Redis"}
_HOMES: dict[Kind, Path] = {"mysql": STACK / "mysql", "redis": STACK / "redis"}
_PORTS: dict[Kind, int] = {"mysql": preferred_port(0), "redis": preferred_port(1)}
_CONTAINERS: dict[Kind, Container] = {"mysql": containers.MYSQL, "redis": containers.REDIS}
PACKAGES = STACK / "packages"
_STATE = STACK / "stores.json"

_INSTALL = {
    "linux": "Docker (https://docs.docker.com/engine/install/), or a server: on Debian and Ubuntu "
    "`sudo apt-get install mariadb-server-core`, on Fedora `sudo dnf install mariadb-server`",
    "darwin": "Docker Desktop, or servers: `brew install mysql valkey`",
}


@dataclass(frozen=True)
class Store:
    """A running store: its kind, how it is provided, its URL, a description, and the reason for the choice.

    `serving_url` is for the API, with an account that cannot change the schema; empty if it has no other than `url`.
    """

    kind: Kind
    provider: Provider
    url: str
    about: str
    reason: str
    serving_url: str = ""

    def __str__(self) -> str:
        return f"{_NAMES[self.kind]}: {self.about} at {without_password(self.url)} ({self.reason})"


def up(preference: Preference | None, say: Callable[[str], None]) -> list[Store]:
    """Start both stores, unless they run. Raises StackError, with the reason of each way, if none works."""
    stores: list[Store] = []
    for kind in KINDS:
        store = _given(kind) or _managed(kind, preference, say)
        say(str(store))
        stores.append(store)
    return stores


def running() -> list[Store]:
    """The stores that run, or that the environment names."""
    found: list[Store] = []
    for kind in KINDS:
        store = _given(kind) or _last(kind)
        if store is not None and (store.provider == "given" or _runs(store)):
            found.append(store)
    return found


def down(say: Callable[[str], None]) -> None:
    """Stop the stores that this checkout started; the data stays."""
    for kind in KINDS:
        if process.stop_recorded(_HOMES[kind]):
            say(f"{_NAMES[kind]}: server stopped")
    if redis_sentinel.stop():
        say("Redis: sentinels and servers stopped")
    found = list(_engine_containers())
    for container in found:
        if container.stop():
            say(f"container {container.name} stopped and removed; its volume stays")
    if found:
        group_containers.remove_network()


def reset(say: Callable[[str], None]) -> None:
    """Stop the stores that this checkout started and delete their data, but not a store that the environment names."""
    down(say)
    for container in _engine_containers():
        if container.drop():
            say(f"volume {container.name} deleted")
    shutil.rmtree(redis_sentinel.HOME, ignore_errors=True)
    for kind, home in _HOMES.items():
        if home.exists():
            shutil.rmtree(home)
            say(f"{_NAMES[kind]}: data of the local server deleted")
        if VARIABLES[kind] in os.environ:
            say(f"{_NAMES[kind]}: {VARIABLES[kind]} is set; that server is not changed")
    _STATE.unlink(missing_ok=True)


def environment(stores: Sequence[Store], *, serving: bool = False) -> dict[str, str]:
    """The environment variables with the URLs of the stores; `serving`: for the API, otherwise for the tools."""
    return {VARIABLES[store.kind]: (serving and store.serving_url) or store.url for store in stores}


def members(store: Store) -> list[str]:
    """One line for each server of a store that has several, for people."""
    if store.provider != "cluster":
        return []
    return group_containers.rows() if store.kind == "mysql" else redis_sentinel.rows()


def log_commands(kind: Kind, *, follow: bool) -> list[list[str]]:
    """The commands that show the ends of a store's logs: one for each of its containers, or for all its processes."""
    if found := _containers_of(kind):
        options = ["--tail", "50", *(["--follow"] if follow else [])]
        return [["docker", "logs", *options, each.name] for each in found]
    store = _last(kind)
    is_cluster = store is not None and store.provider == "cluster"
    homes = (*redis_sentinel.SERVERS, *redis_sentinel.SENTINELS) if is_cluster else (_HOMES[kind],)
    return [process.tail_command(*homes, follow=follow)]


def require_containers(kind: Kind) -> None:
    """Raise StackError if the last run had the store in containers that are gone, and their logs with them."""
    for each in _containers_of(kind):
        if each.inspect() is None:
            raise StackError(f"{_NAMES[kind]} is down: there is no container {each.name}", "`just up`")


def _containers_of(kind: Kind) -> list[Container]:
    """The containers that the last run had the store in; none if it had processes."""
    store = _last(kind)
    if store is not None and store.provider == "containers":
        return [_CONTAINERS[kind]]
    if store is not None and store.provider == "cluster" and kind == "mysql":
        return list(group_containers.MEMBERS.values())
    return []


def _engine_containers() -> Iterator[containers.Container]:
    """The containers of this checkout; none if no engine answers, with a warning if the last run used one."""
    try:
        containers.require_engine()
    except Unusable as why:
        if {store.provider for store in _recorded().values()} & {"containers", "cluster"}:
            print(f"stack: cannot reach the containers of the last run: {why.message}", file=sys.stderr)
        return
    yield from (*_CONTAINERS.values(), *group_containers.MEMBERS.values())


def _given(kind: Kind) -> Store | None:
    url = os.environ.get(VARIABLES[kind])
    if not url:
        return None
    return Store(kind, "given", url, "a server of yours", f"{VARIABLES[kind]} is set")


def _last(kind: Kind) -> Store | None:
    return _recorded().get(kind)


def _recorded() -> dict[Kind, Store]:
    return read_json(_STATE, dict[Kind, Store]) or {}


def _runs(store: Store) -> bool:
    if store.provider == "local":
        return process.recorded(_HOMES[store.kind]) is not None
    if (store.provider, store.kind) == ("cluster", "redis"):
        return redis_sentinel.running()
    try:
        containers.require_engine()
        if store.provider == "cluster":
            return group_containers.running()
        return _CONTAINERS[store.kind].running()
    except Unusable:
        return False


def _managed(kind: Kind, preference: Preference | None, say: Callable[[str], None]) -> Store:
    last = _last(kind)
    reasons: list[Unusable] = []
    possible = ways(preference, last)
    for provider, reason in possible:
        if last is not None and last.provider != provider and _runs(last):
            say(f"{_NAMES[kind]}: stopping the one in {last.provider}; its data stays")
            _stop(last)
        try:
            store = _start(kind, provider, preference, reason, say)
        except Unusable as why:
            reasons.append(why)
            say(f"{_NAMES[kind]}: no {provider}: {why.message}")
            continue
        write_json(_STATE, {**_recorded(), kind: store})
        return store
    hints = [why.hint for why in reasons if why.hint]
    if preference is not None:
        hints.append(f"allow other ways than {preference}: see STACK in .env.example")
    if any(provider != "cluster" for provider, _ in possible):
        hints.append(f"install {_INSTALL.get(sys.platform, _INSTALL['linux'])}")
        hints.append(f"or set {VARIABLES[kind]} to a server of yours")
    raise StackError(
        f"no way to get {_NAMES[kind]} works on this machine:\n"
        + "\n".join(f"  - {why.message}" for why in reasons),
        "; ".join(hints),
    )


def ways(preference: Preference | None, last: Store | None) -> list[tuple[Provider, str]]:
    """Return the ways to get a store in the order in which they are tried, each with its reason."""
    if preference is not None:
        provider: Provider = "local" if preference == "packages" else preference
        return [(provider, f"asked for: {preference}")]
    as_before = "as in the last run, whose data it has"
    if last is not None and last.provider == "cluster":
        return [("cluster", as_before)]
    ways: list[tuple[Provider, str]] = [
        ("containers", "a Docker Engine answers and has the image"),
        ("local", "there is no container"),
    ]
    if last is not None and last.provider == "local":
        return [("local", as_before), ways[0]]
    return ways


def _stop(store: Store) -> None:
    if store.provider == "local":
        process.stop_recorded(_HOMES[store.kind])
    elif store.provider == "containers":
        _CONTAINERS[store.kind].stop()
    elif store.kind == "redis":
        redis_sentinel.stop()
    else:
        for container in group_containers.MEMBERS.values():
            container.stop()


def _start(
    kind: Kind, provider: Provider, preference: Preference | None, reason: str, say: Callable[[str], None]
) -> Store:
    if provider == "cluster":
        return _start_cluster(kind, reason, say)
    if provider == "containers":
        container = _CONTAINERS[kind]
        containers.require_engine()
        containers.require_image(container.image)
        about = f"container {container.name}"
        if kind == "redis":
            return Store(kind, provider, containers.start_redis(_PORTS[kind]), about, reason)
        url, serving_url = containers.start_mysql(_PORTS[kind])
        return Store(kind, provider, url, about, reason, serving_url)
    if kind == "redis":
        url, about = _local_redis()
        return Store(kind, provider, url, about, reason)
    server = _packaged_mysql() if preference == "packages" else _local_mysql()
    serving_url = server.serving_account().url()
    return Store(kind, provider, server.service_account().url(), str(server.program), reason, serving_url)


def _start_cluster(kind: Kind, reason: str, say: Callable[[str], None]) -> Store:
    if kind == "redis":
        url, about = first_usable(
            redis_programs(), lambda program: (redis_sentinel.start(program), str(program))
        )
        return Store(kind, "cluster", url, f"a master, a replica, three sentinels: {about}", reason)
    containers.require_engine()
    containers.require_image(containers.MYSQL_IMAGE)
    url, serving_url = group_containers.start(say)
    return Store(
        kind, "cluster", url, f"group of three, containers {group_containers.NAME}-*", reason, serving_url
    )


def _local_mysql() -> MysqlServer:
    return first_usable(mysql_programs(), _start_mysql)


def _packaged_mysql() -> MysqlServer:
    return _start_mysql(unpacked_program(PACKAGES))


def _start_mysql(program: MysqlProgram) -> MysqlServer:
    server = MysqlServer(program, _HOMES["mysql"], DEVELOPMENT, _PORTS["mysql"])
    server.start()
    return server


def _local_redis() -> tuple[str, str]:
    def start(program: RedisProgram) -> tuple[str, str]:
        return RedisServer(program, _HOMES["redis"], _PORTS["redis"]).start(), str(program)

    return first_usable(redis_programs(), start)


def mysql_programs(only: Flavour | None = None) -> Iterator[MysqlProgram | Unusable]:
    """Server programs: those installed on this machine, then one from packages, fetched only if it is reached."""
    yield from installed_programs(only)
    try:
        yield unpacked_program(PACKAGES, only)
    except Unusable as why:
        yield why


def first_usable(candidates: Iterable[Program | Unusable], start: Callable[[Program], Result]) -> Result:
    """The result of `start` for the first candidate that starts. Raises Unusable, with all reasons, if none does."""
    reasons: list[str] = []
    for candidate in candidates:
        if isinstance(candidate, Unusable):
            reasons.append(candidate.message)
            continue
        try:
            return start(candidate)
        except Unusable as why:
            reasons.append(why.message)
    raise Unusable("; ".join(reasons))
