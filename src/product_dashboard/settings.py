"""Settings: frozen values, read once from the environment and passed as arguments.

`load_settings(os.environ)` either returns a complete `Settings` or raises one `SettingsError` that
names every wrong variable, its value, and the allowed values. Nothing else in the service reads the
environment. A URL, which contains a password, may also be in a file that DATABASE_URL_FILE or
REDIS_URL_FILE names.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args, get_type_hints

import msgspec

from product_dashboard.access.hosts import AllowedHosts, parse_hosts
from product_dashboard.access.key_file import KeyFile, read_key_file
from product_dashboard.access.keys import KeyFileError
from product_dashboard.access.origins import Origin, parse_origins
from product_dashboard.access.rate import Rate, parse_rate
from product_dashboard.cache.servers import parse_url, split_url
from product_dashboard.cpus import usable_cpus
from product_dashboard.database_url import SHAPE, Server, SslMode, parse_database_url

DatabaseReads = Literal["primary", "secondary"]
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "console", "json"]
Sampler = Literal[
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
]

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


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


@dataclass(frozen=True)
class Variable:
    """The environment variable of a field. `parse` raises ValueError for a text that is not `allowed`."""

    name: str
    parse: Callable[[str], object]
    allowed: str


def whole(name: str, low: int, high: int) -> Variable:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError
        return int(text)

    return Variable(name, parse, f"a whole number from {low} to {high}")


def seconds(name: str, low: float, high: float) -> Variable:
    return number(name, low, high, "seconds")


def number(name: str, low: float, high: float, unit: str = "a number") -> Variable:
    def parse(text: str) -> float:
        # float() also reads 1_0, blanks, NaN, and the digits of other scripts.
        if not re.fullmatch(r"[0-9]*\.?[0-9]+", text) or not low <= float(text) <= high:
            raise ValueError
        return float(text)

    return Variable(name, parse, f"{unit} from {low:g} to {high:g}")


def one_of(name: str, values: Mapping[str, object], allowed: str = "") -> Variable:
    def parse(text: str) -> object:
        if text.lower() not in values:
            raise ValueError
        return values[text.lower()]

    return Variable(name, parse, allowed or "one of " + ", ".join(values))


def flag(name: str) -> Variable:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return one_of(name, words, "true or false")


def _networks(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in parts:
        ipaddress.ip_network(part, strict=False)
    return parts


def _workers(text: str) -> object:
    return min(usable_cpus(), MOST_AUTO_WORKERS) if text.lower() == "auto" else _whole_workers.parse(text)


def _otlp_endpoint(text: str) -> str:
    url = split_url(text.strip())
    # `port` itself raises ValueError if it is not a number, or too large.
    is_address = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    if not is_address or url.query or url.fragment:
        raise ValueError
    return url.geturl().rstrip("/")


_REDIS_SHAPE = "redis://[:password@]host:6379/0 (also rediss://, redis+sentinel:// and redis+cluster://)"
MOST_AUTO_WORKERS = 16  # each has its own connections to the database, and memory
_whole_workers = whole("WORKERS", 1, 256)
_WORKERS = Variable("WORKERS", _workers, f"auto, or {_whole_workers.allowed}")
_API_KEYS = Variable("API_KEYS_FILE", lambda text: read_key_file(Path(text)), "the path of a file with keys")
_ALLOWED_HOSTS = Variable(
    "ALLOWED_HOSTS",
    parse_hosts,
    "host names with commas between, as api.example.org,*.example.com,localhost:3000",
)
_ALLOWED_ORIGINS = Variable(
    "ALLOWED_ORIGINS", parse_origins, "origins with commas between, as https://shop.example.org"
)
_RATE_LIMIT = Variable("RATE_LIMIT", parse_rate, "a number of requests a second, minute or hour, as 100/s")
_OTLP_ENDPOINT = Variable(
    "OTEL_EXPORTER_OTLP_ENDPOINT", _otlp_endpoint, "the URL of a collector, as http://127.0.0.1:4318"
)
_SERVICE_NAME = Variable("OTEL_SERVICE_NAME", str.strip, "a name")
_HOST = Variable("HOST", str.strip, "a host name or an address, as 127.0.0.1 or 0.0.0.0")
_PROXIES = Variable(
    "TRUSTED_PROXIES", _networks, "addresses or networks with commas between, as 10.0.0.0/8,127.0.0.1"
)


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of MySQL and the limits of its use. Times in seconds; sizes are for each worker process."""

    servers: tuple[Server, ...]
    user: str
    password: Secret
    database: str
    ssl_mode: SslMode = "DISABLED"
    ssl_ca: str | None = None
    pool_size: Annotated[int, whole("DB_POOL_SIZE", 1, 1000)] = 10
    pool_queue: Annotated[int, whole("DB_POOL_QUEUE", 0, 100_000)] = 1000
    acquire_timeout_s: Annotated[float, seconds("DB_ACQUIRE_TIMEOUT", 0.01, 60)] = 2.0
    connect_timeout_s: Annotated[float, seconds("DB_CONNECT_TIMEOUT", 0.1, 60)] = 2.0
    query_timeout_s: Annotated[float, seconds("DB_QUERY_TIMEOUT", 0.01, 3600)] = 5.0
    statement_cache: Annotated[int, whole("DB_STATEMENT_CACHE", 0, 10_000)] = 200
    query_comments: Annotated[bool, flag("DB_QUERY_COMMENTS")] = False
    reads: Annotated[
        DatabaseReads, one_of("DATABASE_READS", {where: where for where in get_args(DatabaseReads)})
    ] = "primary"

    @property
    def transaction_pool_size(self) -> int:
        """The number of connections for transactions, beside the `pool_size` connections for reads."""
        return max(1, self.pool_size // 2)

    @property
    def connections(self) -> int:
        """The number of connections for requests: for reads on each server that answers reads, and for transactions."""
        answering = len(self.servers) if self.reads == "secondary" else 1
        return answering * self.pool_size + self.transaction_pool_size


class RedisSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The address of Redis, and the limits of its use. Times in seconds.

    With `cache_reads` off every read goes to the database; writes still invalidate what others have cached.
    """

    url: Secret
    timeout_s: Annotated[float, seconds("REDIS_TIMEOUT", 0.01, 10)] = 0.25
    cache_reads: Annotated[bool, flag("CACHE_ENABLED")] = True


class HttpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The address of the service and the limits of one client. Times in seconds, sizes in bytes."""

    host: Annotated[str, _HOST] = "127.0.0.1"
    port: Annotated[int, whole("PORT", 0, 65_535)] = 3000
    workers: Annotated[int, _WORKERS] = 1
    header_timeout_s: Annotated[float, seconds("HEADER_TIMEOUT", 0.1, 3600)] = 10.0
    body_timeout_s: Annotated[float, seconds("BODY_TIMEOUT", 0.1, 3600)] = 20.0
    write_timeout_s: Annotated[float, seconds("WRITE_TIMEOUT", 0.1, 3600)] = 20.0
    idle_timeout_s: Annotated[float, seconds("IDLE_TIMEOUT", 0.1, 3600)] = 30.0
    max_header_bytes: Annotated[int, whole("MAX_HEADER_BYTES", 1024, 1024 * 1024)] = 16 * 1024
    max_body_bytes: Annotated[int, whole("MAX_BODY_BYTES", 1024, 1024 * 1024 * 1024)] = 1024 * 1024
    max_connections: Annotated[int, whole("MAX_CONNECTIONS", 1, 1_000_000)] = 2000
    trusted_proxies: Annotated[tuple[str, ...], _PROXIES] = ()


class AccessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The clients that may use the service, and how. By default, every client may do everything."""

    keys: Annotated[KeyFile | None, _API_KEYS] = None
    hosts: Annotated[AllowedHosts, _ALLOWED_HOSTS] = AllowedHosts()
    origins: Annotated[frozenset[Origin], _ALLOWED_ORIGINS] = frozenset()
    rate: Annotated[Rate | None, _RATE_LIMIT] = None
    burst: Annotated[int, whole("RATE_LIMIT_BURST", 0, 1_000_000_000)] = 0


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    level: Annotated[LogLevel, one_of("LOG_LEVEL", {level: level for level in get_args(LogLevel)})] = "info"
    format: Annotated[LogFormat, one_of("LOG_FORMAT", {name: name for name in get_args(LogFormat)})] = "auto"
    requests: Annotated[bool, flag("LOG_REQUESTS")] = True


class TracingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The collector of traces, and which requests are traced. Without an endpoint, nothing is."""

    endpoint: Annotated[str, _OTLP_ENDPOINT] = ""
    service_name: Annotated[str, _SERVICE_NAME] = "product-dashboard"
    sampler: Annotated[Sampler, one_of("OTEL_TRACES_SAMPLER", {name: name for name in get_args(Sampler)})] = (
        "parentbased_always_on"
    )
    ratio: Annotated[float, number("OTEL_TRACES_SAMPLER_ARG", 0, 1)] = 1.0


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of the service."""

    database: DatabaseSettings
    redis: RedisSettings
    http: HttpSettings = HttpSettings()
    access: AccessSettings = AccessSettings()
    log: LogSettings = LogSettings()
    tracing: TracingSettings = TracingSettings()
    recipes: Annotated[bool, flag("RECIPES")] = True
    page: Annotated[bool, flag("PAGE")] = True
    event_listeners: Annotated[int, whole("EVENT_LISTENERS", 0, 100_000)] = 200
    request_timeout_s: Annotated[float, seconds("REQUEST_TIMEOUT", 0.1, 3600)] = 10.0
    idempotency_kept_hours: Annotated[int, whole("IDEMPOTENCY_KEPT_HOURS", 1, 8760)] = 24
    startup_timeout_s: Annotated[float, seconds("STARTUP_TIMEOUT", 0, 3600)] = 60.0
    shutdown_timeout_s: Annotated[float, seconds("SHUTDOWN_TIMEOUT", 1, 600)] = 15.0
    drain_s: Annotated[float, seconds("DRAIN_SECONDS", 0, 600)] = 0.0


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings from `environ`.

    A variable that is set to the empty text counts as not set. Raises `SettingsError`, which names every
    variable that is missing or wrong.
    """
    env = _Environment(environ)
    url = env.required("REDIS_URL", "", _redis_url, _REDIS_SHAPE)
    settings = Settings(
        database=_database(env),
        redis=env.read(RedisSettings(url=Secret(url))),
        http=env.read(HttpSettings()),
        access=_access(env),
        log=env.read(LogSettings()),
        tracing=env.read(TracingSettings()),
    )
    return env.checked(env.read(settings))


def load_database_settings(environ: Mapping[str, str]) -> DatabaseSettings:
    """Read only the settings of the database. Errors as in `load_settings`."""
    env = _Environment(environ)
    return env.checked(_database(env))


def load_database_url(environ: Mapping[str, str]) -> str:
    """Return DATABASE_URL, or the content of DATABASE_URL_FILE. Errors as in `load_settings`."""
    load_database_settings(environ)
    return _Environment(environ).secret("DATABASE_URL")


def _database(env: "_Environment") -> DatabaseSettings:
    settings = env.read(env.required("DATABASE_URL", _NO_DATABASE, _database_settings, SHAPE))
    if settings.reads == "secondary" and len(settings.servers) == 1:
        env.problem(
            "DATABASE_READS='secondary' is not allowed: DATABASE_URL names one host; "
            "it must name the members of a MySQL group, as a:3306,b:3306,c:3306"
        )
    return settings


def _access(env: "_Environment") -> AccessSettings:
    settings = env.read(AccessSettings())
    if settings.burst and settings.rate is None:
        env.problem(
            f"RATE_LIMIT_BURST={settings.burst} is not allowed without RATE_LIMIT: set RATE_LIMIT too, as 100/s"
        )
    return settings


class _Environment:
    """Reads variables and collects their problems, so that one error names all of them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[str] = []

    def read(self, defaults: S) -> S:
        """Return `defaults` with each field that has a `Variable` which is set."""
        values: dict[str, object] = {}
        for field, hint in get_type_hints(type(defaults), include_extras=True).items():
            for variable in get_args(hint):
                if isinstance(variable, Variable) and (text := self._environ.get(variable.name, "")):
                    try:
                        values[field] = variable.parse(text)
                    except KeyFileError as error:
                        self._problems.append(f"{variable.name}={text!r}: {error}")
                    except ValueError:
                        problem = f"{variable.name}={text!r} is not allowed; allowed: {variable.allowed}"
                        self._problems.append(problem)
        return msgspec.structs.replace(defaults, **values)

    def problem(self, text: str) -> None:
        """Record a problem of several variables together."""
        self._problems.append(text)

    def checked(self, settings: S) -> S:
        """Return the settings. Raises `SettingsError` if any variable had a problem."""
        if self._problems:
            raise SettingsError(self._problems)
        return settings

    def required(self, name: str, stand_in: T, parse: Callable[[str], T], allowed: str) -> T:
        """Read a secret that has no default. Returns `stand_in` where a problem is recorded."""
        known = len(self._problems)
        text = self.secret(name)
        if text:
            try:
                return parse(text)
            except ValueError as error:
                self._problems.append(f"{name} is not allowed ({error}); allowed: {allowed}")
        elif len(self._problems) == known:
            self._problems.append(f"{name} is not set; it must be: {allowed}")
        return stand_in

    def secret(self, name: str) -> str:
        """Read a text from the variable `name`, or from the file that `name`_FILE names; "" if neither is set."""
        text, path = self._environ.get(name, ""), self._environ.get(f"{name}_FILE", "")
        if not path:
            return text
        if text:
            self._problems.append(f"{name} and {name}_FILE are both set; set one of them")
            return ""
        try:
            content = Path(path).read_text(encoding="utf-8-sig").strip()
        except (OSError, ValueError) as error:
            self._problems.append(f"{name}_FILE={path!r} cannot be read: {error}")
            return ""
        if not content:
            self._problems.append(f"{name}_FILE={path!r} is empty")
        return content


_NO_DATABASE = DatabaseSettings(servers=(), user="", password=Secret(""), database="")


def _database_settings(text: str) -> DatabaseSettings:
    url = parse_database_url(text)
    return DatabaseSettings(
        servers=url.servers,
        user=url.user,
        password=Secret(url.password),
        database=url.database,
        ssl_mode=url.ssl_mode,
        ssl_ca=url.ssl_ca,
    )


def _redis_url(text: str) -> str:
    parse_url(text)
    return text
