"""Accounts of the stores, their URLs, and waiting until a login works."""

import hashlib
import hmac
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

import pymysql
import redis
from pymysql.constants import ER

from product_dashboard.database.primary import NoPrimary
from product_dashboard.database_url import Server
from product_dashboard.migrate.session import connect_to_primary
from product_dashboard.settings import SettingsError, load_database_settings
from tools.stack.errors import StackError, Unusable

DATABASE = "product_dashboard"
USER = "product_dashboard"
SERVING_USER = "product_dashboard_api"
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class MysqlLogin:
    """The address of a MySQL or MariaDB server, and one account on it."""

    host: str
    port: int
    user: str
    password: str

    def url(self, database: str = DATABASE) -> str:
        """The URL of a database, as DATABASE_URL has it."""
        account = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"mysql://{account}@{self.host}:{self.port}/{database}"

    @contextmanager
    def connection(
        self, database: str | None = None, *, answer_s: int = 60
    ) -> Generator["pymysql.Connection[Any]"]:
        """A connection in autocommit mode, closed when the block ends. Raises pymysql's errors."""
        connection = pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password.encode(),
            database=database,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=5,
            read_timeout=answer_s,
            ssl_disabled=True,  # the servers are on this machine; to load its certificates takes 50 ms each time
        )
        try:
            yield connection
        finally:
            connection.close()

    def run(self, statements: list[str]) -> None:
        """Execute the statements in order."""
        with self.connection() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def mysql_login(url: str) -> MysqlLogin:
    """Parse a URL as DATABASE_URL has it; of several servers, the one that is the primary now.

    Raises StackError for another form, and if there is no primary.
    """
    try:
        settings = load_database_settings({"DATABASE_URL": url})
    except SettingsError as error:
        raise StackError(
            f"not a database URL: {without_password(url)}", "mysql://user:password@host:3306/database"
        ) from error
    server = settings.servers[0]
    if len(settings.servers) > 1:
        try:
            with connect_to_primary(settings) as connection:
                server = Server(connection.host, connection.port)
        except NoPrimary as error:
            raise StackError(f"no primary: {error}") from error
    return MysqlLogin(server.host, server.port, settings.user, settings.password.reveal())


def with_database(url: str, database: str) -> str:
    """The URL with its database replaced."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def without_password(url: str) -> str:
    """The URL with its password replaced by `***`, for a log."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    hidden = url.replace(f":{parts.password}@", ":***@", 1)
    return hidden.replace(f"_password={parts.password}", "_password=***")  # the one of the sentinels


def account_statements(password: str) -> list[str]:
    """Statements, one line each, that create the service's database and its owner, or only set the password.

    The account migrates, seeds, and verifies queries. It has all rights on databases whose name begins with the
    service's, and on those that the compiler's verifier creates. The verifier also writes table statistics, so that the
    plans are those of a full database. The account has no other rights.
    """
    # An underscore in a GRANT's database name is a wildcard unless escaped.
    own_databases = DATABASE.replace("_", r"\_") + "%"
    verifiers_databases = r"verify\_%"
    return [
        f"CREATE DATABASE IF NOT EXISTS `{DATABASE}` CHARACTER SET utf8mb4;",
        f"CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{password}';",
        f"ALTER USER '{USER}'@'%' IDENTIFIED BY '{password}';",
        f"GRANT ALL ON `{own_databases}`.* TO '{USER}'@'%';",
        f"GRANT ALL ON `{verifiers_databases}`.* TO '{USER}'@'%';",
        f"GRANT SELECT, UPDATE ON mysql.innodb_table_stats TO '{USER}'@'%';",
        f"GRANT SELECT, UPDATE ON mysql.innodb_index_stats TO '{USER}'@'%';",
        f"GRANT RELOAD ON *.* TO '{USER}'@'%';",  # FLUSH TABLES: the server reads the statistics again
    ]


def serving_statements(password: str, database: str = DATABASE) -> list[str]:
    """Statements, one line each, that create the account that the API serves with, or only set its password.

    The account reads and writes rows of one database, and cannot change the schema. docker-compose.yml has the same
    statements.
    """
    escaped = database.replace("_", r"\_")
    return [
        f"CREATE USER IF NOT EXISTS '{SERVING_USER}'@'%' IDENTIFIED BY '{password}';",
        f"ALTER USER '{SERVING_USER}'@'%' IDENTIFIED BY '{password}';",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{escaped}`.* TO '{SERVING_USER}'@'%';",
    ]


def group_statements(account: str) -> list[str]:
    """Statements, one line each, that let an account see which member of a group of MySQL servers is the primary."""
    tables = ("replication_group_members", "replication_group_member_stats")
    return [f"GRANT SELECT ON performance_schema.{table} TO '{account}'@'%';" for table in tables]


def derived_password(root: str, account: str) -> str:
    """A password for an account, from the one of `root`: it needs no other place to be kept."""
    return hmac.new(root.encode(), account.encode(), hashlib.sha256).hexdigest()[:32]


def administrator_statements(password: str) -> list[str]:
    """Statements, one line each, that give `root` a password on a new server, where it has none."""
    return [
        f"CREATE USER IF NOT EXISTS 'root'@'%' IDENTIFIED BY '{password}';",
        f"ALTER USER 'root'@'%' IDENTIFIED BY '{password}';",
        "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;",
        f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';",
    ]


def wait_for_mysql(login: MysqlLogin, *, seconds: float, still_starting: Callable[[], bool]) -> str:
    """Wait until the login works; the version that the server reports.

    Raises Unusable if the server refuses the password, if `still_starting()` becomes False, or after `seconds`.
    """

    def version() -> str:
        with login.connection() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            row = cursor.fetchone()
            return str(row[0]) if row else ""

    def refused(error: Exception) -> bool:
        return bool(error.args) and error.args[0] == ER.ACCESS_DENIED_ERROR

    return _wait(
        f"MySQL on port {login.port}",
        version,
        refused=refused,
        seconds=seconds,
        still_starting=still_starting,
    )


def wait_for_redis(url: str, *, seconds: float, still_starting: Callable[[], bool]) -> str:
    """Wait until the server answers PING; its name and version. Raises as `wait_for_mysql` does."""

    def version() -> str:
        # redis-py's own annotations leave its keyword arguments open.
        connect = cast("Callable[..., Any]", redis.Redis.from_url)  # pyright: ignore[reportUnknownMemberType]
        with connect(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
            facts: Any = client.info("server")
        valkey = facts.get("valkey_version")
        return f"Valkey {valkey}" if valkey else f"Redis {facts.get('redis_version')}"

    def refused(error: Exception) -> bool:
        return isinstance(error, redis.AuthenticationError)

    server = f"Redis on port {urlsplit(url).port}"
    return _wait(server, version, refused=refused, seconds=seconds, still_starting=still_starting)


def _wait(
    server: str,
    attempt: Callable[[], str],
    *,
    refused: Callable[[Exception], bool],
    seconds: float,
    still_starting: Callable[[], bool],
) -> str:
    deadline = time.monotonic() + seconds
    while True:
        starting = still_starting()
        try:
            return attempt()
        except (pymysql.Error, redis.RedisError, OSError) as error:
            if refused(error):
                raise Unusable(f"{server} refuses our password: {error}") from error
            if not starting:
                raise Unusable(f"{server} ended while starting") from error
            if time.monotonic() > deadline:
                raise Unusable(f"{server} did not answer within {seconds:.0f} s: {error}") from error
        time.sleep(_POLL_SECONDS)
