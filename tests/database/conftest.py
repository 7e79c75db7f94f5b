"""A database of these tests' own, with two small tables that can be made to conflict."""

from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from product_dashboard.database import Database
from product_dashboard.settings import DatabaseSettings, load_settings

Configure = Callable[..., Database]

TABLES = (
    "CREATE TABLE parents (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, UNIQUE KEY parents_name (name))",
    """CREATE TABLE children (id INT PRIMARY KEY, parent_id INT NOT NULL, amount DECIMAL(8, 2),
       CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id))""",
    "INSERT INTO parents VALUES (1, 'one'), (2, 'two')",
    "INSERT INTO children VALUES (1, 1, 1.50)",
)


@pytest.fixture
def database_settings(fresh_database: str) -> DatabaseSettings:
    return load_settings({"DATABASE_URL": fresh_database, "REDIS_URL": "redis://nowhere"}).database


@pytest.fixture
async def configure(database_settings: DatabaseSettings) -> AsyncIterator[Configure]:
    """Makes databases with other settings; they are closed after the test."""
    made: list[Database] = []

    def make(**changes: object) -> Database:
        made.append(Database(msgspec.structs.replace(database_settings, **changes)))
        return made[-1]

    yield make
    for database in made:
        await database.close()


@pytest.fixture
async def database(configure: Configure) -> Database:
    """Four connections, two of them for transactions, and the tables."""
    database = configure(pool_size=4)
    async with database.connection() as conn, conn.cursor() as cursor:
        for statement in TABLES:
            await cursor.execute(statement)
    return database
