"""The types, character sets and collations of columns, as their definitions declare them."""

import pytest

from tools.sqlgen.syntax.ast import ColumnDef, CreateTable
from tools.sqlgen.syntax.ast.node import DataType
from tools.sqlgen.syntax.parser import parse_schema
from tools.sqlgen.types.declared import column_charset, column_collation, sql_type, widened_text
from tools.sqlgen.types.sql_type import family


def _declared(column: str) -> DataType:
    (statement,) = parse_schema(f"CREATE TABLE t (c {column});")
    assert isinstance(statement, CreateTable)
    (element,) = statement.elements
    assert isinstance(element, ColumnDef)
    return element.type


@pytest.mark.parametrize(
    ("column", "charset", "collation", "expected"),
    [
        ("TEXT", None, None, "default"),
        ("TEXT", "latin1", None, "default of latin1"),
        ("TEXT", None, "utf8mb4_bin", "utf8mb4_bin"),
        ("TEXT", "utf8mb4", "utf8mb4_bin", "utf8mb4_bin"),
        ("TEXT", "default", None, "default"),
        ("TEXT CHARACTER SET latin1", None, None, "default of latin1"),
        ("TEXT CHARACTER SET utf8mb4", "utf8mb4", "utf8mb4_bin", "default of utf8mb4"),
        ("TEXT CHARACTER SET utf8mb4 COLLATE UTF8MB4_BIN", None, None, "utf8mb4_bin"),
        ("TEXT COLLATE latin1_bin", "utf8mb4", "utf8mb4_general_ci", "latin1_bin"),
        ("TEXT BINARY", None, None, "utf8mb4_bin"),
        ("TEXT CHARACTER SET latin1 BINARY", "utf8mb4", None, "latin1_bin"),
        ("TEXT BINARY", "latin1", None, "latin1_bin"),
        ("ENUM('a') COLLATE latin1_bin", None, None, "latin1_bin"),
    ],
)
def test_the_collation_is_that_of_the_column_or_else_of_the_table(
    column: str, charset: str | None, collation: str | None, expected: str
) -> None:
    assert column_collation(_declared(column), charset, collation) == expected


@pytest.mark.parametrize(
    ("column", "charset", "collation", "expected"),
    [
        ("TEXT", None, None, "utf8mb4"),
        ("TEXT", "latin1", None, "latin1"),
        ("TEXT", None, "latin1_bin", "latin1"),
        ("TEXT CHARACTER SET ascii", "latin1", "latin1_bin", "ascii"),
        ("TEXT COLLATE utf8mb4_bin", "latin1", None, "utf8mb4"),
    ],
)
def test_the_character_set_is_that_of_the_column_or_else_of_the_table(
    column: str, charset: str | None, collation: str | None, expected: str
) -> None:
    assert column_charset(_declared(column), charset, collation) == expected


@pytest.mark.parametrize(
    ("column", "name", "kind"),
    [
        ("VARCHAR(9)", "VARCHAR", "string"),
        ("VARCHAR(9) CHARACTER SET binary", "VARBINARY", "bytes"),
        ("CHAR(16) CHARACTER SET binary", "BINARY", "bytes"),
        ("TEXT CHARACTER SET binary", "BLOB", "bytes"),
        ("BOOLEAN", "TINYINT", "int"),
        ("SERIAL", "BIGINT", "int"),
        ("NUMERIC(5, 2)", "DECIMAL", "decimal"),
        ("DOUBLE PRECISION", "DOUBLE", "float"),
    ],
)
def test_a_synonym_is_the_type_that_the_server_stores(column: str, name: str, kind: str) -> None:
    found = sql_type(_declared(column))
    assert (found.name, family(found)) == (name, kind)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("TEXT", "latin1", "utf8mb4", "MEDIUMTEXT"),
        ("TINYTEXT", "latin1", "utf8mb4", "TEXT"),
        ("LONGTEXT", "latin1", "utf8mb4", "LONGTEXT"),
        ("TEXT", "utf8mb4", "latin1", "TEXT"),
        ("VARCHAR", "latin1", "utf8mb4", "VARCHAR"),
    ],
)
def test_a_text_that_is_converted_to_a_wider_character_set_holds_as_many_characters(
    name: str, old: str, new: str, expected: str
) -> None:
    assert widened_text(name, old, new) == expected
