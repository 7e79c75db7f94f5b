"""The catalog of a schema equals the server's own after the same statements."""

from pathlib import Path
from typing import Any

import pytest

from tests.sqlgen.server import Server
from tools.sqlgen.catalog import Catalog, Column, Table
from tools.sqlgen.catalog.build import build_catalog
from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.input.migrations import schema_file
from tools.sqlgen.ir.query import ResultColumn
from tools.sqlgen.syntax.ast import Query
from tools.sqlgen.syntax.splitter import statement_spans

FOLDER = Path(__file__).parent / "schemas"


def no_columns(*_: object, **__: object) -> tuple[ResultColumn, ...]:
    """Views are resolved by the analysis, which these tests do not use."""
    return ()


def unbound(query: Query, catalog: Catalog, text: str, schema: str | None) -> Query:
    return query


def catalog_of(name: str) -> Catalog:
    found: list[Diagnostic] = []
    files = [schema_file(FOLDER / f"{name}.sql")]
    catalog = build_catalog(files, found.append, view_columns=no_columns, bind_view=unbound)
    assert found == []
    return catalog


async def apply(server: Server, name: str) -> None:
    await server.create()
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for start, end in statement_spans(text, 0, len(text)):
        await server.execute(text[start:end])


async def server_columns(server: Server) -> dict[str, list[dict[str, Any]]]:
    names = (
        "table_name", "column_name", "data_type", "column_type", "is_nullable", "character_maximum_length",
        "numeric_precision", "numeric_scale", "datetime_precision", "character_set_name", "column_default",
        "extra", "column_comment",
    )  # fmt: skip
    rows = await server.execute(
        f"SELECT {', '.join(f'c.{name}' for name in names)} FROM information_schema.columns c"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        f" WHERE table_schema = '{server.database}' AND table_type = 'BASE TABLE'"
        " ORDER BY table_name, ordinal_position"
    )
    tables: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        tables.setdefault(row[0], []).append(dict(zip(names, row, strict=True)))
    return tables


async def server_keys(server: Server) -> dict[str, dict[str, tuple[bool, list[str]]]]:
    rows = await server.execute(
        "SELECT table_name, index_name, non_unique, column_name FROM information_schema.statistics"
        f" WHERE table_schema = '{server.database}' ORDER BY table_name, index_name, seq_in_index"
    )
    tables: dict[str, dict[str, tuple[bool, list[str]]]] = {}
    for table, name, non_unique, column in rows:
        key = tables.setdefault(table, {}).setdefault(name, (not non_unique, []))
        if column is not None:
            key[1].append(column)
    return tables


def described(column: Column) -> dict[str, Any]:
    """Describe a column as information_schema does, as far as the catalog knows it."""
    kind = column.type
    text = kind.charset is not None and kind.name not in {"ENUM", "SET"}
    exact = kind.name in {"TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "DECIMAL"}
    return {
        "column_name": column.name,
        "data_type": kind.name.lower(),
        "unsigned": kind.unsigned and kind.name not in {"BIT", "YEAR"},
        "nullable": column.nullable,
        "length": kind.length if text else None,
        "charset": kind.charset if kind.charset != "binary" else None,
        "precision": kind.precision if exact else None,
        "scale": kind.scale if exact else None,
        "fraction": kind.scale if kind.name in {"TIME", "DATETIME", "TIMESTAMP"} else None,
        "auto_increment": column.auto_increment,
        "generated": column.generated is not None,
        "comment": column.comment or "",
        "values": kind.values,
        "invisible": column.invisible,
    }


def expected(row: dict[str, Any]) -> dict[str, Any]:
    kind = row["data_type"]
    column_type: str = row["column_type"]
    strings = {"char", "varchar", "binary", "varbinary", "tinytext", "text", "mediumtext", "longtext"}
    blobs = {"tinyblob", "blob", "mediumblob", "longblob"}
    exact = kind in {"tinyint", "smallint", "mediumint", "int", "bigint", "decimal"}
    values: list[str] = column_type.partition("(")[2][1:-2].split("','") if kind in {"enum", "set"} else []
    return {
        "column_name": row["column_name"],
        "data_type": kind,
        "unsigned": "unsigned" in column_type,
        "nullable": row["is_nullable"] == "YES",
        "length": row["character_maximum_length"] if kind in strings | blobs else None,
        "charset": row["character_set_name"],
        # The server says 7 digits of MEDIUMINT UNSIGNED, whose largest value has 8.
        "precision": 8
        if column_type == "mediumint unsigned"
        else row["numeric_precision"]
        if exact
        else None,
        "scale": row["numeric_scale"] if exact else None,
        "fraction": row["datetime_precision"],
        "auto_increment": "auto_increment" in row["extra"],
        "generated": "STORED GENERATED" in row["extra"] or "VIRTUAL GENERATED" in row["extra"],
        "comment": row["column_comment"],
        "values": tuple(value.replace("''", "'") for value in values),
        "invisible": "INVISIBLE" in row["extra"],
    }


def keys_of(table: Table) -> dict[str, tuple[bool, list[str]]]:
    return {
        key.name or "PRIMARY": (key.kind in {"PRIMARY", "UNIQUE"}, list(key.columns)) for key in table.keys
    }


@pytest.mark.parametrize("name", ["types", "alters", "dump"])
async def test_columns_and_keys_are_those_of_the_server(server: Server, name: str) -> None:
    await apply(server, name)
    catalog = catalog_of(name)
    tables = {table.name: table for table in catalog.tables() if not table.is_view}
    columns = await server_columns(server)
    keys = await server_keys(server)
    assert set(tables) == set(columns)
    for table_name, table in tables.items():
        for column, row in zip(table.columns, columns[table_name], strict=True):
            assert described(column) == expected(row), table_name
        assert keys_of(table) == keys.get(table_name, {}), table_name


@pytest.mark.parametrize("name", ["types", "alters"])
async def test_an_insert_may_leave_out_what_the_catalogue_says(server: Server, name: str) -> None:
    await apply(server, name)
    for table in catalog_of(name).tables():
        rows = (await server_columns(server))[table.name]
        for column, row in zip(table.columns, rows, strict=True):
            optional = (
                row["column_default"] is not None
                or row["is_nullable"] == "YES"
                or "auto_increment" in row["extra"]
            )
            assert column.has_default == (optional or "GENERATED" in row["extra"]), (table.name, column.name)
