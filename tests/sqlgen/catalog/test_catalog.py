# ruff: noqa: E501 - one case a line

import time
from collections.abc import Sequence

import pytest

from tools.sqlgen.catalog import Catalog
from tools.sqlgen.catalog.build import build_catalog
from tools.sqlgen.diagnostics import Diagnostic, SqlError
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.ir.query import ResultColumn
from tools.sqlgen.syntax.ast import Query, Select, Star, TableName
from tools.sqlgen.syntax.parser import parse_query
from tools.sqlgen.types.sql_type import SqlType


def select_star(
    query: Query,
    catalog: Catalog,
    text: str,
    *,
    schema: str | None,
    columns: Sequence[str],
    as_table: bool,
) -> tuple[ResultColumn, ...]:
    """A replacement for the analysis that only knows `SELECT * FROM one_table`."""
    assert isinstance(query.body, Select)
    if not isinstance(query.body.items[0].expr, Star):
        number = SqlType("BIGINT")
        return tuple(
            ResultColumn(item.alias or "", number, nullable=False, start=item.start, end=item.end)
            for item in query.body.items
        )
    name = query.body.from_
    assert isinstance(name, TableName)
    table = catalog.table(name.name, name.schema or schema)
    if table is None:
        raise SqlError(f"unknown table '{name.name}'", name.start, name.end)
    return tuple(
        ResultColumn(new, column.type, column.nullable, name.start, name.end)
        for new, column in zip(columns or [each.name for each in table.columns], table.columns, strict=True)
    )


def unbound(query: Query, catalog: Catalog, text: str, schema: str | None) -> Query:
    return query


def build(*texts: str) -> tuple[Catalog, list[Diagnostic]]:
    files = [SchemaFile(f"{number}.sql", text, ((0, len(text)),)) for number, text in enumerate(texts)]
    found: list[Diagnostic] = []
    return build_catalog(files, found.append, view_columns=select_star, bind_view=unbound), found


def catalog(*texts: str) -> Catalog:
    built, found = build(*texts)
    assert found == []
    return built


def column_names(built: Catalog, table: str, schema: str | None = None) -> list[str]:
    found = built.table(table, schema)
    assert found is not None
    return [column.name for column in found.columns]


def test_names_are_found_exactly_first_and_then_in_any_case() -> None:
    built = catalog("CREATE TABLE Foo (A INT); CREATE TABLE foo (b INT);")
    assert column_names(built, "Foo") == ["A"]
    assert column_names(built, "foo") == ["b"]
    assert built.table("FOO") is not None
    table = built.table("Foo")
    assert table is not None
    assert table.column("a") is table.columns[0]


def test_a_table_without_a_database_is_looked_up_in_the_current_one_first() -> None:
    built = catalog(
        "CREATE TABLE t (plain INT); CREATE DATABASE a; CREATE TABLE a.t (x INT); USE b; CREATE TABLE t (y INT);"
    )
    assert column_names(built, "t") == ["y"]
    assert column_names(built, "t", "a") == ["x"]
    assert column_names(built, "t", "A") == ["x"]
    assert built.table("t", "nowhere") is None


def test_a_name_that_only_one_other_database_has_is_found() -> None:
    built = catalog("CREATE TABLE a.x (i INT); CREATE TABLE a.y (i INT); CREATE TABLE b.y (i INT);")
    assert built.table("x") is not None
    assert built.table("y") is None


def test_dropping_a_database_drops_its_tables() -> None:
    built = catalog(
        "CREATE DATABASE a; USE a; CREATE TABLE t (x INT); DROP DATABASE a; CREATE TABLE u (x INT);"
    )
    assert [table.name for table in built.tables()] == ["u"]


def test_views_are_resolved_through_views_whatever_their_order() -> None:
    built = catalog(
        "CREATE VIEW w (p, q) AS SELECT * FROM v; CREATE TABLE t (a INT NOT NULL, b INT); CREATE VIEW v AS SELECT * FROM t;"
    )
    view = built.table("w")
    assert view is not None
    assert view.is_view
    assert [(column.name, column.nullable) for column in view.columns] == [("p", False), ("q", True)]


