"""Settings: frozen values, read once from the environment and passed as arguments.

`load_settings(os.environ)` either returns a complete `Settings` or raises one `SettingsError` that
names every wrong variable, its value, and the allowed values. Nothing else in the service reads the
environment. A URL, which contains a password, may also be in a file that DATABASE_URL_FILE or
REDIS_URL_FILE names.
"""

import ipaddress
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeVar, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from product_dashboard.cache.servers import parse_url

SslMode = Literal["DISABLED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "console", "json"]

T = TypeVar("T")


class SettingsError(Exception):
    """One or more variables are wrong; the message has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the settings are wrong:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = problems


class Secret:
    """A text that logs, tracebacks and `repr` do not show."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The address of MySQL and the limits of its use. Times in seconds; sizes are for each worker process."""

    host: str
    port: int
    user: str
    password: Secret
    database: str
    ssl_mode: SslMode = "DISABLED"
    ssl_ca: str | None = None
    pool_size: int = 10
    pool_queue: int = 1000
    acquire_timeout_s: float = 2.0
    connect_timeout_s: float = 2.0
    query_timeout_s: float = 5.0
    transaction_timeout_s: float = 6.0
    statement_cache: int = 200


class RedisSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where Redis is, how long a read waits for it (seconds), and what the cache does with it.

    With `cache_reads` off every read goes to the database; writes still invalidate what others have cached.
    """

    url: Secret
    timeout_s: float = 0.25
    cache_reads: bool = True


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The address of the service and the limits of one client. Times in seconds, sizes in bytes."""

    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1
    header_timeout_s: float = 10.0
    body_timeout_s: float = 20.0
    write_timeout_s: float = 20.0
    idle_timeout_s: float = 30.0
    max_header_bytes: int = 16 * 1024
    max_body_bytes: int = 1024 * 1024
    max_connections: int = 2000
    trusted_proxies: tuple[str, ...] = ()


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    level: LogLevel = "info"
    format: LogFormat = "auto"
    requests: bool = True


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of the service."""

    database: DatabaseSettings
    redis: RedisSettings
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()
    startup_timeout_s: float = 60.0
    shutdown_timeout_s: float = 15.0
    drain_s: float = 0.0


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings from `environ`.

    A variable that is set to the empty text counts as not set. Raises `SettingsError`, which names every
    variable that is missing or wrong.
    """
    env = _Environment(environ)
    settings = Settings(
        database=_database(env),
        redis=RedisSettings(
            url=Secret(
                env.required("REDIS_URL", "", _redis_url, "redis://[:password@]host:6379/0 (also rediss://)")
            ),
            timeout_s=env.seconds("REDIS_TIMEOUT", 0.25, 0.01, 10),
            cache_reads=env.flag("CACHE_ENABLED", default=True),
        ),
        http=_http(env),
        log=LogSettings(
            level=env.choice("LOG_LEVEL", "info", get_args(LogLevel)),
            format=env.choice("LOG_FORMAT", "auto", get_args(LogFormat)),
            requests=env.flag("LOG_REQUESTS", default=True),
        ),
        startup_timeout_s=env.seconds("STARTUP_TIMEOUT", 60, 0, 3600),
        shutdown_timeout_s=env.seconds("SHUTDOWN_TIMEOUT", 15, 1, 600),
        drain_s=env.seconds("DRAIN_SECONDS", 0, 0, 600),
    )
    if env.problems:
        raise SettingsError(env.problems)
    return settings


def load_database_settings(environ: Mapping[str, str]) -> DatabaseSettings:
    """Read the settings of the database alone. Errors as in `load_settings`."""
    env = _Environment(environ)
    database = _database(env)
    if env.problems:
        raise SettingsError(env.problems)
    return database


def load_database_url(environ: Mapping[str, str]) -> str:
    """Return DATABASE_URL, or the content of DATABASE_URL_FILE. Errors as in `load_settings`."""
    load_database_settings(environ)
    return _Environment(environ).secret("DATABASE_URL")


def _database(env: "_Environment") -> DatabaseSettings:
    target = env.required("DATABASE_URL", _NO_DATABASE, _mysql_url, _MYSQL_URL_SHAPE)
    return msgspec.structs.replace(
        target,
        pool_size=env.whole("DB_POOL_SIZE", 10, 1, 1000),
        pool_queue=env.whole("DB_POOL_QUEUE", 1000, 0, 100_000),
        acquire_timeout_s=env.seconds("DB_ACQUIRE_TIMEOUT", 2, 0.01, 60),
        connect_timeout_s=env.seconds("DB_CONNECT_TIMEOUT", 2, 0.1, 60),
        query_timeout_s=env.seconds("DB_QUERY_TIMEOUT", 5, 0.01, 3600),
        transaction_timeout_s=env.seconds("DB_TRANSACTION_TIMEOUT", 6, 0.1, 3600),
        statement_cache=env.whole("DB_STATEMENT_CACHE", 200, 0, 10_000),
    )


def _http(env: "_Environment") -> HttpSettings:
    return HttpSettings(
        host=env.value("HOST", "127.0.0.1", str.strip, "a host name or an address, as 127.0.0.1 or 0.0.0.0"),
        port=env.whole("PORT", 3000, 0, 65_535),
        workers=env.whole("WORKERS", 1, 1, 256),
        header_timeout_s=env.seconds("HEADER_TIMEOUT", 10, 0.1, 3600),
        body_timeout_s=env.seconds("BODY_TIMEOUT", 20, 0.1, 3600),
        write_timeout_s=env.seconds("WRITE_TIMEOUT", 20, 0.1, 3600),
        idle_timeout_s=env.seconds("IDLE_TIMEOUT", 30, 0.1, 3600),
        max_header_bytes=env.whole("MAX_HEADER_BYTES", 16 * 1024, 1024, 1024 * 1024),
        max_body_bytes=env.whole("MAX_BODY_BYTES", 1024 * 1024, 1024, 1024 * 1024 * 1024),
        max_connections=env.whole("MAX_CONNECTIONS", 2000, 1, 1_000_000),
        trusted_proxies=env.value(
            "TRUSTED_PROXIES",
            (),
            _networks,
            "addresses or networks with commas between, as 10.0.0.0/8,127.0.0.1",
        ),
    )


class _Environment:
    """Reads variables and collects their problems, so that one error names all of them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def value(self, name: str, default: T, parse: Callable[[str], T], allowed: str) -> T:
        text = self._environ.get(name, "")
        if text == "":
            return default
        try:
            return parse(text)
        except ValueError:
            self.problems.append(f"{name}={text!r} is not allowed; allowed: {allowed}")
            return default

    def required(self, name: str, stand_in: T, parse: Callable[[str], T], allowed: str) -> T:
        """Read a secret that has no default. Returns `stand_in` where a problem is recorded."""
        known = len(self.problems)
        text = self.secret(name)
        if text:
            try:
                return parse(text)
            except ValueError as error:
                self.problems.append(f"{name} is not allowed ({error}); allowed: {allowed}")
        elif len(self.problems) == known:
            self.problems.append(f"{name} is not set; it must be: {allowed}")
        return stand_in

    def secret(self, name: str) -> str:
        """Read a text from the variable `name`, or from the file that `name`_FILE names; "" if neither is set."""
        text, path = self._environ.get(name, ""), self._environ.get(f"{name}_FILE", "")
        if not path:
            return text
        if text:
            self.problems.append(f"{name} and {name}_FILE are both set; set one of them")
            return ""
        try:
            content = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            self.problems.append(f"{name}_FILE={path!r} cannot be read: {error}")
            return ""
        if not content:
            self.problems.append(f"{name}_FILE={path!r} is empty")
        return content

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        def parse(text: str) -> int:
            if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
                raise ValueError
            return int(text)

        return self.value(name, default, parse, f"a whole number from {low} to {high}")

    def seconds(self, name: str, default: float, low: float, high: float) -> float:
        def parse(text: str) -> float:
            number = float(text)
            if not math.isfinite(number) or not low <= number <= high:
                raise ValueError
            return number

        return self.value(name, float(default), parse, f"seconds from {low:g} to {high:g}")

    def choice(self, name: str, default: T, options: tuple[T, ...]) -> T:
        by_text = {str(option): option for option in options}

        def parse(text: str) -> T:
            if text.lower() not in by_text:
                raise ValueError
            return by_text[text.lower()]

        return self.value(name, default, parse, "one of " + ", ".join(by_text))

    def flag(self, name: str, *, default: bool) -> bool:
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

        def parse(text: str) -> bool:
            if text.lower() not in words:
                raise ValueError
            return words[text.lower()]

        return self.value(name, default, parse, "true or false")


_NO_DATABASE = DatabaseSettings(host="", port=0, user="", password=Secret(""), database="")

_MYSQL_URL_SHAPE = (
    "mysql://user:password@host:3306/database (also mariadb://; options ?ssl-mode="
    + "|".join(get_args(SslMode))
    + "&ssl-ca=/path/of/ca.pem)"
)


def _mysql_url(text: str) -> DatabaseSettings:
    url = _split(text, ("mysql", "mariadb"))
    database = unquote(url.path.lstrip("/"))
    if not url.username:
        raise ValueError("it names no user")
    if not database or "/" in database:
        raise ValueError("it must name one database after the host")
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    ssl_mode = options.pop("ssl-mode", "DISABLED").upper()
    ssl_ca = options.pop("ssl-ca", None)
    if options:
        raise ValueError(f"unknown option {', '.join(sorted(options))}")
    if ssl_mode not in get_args(SslMode):
        raise ValueError("unknown ssl-mode")
    if ssl_ca is not None and not Path(ssl_ca).is_file():
        raise ValueError("there is no file at ssl-ca")
    return DatabaseSettings(
        host=url.hostname or "",
        port=url.port or 3306,
        user=unquote(url.username),
        password=Secret(unquote(url.password or "")),
        database=database,
        ssl_mode=msgspec.convert(ssl_mode, SslMode),
        ssl_ca=ssl_ca,
    )


def _redis_url(text: str) -> str:
    parse_url(text)
    return text


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    """Split a URL. The errors do not repeat the URL, which contains a password."""
    url = urlsplit(text)
    if url.scheme not in schemes:
        raise ValueError("it must begin with " + " or ".join(f"{scheme}://" for scheme in schemes))
    if not url.hostname:
        raise ValueError("it names no host")
    try:
        port = url.port
    except ValueError:
        raise ValueError("its port is not a number from 1 to 65535") from None
    if port == 0:
        raise ValueError("its port is not a number from 1 to 65535")
    return url


def _networks(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in parts:
        ipaddress.ip_network(part, strict=False)
    return parts
