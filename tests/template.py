"""A migrated database that is copied for each test: to migrate one takes several times as long."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from product_dashboard.migrate import upgrade
from tools.stack.accounts import mysql_login
from tools.stack.testing import scratch_database


class Template:
    """Makes copies of a migrated database, with its tables, constraints and rows. No test writes to the template."""

    def __init__(self, server_url: str, database_url: str) -> None:
        self._server_url = server_url
        name = urlsplit(database_url).path.lstrip("/")
        # A table may refer to one that is created after it.
        self._statements = ["SET foreign_key_checks = 0"]
        with mysql_login(database_url).connection(name) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW FULL TABLES")
            for table, kind in _rows(cursor):
                assert kind == "BASE TABLE", f"{table} is a {kind}: copy it here, too"
                cursor.execute(f"SHOW CREATE TABLE `{table}`")
                ((_, create),) = _rows(cursor)
                self._statements.append(create)
                if cursor.execute(f"SELECT 1 FROM `{table}` LIMIT 1"):
                    self._statements.append(f"INSERT INTO `{table}` SELECT * FROM `{name}`.`{table}`")

    @contextmanager
    def copy(self) -> Generator[str]:
        """Create a copy, and drop it when the block ends; its URL."""
        with scratch_database(self._server_url) as url:
            login = mysql_login(url)
            with (
                login.connection(urlsplit(url).path.lstrip("/")) as connection,
                connection.cursor() as cursor,
            ):
                for statement in self._statements:
                    cursor.execute(statement)
            yield url


@contextmanager
def migrated_template(server_url: str) -> Generator[Template]:
    """Migrate a new database, and drop it when the block ends; the template that copies it."""
    with scratch_database(server_url) as url:
        upgrade(url)
        yield Template(server_url, url)


def _rows(cursor: Any) -> list[tuple[str, str]]:
    return list(cursor.fetchall())
