"""Several hosts that are no group: one server under two names."""

from urllib.parse import urlsplit

import pytest

from product_dashboard.database import Database
from product_dashboard.errors import DatabaseUnavailable
from product_dashboard.settings import load_database_settings
from product_dashboard.startup import StartupError, wait_for_database
from tests.relay import relay_to
from tools.stack.accounts import mysql_login


async def test_servers_that_all_take_writes_are_refused(migrated_database: str) -> None:
    """MySQL: it is in no group. MariaDB: a split, or a cluster in which the epoch row is not locked everywhere."""
    is_mariadb = "MariaDB" in _version(migrated_database)
    async with relay_to(migrated_database) as (_, second):
        url = migrated_database.replace("@", f"@{urlsplit(second).netloc.rpartition('@')[2]},")
        database = Database(load_database_settings({"DATABASE_URL": url}))
        try:
            if is_mariadb:
                with pytest.raises(DatabaseUnavailable) as refused:
                    await database.open()
                assert str(refused.value.__cause__).count("takes writes, as another server does") == 2
            else:
                with pytest.raises(StartupError, match="group_replication"):
                    await wait_for_database(database, 60)
        finally:
            await database.close()


async def test_mariadb_does_not_start_with_reads_from_secondaries(migrated_database: str) -> None:
    if "MariaDB" not in _version(migrated_database):
        pytest.skip("a MySQL server that is in no group is refused before that")
    url = migrated_database.replace("@", "@127.0.0.1:1,")
    database = Database(load_database_settings({"DATABASE_URL": url, "DATABASE_READS": "secondary"}))
    with pytest.raises(StartupError, match="DATABASE_READS=secondary needs a MySQL group"):
        await wait_for_database(database, 60)
    await database.close()


def _version(url: str) -> str:
    with mysql_login(url).connection() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        ((version,),) = cursor.fetchall()
        return str(version)