def test_a_view_sees_the_schema_after_all_statements() -> None:
    built = catalog(
        "CREATE TABLE t (a INT); CREATE VIEW v AS SELECT * FROM t; CREATE TABLE c AS SELECT * FROM v; ALTER TABLE t ADD b INT;"
    )
    assert column_names(built, "v") == ["a", "b"]
    assert column_names(built, "c") == ["a"]


def test_a_view_that_is_defined_by_itself_is_an_error() -> None:
    _, found = build("CREATE VIEW v AS SELECT * FROM w; CREATE VIEW w AS SELECT * FROM v;")
    assert found
    assert "defined by itself: v -> w -> v" in found[0].message


def test_an_error_in_a_view_is_reported_where_the_view_is() -> None:
    _, found = build("CREATE TABLE t (a INT);", "CREATE VIEW v AS SELECT * FROM gone;")
    assert [(each.path, each.message) for each in found] == [("1.sql", "unknown table 'gone'")]


def test_a_table_from_a_query_takes_its_columns_and_keeps_its_own() -> None:
    built = catalog(
        "CREATE TABLE t (a INT NOT NULL, b INT); CREATE TABLE u (own INT, b VARCHAR(5), KEY (a)) AS SELECT * FROM t;"
    )
    table = built.table("u")
    assert table is not None
    assert [(column.name, column.type.name) for column in table.columns] == [
        ("own", "INT"),
        ("a", "INT"),
        ("b", "VARCHAR"),
    ]


@pytest.mark.parametrize(
    ("statements", "message", "at", "hint"),
    [
        ("ALTER TABLE tt ADD x INT", "unknown table 'tt'", "tt", "did you mean 't'?"),
        ("ALTER TABLE t DROP COLUMN naem", "unknown column 'naem' in 't'", "naem", "did you mean 'name'?"),
        ("ALTER TABLE t ADD COLUMN NAME INT", "column 'NAME' already exists in 't'", "NAME", None),
        ("ALTER TABLE t ADD x INT AFTER nope", "unknown column 'nope' in 't'", "nope", None),
        ("ALTER TABLE t MODIFY nope INT", "unknown column 'nope'", "nope", None),
        ("ALTER TABLE t RENAME COLUMN id TO name", "column 'name' already exists", "RENAME COLUMN id TO name", None),
        ("ALTER TABLE t DROP INDEX nope", "unknown key 'nope' in 't'", "nope", None),
        ("ALTER TABLE t DROP FOREIGN KEY nope", "unknown constraint 'nope'", "nope", None),
        ("ALTER TABLE t ADD PRIMARY KEY (name)", "has a primary key already", "PRIMARY KEY (name)", None),
        ("CREATE INDEX by_name ON t (id)", "key 'by_name' already exists", "by_name", None),
        ("CREATE INDEX i ON t (nope)", "unknown column 'nope'", "nope", None),
        ("CREATE TABLE T2 LIKE nope", "unknown table 'nope'", "nope", None),
        ("CREATE TABLE t (a INT)", "table 't' already exists", "t", "IF NOT EXISTS"),
        ("CREATE VIEW t AS SELECT 1", "table 't' already exists", "t", None),
        ("CREATE TABLE d (a INT, A INT)", "column 'A' already exists in 'd'", "A", None),
        ("CREATE TABLE d (a INT, KEY (b))", "unknown column 'b' in 'd'", "b", None),
        ("ALTER TABLE t CHANGE n x INT", "unknown column 'n' in 't'", "n", None),
        ("DROP TABLE nope", "unknown table 'nope'", "nope", None),
        ("DROP VIEW t", "'t' is a table, not a view", "t", None),
        ("DROP INDEX nope ON t", "unknown key 'nope'", "nope", None),
        ("RENAME TABLE t TO u", "table 'u' already exists", "u", None),
    ],
)  # fmt: skip
def test_a_wrong_statement_is_reported_where_it_is_wrong(
    statements: str, message: str, at: str, hint: str | None
) -> None:
    base = "CREATE TABLE t (id INT PRIMARY KEY, name INT, KEY by_name (name)); CREATE TABLE u (id INT);"
    built, found = build(f"{base}{statements}; CREATE TABLE after_it (x INT);")
    assert [message in each.message for each in found] == [True]
    text = f"{base}{statements}"
    assert text[found[0].start : found[0].end] == at
    assert found[0].start >= len(base)
    if hint is not None:
        assert found[0].hint is not None
        assert hint in found[0].hint
    assert built.table("after_it") is not None
    assert column_names(built, "t") == ["id", "name"]


