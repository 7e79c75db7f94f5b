"""Where Redis is: URLs, and a connection that is ready for use.

    redis://[user:password@]host[:6379][/db]            one server
    rediss://...?ssl_ca_certs=/path&ssl_check_hostname=false   the same over TLS
    redis+sentinel://[user:password@]host:26379,host/service[/db]    the master that the sentinels name
    redis+cluster://[user:password@]host:6379,host      a cluster, found through any of its nodes

`rediss+sentinel://` and `rediss+cluster://` are the TLS forms.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from product_dashboard.cache.connection import Connection, Push
from product_dashboard.cache.errors import LinkDown, Refused

Kind = Literal["single", "sentinel", "cluster"]
Address = tuple[str, int]

_SCHEMES: dict[str, tuple[Kind, bool]] = {
    "redis": ("single", False),
    "rediss": ("single", True),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
}
_OPTIONS = {"ssl_ca_certs", "ssl_check_hostname", "ssl_cert_reqs", "sentinel_username", "sentinel_password"}


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL. Its repr shows no password."""

    kind: Kind
    addresses: tuple[Address, ...]
    username: str | None
    password: str | None
    database: int
    service: str
    tls: ssl.SSLContext | None
    sentinel_login: tuple[str | None, str | None]

    def __repr__(self) -> str:
        places = ",".join(f"{host}:{port}" for host, port in self.addresses)
        return f"<Target {self.kind} {places} db={self.database}>"


def parse_url(url: str) -> Target:
    """Read a URL of one of the forms above; ValueError says what is wrong with it, without its password."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"Redis URL: scheme {parts.scheme!r} is none of {', '.join(_SCHEMES)}")
    kind, encrypted = _SCHEMES[parts.scheme]
    login, _, places = parts.netloc.rpartition("@")
    username, _, password = login.partition(":")
    options = {
        name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()
    }
    if unknown := options.keys() - _OPTIONS:
        raise ValueError(
            f"Redis URL: unknown option {', '.join(sorted(unknown))}; known: {', '.join(sorted(_OPTIONS))}"
        )
    service, database = _path(kind, parts.path)
    return Target(
        kind=kind,
        addresses=_addresses(places, 26379 if kind == "sentinel" else 6379, kind),
        username=unquote(username) or None,
        password=unquote(password) or None,
        database=database,
        service=service,
        tls=_tls(options) if encrypted else None,
        sentinel_login=(options.get("sentinel_username"), options.get("sentinel_password")),
    )


def _addresses(places: str, default_port: int, kind: Kind) -> tuple[Address, ...]:
    found = [_address(place, default_port) for place in (places or "localhost").split(",")]
    if kind == "single" and len(found) > 1:
        raise ValueError("Redis URL: several hosts need redis+sentinel:// or redis+cluster://")
    return tuple(found)


def _address(place: str, default_port: int) -> Address:
    try:
        split = urlsplit(f"//{place}")
        port = split.port or default_port
    except ValueError as error:
        raise ValueError(f"Redis URL: {place!r} is no host:port") from error
    return split.hostname or "localhost", port


def _path(kind: Kind, path: str) -> tuple[str, int]:
    pieces = [piece for piece in path.split("/") if piece]
    service = ""
    if kind == "sentinel":
        if not pieces:
            raise ValueError(
                "Redis URL: redis+sentinel:// needs the name of the service: redis+sentinel://host:26379/mymaster"
            )
        service = unquote(pieces.pop(0))
    if not pieces:
        return service, 0
    if len(pieces) > 1 or not pieces[0].isdecimal():
        raise ValueError(f"Redis URL: the path {path!r} is no database number")
    if kind == "cluster" and int(pieces[0]) != 0:
        raise ValueError("Redis URL: a cluster has database 0 only")
    return service, int(pieces[0])


def _tls(options: dict[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=options.get("ssl_ca_certs"))
    if options.get("ssl_check_hostname", "true") == "false":
        context.check_hostname = False
    if options.get("ssl_cert_reqs", "required") == "none":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True, slots=True)
class Dialled:
    """A connection after its handshake, and the run id of the server it leads to."""

    connection: Connection
    run_id: str


async def connect(
    target: Target, address: Address, *, timeout: float, on_push: Push | None = None, many: bool = True
) -> Connection:
    """Open a connection and log in. Raises LinkDown."""
    host, port = address
    try:
        async with asyncio.timeout(max(timeout * 2, 1.0)):
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(timeout=timeout, on_push=on_push, many=many), host, port, ssl=target.tls
            )
    except (OSError, TimeoutError) as error:
        raise LinkDown(f"cannot connect to {host}:{port}: {error!r}") from error
    hello: list[str] = ["HELLO", "3"]
    if target.password is not None:
        hello += ["AUTH", target.username or "default", target.password]
    try:
        await connection.command(*hello)
    except Refused as error:
        connection.abort("login refused")
        raise LinkDown(f"{host}:{port} refused the login: {error}") from error
    except BaseException:
        connection.abort("login given up")
        raise
    return connection


async def dial_master(target: Target, address: Address, *, timeout: float, many: bool = True) -> Dialled:
    """A connection for commands, to a server that is a master, with its database selected. Raises LinkDown."""
    connection = await connect(target, address, timeout=timeout, many=many)
    try:
        if target.database:
            await connection.command("SELECT", target.database)
        server = _fields(await connection.command("INFO", "server"))
        replication = _fields(await connection.command("INFO", "replication"))
    except Refused as error:
        connection.abort("handshake refused")
        raise LinkDown(f"{address[0]}:{address[1]} refused the handshake: {error}") from error
    except BaseException:
        connection.abort("handshake given up")
        raise
    run_id, role = server.get("run_id", ""), replication.get("role")
    if role != "master" or not run_id:
        connection.abort("not a master")
        raise LinkDown(f"{address[0]}:{address[1]} is no master (role {role})")
    return Dialled(connection, run_id)


def _fields(reply: object) -> dict[str, str]:
    if not isinstance(reply, (bytes, str)):
        return {}
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value for name, _, value in pairs}
