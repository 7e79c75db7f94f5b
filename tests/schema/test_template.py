"""The database of a test, a copy, is the one that the migrations create."""

from datetime import datetime
from urllib.parse import urlsplit

from product_dashboard.migrate import upgrade
from tools.stack.accounts import mysql_login


def contents(url: str) -> dict[str, tuple[str, list[tuple[object, ...]]]]:
    """The definition and the rows of each table, without the times at which they were written."""
    found: dict[str, tuple[str, list[tuple[object, ...]]]] = {}
    database = urlsplit(url).path.lstrip("/")
    with mysql_login(url).connection(database) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SHOW CREATE TABLE `{table}`")
            ((_, definition),) = cursor.fetchall()
            # The rows of yoyo's log have identifiers of their own: only their number can be equal.
            cursor.execute(f"SELECT {'COUNT(*)' if table == '_yoyo_log' else '*'} FROM `{table}`")
            rows = [
                tuple(each for each in row if not isinstance(each, datetime)) for row in cursor.fetchall()
            ]
            # MySQL shows the character set of a column that was given one, also where it is the table's.
            found[table] = (definition.replace(" CHARACTER SET utf8mb4", ""), rows)
    return found


def test_a_copy_has_the_tables_constraints_and_rows_that_the_migrations_create(
    migrated_database: str, fresh_database: str
) -> None:
    upgrade(fresh_database)
    assert contents(migrated_database) == contents(fresh_database)
