"""The addresses of Redis: reading a URL, and finding the masters behind it. redis-py does the work.

    redis://[user:password@]host[:6379][/db]                         one server
    rediss://...?ssl_ca_certs=/path&ssl_check_hostname=false         the same over TLS
    redis+sentinel://[user:password@]host:26379,host/service[/db]    the master that the sentinels name
    redis+cluster://[user:password@]host:6379,host                   a cluster, found through any of its nodes

`rediss+sentinel://` and `rediss+cluster://` are the TLS forms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from redis.asyncio.cluster import ClusterNode, NodesManager
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection
from redis.asyncio.connection import parse_url as parse_one
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

Kind = Literal["single", "sentinel", "cluster"]
Options = Mapping[str, Any]  # keyword arguments of a redis-py connection

_KINDS: Final[dict[str, Kind]] = {"": "single", "+sentinel": "sentinel", "+cluster": "cluster"}
_SCHEMES: Final[dict[str, tuple[Kind, str]]] = {
    f"{scheme}{form}": (kind, scheme) for form, kind in _KINDS.items() for scheme in ("redis", "rediss")
}
_TLS_OPTIONS: Final = {
    f"ssl_{name}" for name in ("ca_certs", "certfile", "keyfile", "check_hostname", "cert_reqs")
}
_SENTINEL_OPTIONS: Final = {"sentinel_username", "sentinel_password"}


@dataclass(frozen=True, slots=True)
class Masters:
    """The connection options of each master, and for each slot of a cluster the master that serves it.

    `by_slot` is empty where there is one master for everything.
    """

    options: tuple[Options, ...]
    by_slot: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """A parsed URL. Its repr shows no password."""

    kind: Kind
    connection_class: type[AbstractConnection]
    addresses: tuple[tuple[str, int], ...]
    options: Options  # the same for all connections
    service: str
    sentinel_login: Options

    def __repr__(self) -> str:
        places = ",".join(f"{host}:{port}" for host, port in self.addresses)
        return f"<RedisUrl {self.kind} {places} db={self.options['db']}>"

    async def find_masters(self, timeout: float) -> Masters:
        """Ask who the masters are now, each server at most `timeout` seconds. Raises RedisError."""
        if self.kind == "sentinel":
            return await self._ask_sentinels(timeout)
        if self.kind == "cluster":
            return await self._ask_nodes(timeout)
        return Masters((self._at(*self.addresses[0]),))

    async def connect(self, options: Options) -> AbstractConnection:
        """Open a connection and log in. Raises RedisError, or another exception of redis-py at a malformed reply."""
        # redis-py's own timeout of each read and write is off: the wire has one for each command.
        make = cast("Callable[..., AbstractConnection]", self.connection_class)
        connection = make(**{**options, "socket_timeout": None, "protocol": 3, "driver_info": None})
        try:
            await cast("Any", connection).connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return connection

    def _at(self, host: str, port: int) -> Options:
        return {**self.options, "host": host, "port": port}

    async def _ask_sentinels(self, timeout: float) -> Masters:
        tls = {name: value for name, value in self.options.items() if name in _TLS_OPTIONS}
        is_tls = self.connection_class is SSLConnection
        options = {**tls, **self.sentinel_login, **_once(timeout), "ssl": is_tls}
        sentinels = cast("Any", Sentinel)(self.addresses, sentinel_kwargs=options)
        async with sentinels:
            host, port = await sentinels.discover_master(self.service)
        return Masters((self._at(host, port),))

    async def _ask_nodes(self, timeout: float) -> Masters:
        options: dict[str, Any] = {**self.options, **_once(timeout)}
        options["connection_class"] = self.connection_class
        nodes = NodesManager(
            [ClusterNode(host, port, **options) for host, port in self.addresses],
            require_full_coverage=True,
            connection_kwargs=options,
        )
        try:
            await nodes.initialize()
            owners = [nodes.slots_cache[slot][0] for slot in sorted(nodes.slots_cache)]
        finally:
            await nodes.aclose("startup_nodes")
        masters = sorted(set(owners), key=lambda node: node.name)
        places = {node: place for place, node in enumerate(masters)}
        found = tuple(self._at(node.host, int(node.port)) for node in masters)
        return Masters(found, tuple(places[node] for node in owners))


def split_url(url: str) -> SplitResult:
    """Split a URL with a password. Raises ValueError, without the password, if the parts of the URL are not certain."""
    try:
        parts = urlsplit(url)
    except ValueError:  # its message quotes the password
        raise ValueError("it is not a URL") from None
    rest = parts.path + parts.fragment + ("" if "@" in parts.netloc else parts.query)
    if "@" in rest:
        raise ValueError(
            "/ ? # and @ in a name or a password must be percent-encoded, as %2F %3F %23 and %40"
        )
    return parts


def parse_url(url: str) -> RedisUrl:
    """Read a URL of one of the forms above. ValueError says what is wrong with it, without its password."""
    parts = split_url(url)
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"Redis URL: scheme {parts.scheme!r} is none of {', '.join(_SCHEMES)}")
    kind, scheme = _SCHEMES[parts.scheme]
    try:
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:  # its message quotes the query, which may have a password
        raise ValueError("Redis URL: its options must be name=value, with & between") from None
    known = (_TLS_OPTIONS if scheme == "rediss" else set[str]()) | _SENTINEL_OPTIONS
    if unknown := query.keys() - known:
        raise ValueError(
            f"Redis URL: unknown option {', '.join(filter(str.isidentifier, sorted(unknown)))}; "
            f"known: {', '.join(sorted(known))}"
        )
    sentinel_login = {
        name.removeprefix("sentinel_"): query.pop(name) for name in _SENTINEL_OPTIONS & query.keys()
    }
    if query.get("ssl_cert_reqs") == "none":
        query["ssl_check_hostname"] = "false"  # the host name is a part of the certificate
    login, _, places = parts.netloc.rpartition("@")
    if kind == "single" and "," in places:
        raise ValueError("Redis URL: several hosts need redis+sentinel:// or redis+cluster://")
    service, database = _path(kind, parts.path)
    nodes = [
        _one(scheme, login, place, database, query, 26379 if kind == "sentinel" else 6379)
        for place in (places or "localhost").split(",")
    ]
    common = {name: value for name, value in nodes[0].items() if name not in ("host", "port")}
    return RedisUrl(
        kind=kind,
        connection_class=common.pop("connection_class", Connection),
        addresses=tuple((node["host"], node["port"]) for node in nodes),
        options=common,
        service=service,
        sentinel_login=sentinel_login,
    )


def _once(timeout: float) -> Options:
    """Options of a client that asks one question: redis-py's own retries are off, and it does not wait for long."""
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": max(2 * timeout, 1.0),
        "retry": Retry(NoBackoff(), 0),
    }