def test_the_right_actions_of_an_alter_are_applied_beside_a_wrong_one() -> None:
    built, found = build("CREATE TABLE t (a INT); ALTER TABLE t ADD b INT, DROP nope, ADD c INT;")
    assert len(found) == 1
    assert column_names(built, "t") == ["a", "b", "c"]


def test_a_column_that_a_foreign_key_needs_stays_with_its_keys_when_its_drop_is_refused() -> None:
    built, errors = build(
        "CREATE TABLE p (id INT PRIMARY KEY);"
        "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, UNIQUE KEY (a, b), FOREIGN KEY (a) REFERENCES p (id));"
        "ALTER TABLE t DROP COLUMN a;"
    )
    assert [each.message for each in errors] == ["column 'a' is needed by a foreign key of 't'"]
    assert column_names(built, "t") == ["a", "b"]
    table = built.table("t")
    assert table is not None
    assert [key.columns for key in table.unique_keys] == [("a", "b")]


def test_a_functional_key_does_not_make_rows_unique() -> None:
    table = catalog("CREATE TABLE t (a INT, b INT, UNIQUE (a, (b + 1)), UNIQUE (b));").table("t")
    assert table is not None
    assert [key.columns for key in table.unique_keys] == [("b",)]


def test_the_types_of_mariadb_are_kept() -> None:
    table = catalog("CREATE OR REPLACE TABLE t (a UUID, b INET4, c INET6);").table("t")
    assert table is not None
    assert [column.type.name for column in table.columns] == ["UUID", "INET4", "INET6"]


def test_a_thousand_queries_and_a_hundred_tables_are_read_in_time() -> None:
    """The budget is generous: the aim is to notice a parser that has become slower by an order of magnitude."""
    query = (
        "SELECT o.id, c.name AS customer, SUM(i.quantity * i.price) AS total, CASE WHEN o.status = 'paid' THEN 1 END"
        " FROM orders o JOIN customers c ON c.id = o.customer_id LEFT JOIN items i ON i.order_id = o.id WHERE o.status"
        " IN ('a', 'b') AND o.at >= ? AND (c.name LIKE CONCAT('%', sqlc.arg(name), '%') OR c.id = sqlc.narg(cid))"
        " GROUP BY o.id, c.name HAVING total > 10 ORDER BY total DESC LIMIT ? OFFSET ?"
    )
    table = (
        "CREATE TABLE t{} (id INT NOT NULL AUTO_INCREMENT, a VARCHAR(10) NOT NULL DEFAULT '', b DECIMAL(10,2), c TEXT,"
        " d DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, e ENUM('x', 'y'), PRIMARY KEY (id), KEY k (a, b));\n"
    )
    started = time.process_time()
    for _ in range(1000):
        parse_query(query)
    catalog("".join(table.format(number) for number in range(100)))
    assert time.process_time() - started < 1.8


def test_a_table_like_a_view_is_refused() -> None:
    _, found = build("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT * FROM t; CREATE TABLE u LIKE v;")
    assert [each.message for each in found] == ["'v' is a view, not a table"]


