"""The form of DATABASE_URL: one database, and the servers that have it.

    mysql://user:password@host:3306/database                        one server
    mysql://user:password@host1:3306,host2,host3:3307/database      the members of a group, or replicas
    mysql://...?ssl-mode=VERIFY_CA&ssl-ca=/path/of/ca.pem           options, for all servers

`mariadb://` means the same as `mysql://`. A port that is not named is 3306.
"""

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from product_dashboard.cache.servers import split_url

SslMode = Literal["DISABLED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"]

SHAPE = (
    "mysql://user:password@host:3306/database (also mariadb://; several hosts with commas between; "
    f"options ?ssl-mode={'|'.join(get_args(SslMode))}&ssl-ca=/path/of/ca.pem)"
)
_DEFAULT_PORT = 3306
_OPTION_NAME = re.compile(r"[a-z]+(-[a-z]+)*")


class Server(NamedTuple):
    """The address of a database server."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class DatabaseUrl:
    """The parts of a URL. `servers` are in the order of the URL."""

    servers: tuple[Server, ...]
    user: str
    password: str = field(repr=False)
    database: str
    ssl_mode: SslMode
    ssl_ca: str | None


def parse_database_url(text: str) -> DatabaseUrl:
    """Read a URL. ValueError says which part is wrong; it does not repeat the URL, which contains a password."""
    url = split_url(text)
    if url.scheme not in {"mysql", "mariadb"}:
        raise ValueError("it must begin with mysql:// or mariadb://")
    login, _, places = url.netloc.rpartition("@")
    if not places:
        raise ValueError("it names no host")
    user, _, password = login.partition(":")
    if not user:
        raise ValueError("it names no user")
    database = unquote(url.path.lstrip("/"))
    if not database or "/" in database:
        raise ValueError("it must name one database after the host")
    return DatabaseUrl(_servers(places), unquote(user), unquote(password), database, *_tls(url.query))


def _servers(places: str) -> tuple[Server, ...]:
    """Return the servers of a list. An error quotes the wrong one: what is after the last @ is no password."""
    parts = places.split(",")
    if len(parts) == 1:
        return (_server(places, "its"),)
    servers: list[Server] = []
    for number, part in enumerate(parts, 1):
        if not part:
            raise ValueError(f"host {number} of {len(parts)} is empty")
        server = _server(part, f"host {number} of {len(parts)}, {part!r}: the")
        if server in servers:
            raise ValueError(f"host {number} of {len(parts)}, {part!r}, is named twice")
        servers.append(server)
    return tuple(servers)


def _server(place: str, whose: str) -> Server:
    try:
        parts = urlsplit(f"//{place}")
        host = parts.hostname
    except ValueError:  # brackets that are not an IPv6 address
        parts = urlsplit("")
        host = None
    if not host:
        raise ValueError("it names no host" if whose == "its" else f"{whose} name is missing or wrong")
    try:
        port = parts.port
    except ValueError:
        port = 0  # not a number, or above 65535
    if port == 0:
        raise ValueError(f"{whose} port is not a number from 1 to 65535")
    return Server(host, port or _DEFAULT_PORT)


def _tls(query: str) -> tuple[SslMode, str | None]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    ssl_mode = options.pop("ssl-mode", "DISABLED").upper()
    ssl_ca = options.pop("ssl-ca", None)
    if options:
        # A password with an unescaped ? is read as an option.
        raise ValueError(f"unknown option {', '.join(filter(_OPTION_NAME.fullmatch, sorted(options)))}")
    if ssl_mode not in get_args(SslMode):
        raise ValueError("unknown ssl-mode")
    if ssl_ca is not None:
        _check_authority(ssl_mode, ssl_ca)
    return msgspec.convert(ssl_mode, SslMode), ssl_ca


def _check_authority(ssl_mode: str, ssl_ca: str) -> None:
    if not Path(ssl_ca).is_file():
        raise ValueError("there is no file at ssl-ca")
    if ssl_mode not in {"VERIFY_CA", "VERIFY_IDENTITY"}:
        # Who names an authority expects that the server is verified. DISABLED, the default, does not even encrypt.
        raise ValueError(
            f"ssl-ca needs ssl-mode=VERIFY_CA or ssl-mode=VERIFY_IDENTITY: {ssl_mode} verifies nothing"
        )
    try:
        ssl.create_default_context(cafile=ssl_ca)
    except OSError as error:  # an SSLError is one
        raise ValueError(f"there is no certificate in the file at ssl-ca: {error.strerror}") from None