def _one(
    scheme: str, login: str, place: str, database: int, query: Mapping[str, str], default_port: int
) -> dict[str, Any]:
    """Return redis-py's options for one server. ValueError if redis-py refuses them."""
    at = "@" if login else ""
    try:
        found = parse_one(f"{scheme}://{login}{at}{place}/{database}?{urlencode(query)}")
        options: dict[str, Any] = {"host": "localhost", "port": default_port, **found}
        options.get("connection_class", Connection)(
            **{name: value for name, value in options.items() if name != "connection_class"}
        )
    except (ValueError, RedisError):
        # Without its cause, whose message may quote the URL and its password.
        wrong = f" or an option is wrong ({urlencode(query)})" if query else ""
        raise ValueError(f"Redis URL: {place!r} is no host:port{wrong}") from None
    return options


def _path(kind: Kind, path: str) -> tuple[str, int]:
    """Return the name of the sentinels' service (or "") and the database number."""
    service, number = "", path.strip("/") or "0"
    if kind == "sentinel":
        service, _, number = path.strip("/").partition("/")
        if not service:
            raise ValueError(
                "Redis URL: the name of the service is missing: redis+sentinel://host:26379/mymaster"
            )
        number = number or "0"
    if not number.isdecimal():
        raise ValueError(f"Redis URL: the path {path!r} is no database number")
    if kind == "cluster" and int(number) != 0:
        raise ValueError("Redis URL: a cluster has database 0 only")
    return service, int(number)
