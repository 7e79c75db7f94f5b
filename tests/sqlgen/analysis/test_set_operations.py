"""UNION, INTERSECT, EXCEPT, VALUES and recursion: columns, numbers of rows, refusals."""

import pytest

from tests.sqlgen.analysis.reading import analysed, columns, messages, parameters, rows, sources
from tests.sqlgen.written import checked
from tools.sqlgen.types.json_shape import JsonAny, JsonObject


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 UNION SELECT 2 UNION SELECT 3", "- many"),
        ("(WITH u AS (SELECT 1 AS n) SELECT n FROM u) LIMIT 1", "- one"),
        ("SELECT (SELECT 1 WHERE FALSE UNION SELECT 2 WHERE FALSE)", "N one"),
        ("SELECT (SELECT 1 WHERE FALSE UNION SELECT 2 LIMIT 1)", "- one"),
        ("SELECT (SELECT 1 UNION SELECT 2 LIMIT 0)", "N one"),
        ("SELECT 1 INTERSECT SELECT 1", "- zero_or_one"),
        ("SELECT 1 INTERSECT SELECT id FROM orders", "- zero_or_one"),
        ("SELECT id FROM orders INTERSECT SELECT 1", "- many"),
        ("SELECT NULL INTERSECT SELECT NULL", "N zero_or_one"),
        ("SELECT NULLIF(1, 2) EXCEPT SELECT 1", "N zero_or_one"),
        ("VALUES ROW(1, 2)", "-- one"),
        ("VALUES ROW(1, NULL), ROW(3, 4)", "-N many"),
        ("SELECT d.column_0 FROM (VALUES ROW(1)) d", "- one"),
        ("SELECT (VALUES ROW(NULL))", "N one"),
        ("SELECT id FROM orders LIMIT 1 OFFSET 5", "- zero_or_one"),
        ("SELECT id FROM orders WHERE id = 1 LIMIT 5", "- zero_or_one"),
        ("SELECT id FROM orders LIMIT 2", "- many"),
        ("SELECT (SELECT COUNT(*) FROM orders LIMIT 1 OFFSET 1)", "N one"),
        ("SELECT (SELECT COUNT(*) FROM orders LIMIT ?)", "N one"),
        ("SELECT (SELECT COUNT(*) FROM orders LIMIT 5 OFFSET 0)", "- one"),
        ("SELECT (SELECT COUNT(*) FROM orders LIMIT 1 OFFSET ?)", "N one"),
    ],
)
def test_the_rows_of_a_set_operation_follow_from_those_of_its_parts(sql: str, expected: str) -> None:
    assert rows(sql) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("SELECT 1 AS n UNION SELECT 2", "- many"),
        ("SELECT 1 AS n UNION SELECT 2 ORDER BY n LIMIT 1", "- one"),
        ("SELECT 1 AS n UNION SELECT 2 UNION SELECT n + 1 FROM r WHERE n < 5", "- many"),
        ("SELECT 1 AS n UNION SELECT NULL UNION SELECT n + 1 FROM r WHERE n < 5", "N many"),
        (
            "SELECT 1 AS n UNION SELECT n + 1 FROM r WHERE n < 5 UNION SELECT NULLIF(n, 2) FROM r",
            "N many",
        ),
        (
            "SELECT o.id AS n FROM customers c LEFT JOIN orders o ON o.id = c.id"
            " UNION ALL SELECT n + 1 FROM r WHERE n < 5",
            "N many",
        ),
    ],
)
def test_a_recursive_column_is_nullable_if_a_part_of_its_table_can_give_null(
    body: str, expected: str
) -> None:
    assert rows(f"WITH RECURSIVE r AS ({body}) SELECT n FROM r") == expected