def test_a_query_in_the_middle_of_a_schema_sees_it_as_it_is_there() -> None:
    built = catalog(
        "CREATE TABLE t (a INT); CREATE TABLE one AS SELECT * FROM t; ALTER TABLE t ADD b INT;"
        "CREATE TABLE two AS SELECT * FROM t; ALTER TABLE t DROP a;"
    )
    assert [column_names(built, name) for name in ("one", "two", "t")] == [["a"], ["a", "b"], ["b"]]


def test_a_stored_function_is_known_by_its_head_whatever_its_body_holds() -> None:
    found = catalog(
        "DELIMITER $$\n"
        "CREATE DEFINER=`root`@`%` FUNCTION Full_Name(first VARCHAR(50), `last` VARCHAR(50) CHARSET utf8mb4)\n"
        "RETURNS varchar(101) CHARSET utf8mb4 DETERMINISTIC\n"
        "BEGIN DECLARE a INT; RETURN CONCAT(first, ' ', `last`); END$$\n"
        "DELIMITER ;\n"
        "CREATE FUNCTION metaphon RETURNS STRING SONAME 'metaphon.so';"
    )
    function = found.function("full_name")
    assert function is not None
    assert (function.returns.name, function.returns.length) == ("VARCHAR", 101)
    assert function.parameters is not None
    assert [each.name for each in function.parameters] == ["VARCHAR", "VARCHAR"]
    loadable = found.function("METAPHON")
    assert loadable is not None
    assert loadable.parameters is None


def test_a_dropped_function_is_known_no_more() -> None:
    found = catalog("CREATE FUNCTION one() RETURNS INT NO SQL RETURN 1; DROP FUNCTION IF EXISTS one;")
    assert found.function("one") is None


def test_a_function_whose_head_cannot_be_read_is_passed_over() -> None:
    found = catalog("CREATE FUNCTION odd(a NOSUCHTYPE) RETURNS INT RETURN 1; CREATE TABLE t (a INT);")
    assert found.function("odd") is None
    assert found.table("t") is not None


CHILD = """CREATE TABLE a (id INT PRIMARY KEY, x INT, UNIQUE (x));
CREATE TABLE b (id INT PRIMARY KEY, a_id INT, FOREIGN KEY (a_id) REFERENCES a (id));
"""


@pytest.mark.parametrize(
    "changes",
    [
        "ALTER TABLE a RENAME COLUMN id TO i;",
        "ALTER TABLE a CHANGE id i INT NOT NULL;",
        "ALTER TABLE a RENAME COLUMN id TO x, RENAME COLUMN x TO id;",
        "RENAME TABLE a TO c;",
        "ALTER TABLE a RENAME TO c, RENAME COLUMN id TO i;",
        "RENAME TABLE a TO c; CREATE TABLE a (id BIGINT PRIMARY KEY); DROP TABLE a;",
    ],
)
def test_a_foreign_key_follows_the_new_names_of_what_it_refers_to(changes: str) -> None:
    catalog(f"{CHILD}{changes} ALTER TABLE b ADD n INT;")


def test_a_table_that_is_referred_to_cannot_be_dropped_under_its_new_name() -> None:
    _, found = build(f"{CHILD}RENAME TABLE a TO c; DROP TABLE c;")
    assert [each.message for each in found] == ["table 'c' is referred to by a foreign key of 'b'"]


def test_a_foreign_key_on_the_table_itself_follows_its_new_name() -> None:
    table = "CREATE TABLE a (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES a (id));"
    catalog(
        f"{table} ALTER TABLE a RENAME TO z, RENAME COLUMN id TO i; ALTER TABLE z ADD n INT; DROP TABLE z;"
    )


def test_a_check_of_one_column_goes_with_it() -> None:
    table = "CREATE TABLE a (id INT PRIMARY KEY, n INT, m INT, CHECK (n > 0), CHECK (id > m));"
    [dropped] = catalog(f"{table} ALTER TABLE a DROP n;").tables()
    assert len(dropped.checks) == 1
    _, found = build(f"{table} ALTER TABLE a DROP m;")
    assert [each.message for each in found] == ["unknown column 'm' in a CHECK"]
