"""Statements of tests about the products and their trigrams."""

from typing import Any

from product_dashboard.database import Database


async def execute(database: Database, sql: str, *values: object) -> list[Any]:
    async with database.transaction() as conn, conn.cursor() as cursor:
        await cursor.execute(sql, values)
        return list(await cursor.fetchall())


async def column(database: Database, sql: str, *values: object) -> list[Any]:
    return [row[0] for row in await execute(database, sql, *values)]


async def wrong_trigrams(database: Database) -> list[Any]:
    """Trigrams that a name lacks, those that are not of the product's name, and products that are not indexed."""
    missing = await execute(
        database,
        "WITH RECURSIVE places AS (SELECT 1 AS place UNION ALL SELECT place + 1 FROM places WHERE place < 198) "
        "SELECT p.name, place FROM products AS p JOIN places ON place <= CHAR_LENGTH(p.name) - 2 WHERE NOT EXISTS ("
        "SELECT 1 FROM product_trigrams AS t WHERE t.product_id = p.id AND t.trigram = SUBSTRING(p.name, place, 3))",
    )
    foreign = await execute(
        database,
        "SELECT t.name, t.trigram FROM product_trigrams AS t JOIN products AS p ON p.id = t.product_id "
        "WHERE CAST(t.name AS BINARY) <> CAST(p.name AS BINARY) OR INSTR(p.name, t.trigram) = 0",
    )
    return [
        *missing,
        *foreign,
        *await execute(database, "SELECT name FROM products WHERE unindexed_name IS NOT NULL"),
    ]