def test_null_goes_round_a_recursion_through_every_column() -> None:
    seed = "SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g"
    sql = f"WITH RECURSIVE r AS ({seed} UNION SELECT b, c, d, e, f, g, NULLIF(g, 1) FROM r) SELECT * FROM r"
    assert rows(sql) == "NNNNNNN many"
    swapped = "WITH RECURSIVE r (a, b) AS (SELECT 1, 2 UNION SELECT b, a FROM r) SELECT a, b FROM r"
    assert rows(swapped) == "-- many"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("(WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r LIMIT 1)", "-"),
        ("(WITH RECURSIVE r AS (SELECT id AS n FROM orders UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 1)", "N"),
    ],
)  # fmt: skip
def test_a_recursive_table_has_a_row_if_its_first_part_has(sql: str, expected: str) -> None:
    assert rows(f"SELECT {sql}") == f"{expected} one"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT status FROM orders UNION SELECT status FROM orders", "orders.status"),
        ("SELECT status FROM orders UNION SELECT NULL", "orders.status"),
        ("SELECT NULL UNION SELECT status FROM orders", "orders.status"),
        ("SELECT status FROM orders UNION SELECT 'x'", "-"),
        ("SELECT status FROM orders UNION SELECT note FROM orders", "-"),
        ("SELECT id FROM orders UNION SELECT order_id FROM items", "-"),
        ("WITH RECURSIVE r AS (SELECT status AS s FROM orders UNION SELECT s FROM r) SELECT s FROM r", "orders.status"),
        (
            "WITH RECURSIVE r AS (SELECT status AS s FROM orders UNION SELECT s FROM r UNION SELECT 'new' FROM r)"
            " SELECT s FROM r",
            "-",
        ),
        (
            "WITH RECURSIVE r AS (SELECT status AS a, status AS b, status AS c, status AS d, status AS e, status AS f"
            " FROM orders UNION SELECT b, c, d, e, f, NULLIF(a, 'new') FROM r) SELECT a FROM r",
            "-",
        ),
    ],
)  # fmt: skip
def test_a_column_keeps_its_source_if_every_part_has_the_same(sql: str, expected: str) -> None:
    assert sources(sql) == expected


def test_binary_columns_of_two_tables_are_keys_of_the_same_kind() -> None:
    schema = (
        "CREATE TABLE a (id BINARY(16) NOT NULL, b_id BINARY(16)); CREATE TABLE b (id BINARY(16) NOT NULL);"
        " CREATE FUNCTION made() RETURNS BINARY(16) DETERMINISTIC RETURN UUID_TO_BIN(UUID());"
    )

    def source(sql: str) -> str:
        found = checked(schema, sql).analysed
        assert found is not None
        column = found.columns[0].source_column
        return f"{column.table}.{column.column}" if column is not None else "-"

    assert source("SELECT a.id FROM a UNION SELECT b.id FROM b") == "a.id"
    assert source("SELECT a.id FROM a UNION SELECT made()") == "-"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT JSON_OBJECT('a', 1) AS j UNION SELECT JSON_OBJECT('a', 2)", JsonObject),
        ("SELECT settings FROM customers UNION SELECT JSON_OBJECT('a', 1)", JsonAny),
        ("SELECT JSON_OBJECT('a', 1) AS j UNION SELECT 'x'", None),
        ("SELECT 1 AS j UNION SELECT 2", None),
        ("WITH RECURSIVE r AS (SELECT JSON_OBJECT('a', 1) AS s UNION SELECT s FROM r) SELECT s FROM r", JsonObject),
        (
            "WITH RECURSIVE r AS (SELECT JSON_OBJECT('a', 1) AS s UNION SELECT JSON_OBJECT('b', 1) FROM r) SELECT s FROM r",
            JsonAny,
        ),
        (
            "WITH RECURSIVE r AS (SELECT JSON_OBJECT('a', 1) AS s UNION SELECT s FROM r"
            " UNION SELECT JSON_OBJECT('b', 1) FROM r) SELECT s FROM r",
            JsonAny,
        ),
    ],
)  # fmt: skip
def test_a_json_column_keeps_its_shape_if_every_part_has_the_same(sql: str, expected: type | None) -> None:
    shape = analysed(sql).columns[0].json
    assert (type(shape) if shape is not None else None) is expected


def test_parameters_of_values_take_the_types_of_their_columns() -> None:
    assert parameters("SELECT 1 FROM orders WHERE id IN (VALUES ROW(?), ROW(?))") == "id int, id int"
    assert parameters("SELECT 1 FROM orders WHERE (id, note) IN (VALUES ROW(?, ?))") == "id int, note string"
    inserted = "INSERT INTO orders (id, placed) VALUES ROW(?, ?), ROW(?, ?)"
    assert parameters(inserted) == "id int, placed datetime, id int, placed datetime"


_WIDTH = "this part of the set operation has {} columns, the first has {}"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT d.nosuch FROM (SELECT 1 AS x UNION SELECT 1, 2) d", [_WIDTH.format(2, 1)]),
        ("SELECT d.nosuch FROM (SELECT 1 AS x EXCEPT SELECT 1, 2) d", [_WIDTH.format(2, 1)]),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT 1, 2 UNION SELECT n + 1 FROM r) SELECT n FROM r",
            [_WIDTH.format(2, 1)],
        ),
        (
            "WITH RECURSIVE r (a, b) AS (SELECT 1, 2 UNION SELECT b FROM r) SELECT a, b FROM r",
            [_WIDTH.format(1, 2)],
        ),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n, 2 AS m UNION ALL SELECT n + 1 FROM r UNION ALL SELECT NULL, NULL FROM r)"
            " SELECT n FROM r",
            [_WIDTH.format(1, 2)],
        ),
        (
            "WITH RECURSIVE r (a) AS (SELECT 1, 2 UNION SELECT 2, 1 FROM r) SELECT 1 FROM r",
            ["1 column names for 'r', which has 2 columns"],
        ),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT nosuch.* FROM r) SELECT n FROM r",
            ["unknown table 'nosuch' in the select list"],
        ),
        (
            "WITH RECURSIVE r AS (SELECT n + 1 AS n FROM r UNION SELECT n FROM r) SELECT n FROM r",
            ["unknown table 'r'", "unknown table 'r'"],
        ),
        ("SELECT d.nosuch FROM (VALUES ROW(1, 2), ROW(3)) d", ["this row has 1 values, the first has 2"]),
        ("VALUES ROW((SELECT 1, 2))", ["one column is needed here, and this has 2"]),
        ("VALUES ROW(MAX(1))", ["aggregate MAX in VALUES"]),
        ("SELECT (VALUES ROW(nosuch)) FROM orders", ["unknown column 'nosuch' in VALUES"]),
        # an error in one part is reported once, and nothing about the columns that follow from it
        ("SELECT d.x FROM (SELECT nosuch.*, 1 AS a UNION SELECT 1) d", ["unknown table 'nosuch' in the select list"]),
        ("SELECT d.x FROM (SELECT 1 UNION SELECT nosuch.*, 1 AS a) d", ["unknown table 'nosuch' in the select list"]),
        (
            "WITH RECURSIVE r AS (SELECT nosuch.*, 1 AS a UNION SELECT 1 UNION SELECT n + 1 FROM r) SELECT x FROM r",
            ["unknown table 'nosuch' in the select list"],
        ),
    ],
)  # fmt: skip
def test_a_set_operation_is_refused_once_for_each_error(sql: str, expected: list[str]) -> None:
    assert messages(sql) == expected


def test_a_recursive_table_is_in_reach_of_those_after_it() -> None:
    first = "r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5)"
    assert rows(f"WITH RECURSIVE {first}, s AS (SELECT n FROM r) SELECT n FROM s") == "- many"
    outer = f"WITH r AS (SELECT 5 AS m), q AS (WITH RECURSIVE {first} SELECT n FROM r) SELECT m, n FROM r, q"
    assert rows(outer) == "-- many"


def test_a_name_with_its_schema_is_no_common_table() -> None:
    assert columns("WITH tables AS (SELECT 1 AS n) SELECT n FROM tables") == "n int"
    assert columns("WITH tables AS (SELECT 1 AS n) SELECT table_name FROM information_schema.tables") == (
        "TABLE_NAME string"
    )
