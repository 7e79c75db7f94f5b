"""Operators, comparisons of rows, conversions and shifted dates: NULL exactly where a value of their operands makes it so."""

import pytest

from tests.sqlgen.analysis.reading import (
    analysed,
    catalog,
    exact_types,
    messages,
    nulls,
    parameters,
    refused,
    sources,
)
from tests.sqlgen.written import columns
from tools.sqlgen.analysis import analyse
from tools.sqlgen.syntax.parser import parse_query


def null(expr: str) -> str:
    return nulls(f"SELECT {expr} AS v FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i")


@pytest.mark.parametrize(
    "op", ["+", "-", "*", "=", "<>", "<", "<=", ">", ">=", "AND", "OR", "XOR", "|", "&", "<<", ">>", "^"]
)
def test_an_operator_is_null_if_one_side_is(op: str) -> None:
    assert null(f"o.id {op} i.line") == "-"
    assert null(f"o.id {op} o.discount") == "N"
    assert null(f"o.discount {op} o.id") == "N"


@pytest.mark.parametrize("op", ["NOT ", "-", "+", "~", "BINARY ", "!"])
def test_an_operator_is_null_if_its_operand_is(op: str) -> None:
    assert null(f"{op}o.id") == "-"
    assert null(f"{op}o.discount") == "N"


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("o.discount <=> o.id", "-"), ("o.id <=> NULL", "-"), ("(o.discount, 1) <=> (1, 2)", "-"),
        ("POINT(1, 2) = POINT(1, 2)", "-"), ("o.id / 2", "-"), ("o.id / 0", "N"), ("o.id / i.line", "N"), ("o.discount / 2", "N"),
        ("o.id DIV 2", "-"), ("o.id DIV 2.5", "-"), ("o.id DIV 2e0", "N"), ("o.id DIV '2'", "N"), ("o.id MOD 2", "-"),
        ("o.id MOD i.line", "N"), ("IF(i.line <> 0, o.id MOD i.line, 0)", "-"), ("IF(i.line <> 0, o.id / i.line, 0)", "-"),
        ("IF(i.weight <> 0, o.id DIV i.weight, 0)", "N"), ("IF(i.weight <> 0, o.id / i.weight, 0)", "-"), ("MOD(o.id, 2)", "-"), ("MOD(o.id, i.line)", "N"),
        ("IF(i.line <> 0, MOD(o.id, i.line), 0)", "-"), ("IF(i.line <> 0, MOD(o.discount, i.line), 0)", "N"),
        ("c.settings -> '$.a'", "N"), ("c.settings ->> '$.a'", "N"),
        # tests, and lists
        ("o.discount IS NULL", "-"), ("o.discount IS TRUE", "-"), ("o.discount IS NOT NULL", "-"),
        ("o.note LIKE 'a'", "N"), ("c.email LIKE 'a'", "-"), ("c.email LIKE c.nick", "N"),
        ("c.email REGEXP 'a'", "-"), ("c.email REGEXP c.nick", "N"), ("c.nick REGEXP 'a'", "N"),
        ("o.id BETWEEN 1 AND 2", "-"), ("o.id BETWEEN o.discount AND 2", "N"), ("o.id BETWEEN 1 AND o.discount", "N"),
        ("o.id IN (1, 2)", "-"), ("o.id IN (1, o.discount)", "N"), ("o.discount IN (1, 2)", "N"),
        ("o.id IN (SELECT line FROM items)", "-"), ("o.id IN (SELECT discount FROM orders)", "N"),
        ("o.discount IN (SELECT line FROM items)", "N"), ("o.id = ANY (SELECT line FROM items)", "-"),
        ("o.id > ALL (SELECT discount FROM orders)", "N"), ("o.id = (SELECT line FROM items LIMIT 1)", "N"),
        ("1 MEMBER OF (c.settings)", "N"), ("1 MEMBER OF (JSON_ARRAY(1))", "-"), ("o.discount MEMBER OF ('[1]')", "N"),
        ("EXISTS (SELECT NULL)", "-"),
        # rows
        ("(o.id, i.line) = (1, 2)", "-"), ("(o.id, i.line) = (1, o.discount)", "N"), ("(o.discount, 1) = (1, 1)", "N"),
        ("(o.id, (i.line, 1)) = (1, (2, 3))", "-"), ("(o.id, (i.line, 1)) = (1, (2, NULL))", "N"),
        ("(o.id, i.line) IN ((1, 2), (3, 4))", "-"), ("(o.id, i.line) IN ((1, 2), (3, NULL))", "N"),
        ("(o.id, i.line) IN ((1, NULL), (3, 4))", "N"),
        ("(o.id, i.line) IN (SELECT line, line FROM items)", "-"), ("(o.id, i.line) IN (SELECT line, weight FROM items)", "N"),
        ("(o.id, o.discount) IN (SELECT line, line FROM items)", "N"), ("(o.id, i.line) = (SELECT 1, 2)", "-"),
        ("(o.id, i.line) = (SELECT line, line FROM items LIMIT 1)", "N"), ("(SELECT 1, 2) = (o.id, i.line)", "-"),
        ("(SELECT 1, 2) = (SELECT 1, 2)", "-"), ("(SELECT 1, 2) = (SELECT 1, NULL)", "N"), ("(SELECT NULL, 2) = (SELECT 1, 2)", "N"),
        ("(SELECT 1, 2) = (SELECT line, line FROM items LIMIT 1)", "N"), ("(SELECT line, line FROM items LIMIT 1) = (SELECT 1, 2)", "N"),
        ("(SELECT 1, 2) IN (SELECT line, line FROM items)", "-"), ("(SELECT line, line FROM items LIMIT 1) IN (SELECT 1, 2)", "N"),
        ("(1, 2) IN (SELECT * FROM performance_schema.threads)", "N"),
        ("(SELECT 1, 2) = (SELECT * FROM performance_schema.threads)", "N"),
        ("(SELECT * FROM performance_schema.threads) = (SELECT 1, 2)", "N"),
        # COALESCE, IF
        ("COALESCE(o.discount, o.note)", "N"), ("COALESCE(o.discount, o.id, o.note)", "-"), ("IFNULL(o.discount, 1)", "-"),
        ("IFNULL(o.id, o.discount)", "-"), ("IF(o.discount, 1, 2)", "-"), ("IF(o.id, o.discount, 2)", "N"),
        ("IF(o.id, 1, o.discount)", "N"), ("IF(o.discount IS NULL, o.discount, 1)", "N"), ("IF(o.discount, o.discount, 1)", "-"),
        # conversions
        ("CAST(o.id AS CHAR)", "-"), ("CAST(o.discount AS CHAR)", "N"), ("CAST(i.sku AS CHAR)", "N"), ("CAST(o.id AS DATE)", "N"),
        ("CAST(c.joined AS DATE)", "-"), ("CAST(c.joined AS TIME)", "-"), ("CAST(c.born AS DATETIME)", "N"),
        ("CAST(CURTIME() AS DATETIME)", "-"), ("CAST(CURDATE() AS TIME)", "-"), ("CAST('2020-01-01' AS DATE)", "-"),
        ("CAST('2020-01-01' AS DATETIME)", "-"), ("CAST('x' AS DATE)", "N"), ("CAST('10:00' AS TIME)", "N"), ("CAST(o.id AS TIME)", "N"),
        ("CAST(o.id AS YEAR)", "N"), ("CAST(c.email AS SIGNED)", "-"), ("CAST(c.email AS DECIMAL(5, 2))", "-"),
        ("CAST(c.email AS DOUBLE)", "-"), ("CAST(c.email AS BINARY)", "-"), ("CAST(o.id AS JSON)", "-"), ("CAST(o.discount AS JSON)", "N"),
        ("CONVERT(c.email USING latin1)", "-"), ("CONVERT(c.nick USING latin1)", "N"), ("CONVERT(i.sku USING utf8mb4)", "N"),
        ("CONVERT(i.sku USING binary)", "-"), ("CONVERT(c.nick USING binary)", "N"), ("CONVERT(b'1' USING utf8mb4)", "N"),
        ("CAST(CURDATE() AS DATETIME)", "-"), ("CAST(CURTIME() AS TIME)", "-"), ("CAST(YEAR(CURDATE()) AS YEAR)", "-"),
        ("CAST('9999-12-31' AS TIME)", "N"), ("CAST('9999-12-31' AS YEAR)", "N"), ("CAST(POINT(1, 2) AS POINT)", "-"),
        ("CAST(POINT(1, 2) AS CHAR)", "N"), ("CAST(b'1' AS CHAR)", "N"), ("CONVERT(POINT(1, 2) USING utf8mb4)", "N"),
        # dates
        ("NOW() + INTERVAL 1000 YEAR", "-"), ("NOW() + INTERVAL 1001 YEAR", "N"), ("NOW() - INTERVAL -1000 DAY", "-"),
        ("NOW() + INTERVAL o.id DAY", "N"), ("DATE(NOW()) + INTERVAL 1 DAY", "-"), ("DATE(c.joined) + INTERVAL 1 DAY", "N"),
        ("UPPER(NOW()) + INTERVAL 1 DAY", "N"), ("c.joined + INTERVAL 1 DAY", "N"), ("'2020-01-01' + INTERVAL 1 DAY", "-"),
        ("DATE '2020-01-01' + INTERVAL 1 DAY", "-"), ("TIMESTAMP '2020-01-01 00:00:00' + INTERVAL 1 DAY", "-"),
        ("CAST('2020-01-01' AS DATE) + INTERVAL 1 DAY", "-"), ("CAST('2020-01-01' AS DATETIME) + INTERVAL 1 DAY", "-"),
        ("CAST('2020-01-01' AS CHAR) + INTERVAL 1 DAY", "N"), ("'1100-12-31' + INTERVAL 1 DAY", "N"), ("'1101-01-01' + INTERVAL 1 DAY", "-"),
        ("'8899-01-01' + INTERVAL 1 DAY", "-"), ("'8900-01-01' + INTERVAL 1 DAY", "N"), ("'2020-13-01' + INTERVAL 1 DAY", "N"),
        ("'x' + INTERVAL 1 DAY", "N"), ("TIME '10:00:00' + INTERVAL 1 DAY", "N"), ("DATE_ADD(NOW(), INTERVAL 1 DAY)", "-"),
        ("'20200101' + INTERVAL 1 DAY", "N"), ("shop.now() + INTERVAL 1 DAY", "N"),
        ("DATE_SUB(c.joined, INTERVAL 1 DAY)", "N"), ("NOW() + INTERVAL NULL DAY", "N"), ("INTERVAL 1 DAY + NOW()", "-"), ("INTERVAL 1 DAY + c.joined", "N"),
        # calls
        ("ANY_VALUE(o.id)", "-"), ("CHAR(65)", "-"), ("CHAR(65 USING utf8mb4)", "N"), ("CONCAT(o.id, c.email)", "-"),
        ("CONCAT(o.id, c.nick)", "N"), ("UPPER(c.email)", "-"), ("shop.rating()", "N"),
    ],
)  # fmt: skip
def test_an_expression_is_null_only_where_one_of_its_values_makes_it_so(expr: str, expected: str) -> None:
    assert null(expr) == expected


@pytest.mark.parametrize(
    "expr",
    [
        "NOT (1, 2)", "BINARY (1, 2)", "~(1, 2)", "-(1, 2)", "+(1, 2)", "(1, 2) + 1", "1 + (1, 2)", "(1, 2) | 1", "1 | (1, 2)",
        "(1, 2) AND 1", "1 OR (1, 2)", "1 = -(1, 2)", "CASE (1, 2) WHEN 1 THEN 1 END", "CASE 1 WHEN (1, 2) THEN 1 END",
        "CASE WHEN (1, 2) THEN 1 END", "CASE WHEN TRUE THEN (1, 2) END", "CASE WHEN TRUE THEN 1 ELSE (1, 2) END",
        "IF((1, 2), 1, 1)", "IF(TRUE, (1, 2), 1)", "COALESCE((1, 2), 1)", "COALESCE(1, (1, 2))",
        "CAST((1, 2) AS CHAR)", "CONVERT((1, 2) USING utf8mb4)",
        "1 = ANY (SELECT (1, 2))", "SUM(1) OVER (PARTITION BY (1, 2))", "SUM(1) OVER (ORDER BY (1, 2))",
        "(1, 2) IS NULL", "(1, 2) IS TRUE", "(1, 2) LIKE 'a'", "'a' LIKE (1, 2)", "'a' LIKE 'a' ESCAPE (1, 2)",
        "(1, 2) BETWEEN 1 AND 2", "1 BETWEEN (1, 2) AND 2", "1 BETWEEN 1 AND (1, 2)", "(1, 2) MEMBER OF ('[1]')",
        "1 MEMBER OF ((SELECT 1, 2))",
    ],
)  # fmt: skip
def test_an_operand_of_several_columns_is_refused(expr: str) -> None:
    assert messages(f"SELECT {expr}") == ["one column is needed here, and this has 2"]


@pytest.mark.parametrize(
    "expr",
    [
        "~{}", "-{}", "{} + 1", "1 + {}", "1 DIV {}", "{} | 1", "1 | {}", "1 << {}", "{} < 1", "1 >= {}", "{} > 1",
        "1 <= {}", "{} LIKE 'a'", "'a' LIKE {}", "{} BETWEEN 1 AND 2", "1 BETWEEN {} AND 2", "1 BETWEEN 1 AND {}",
        "CAST({} AS SIGNED)", "CAST({} AS YEAR)",
    ],
)  # fmt: skip
def test_an_operator_of_numbers_or_texts_takes_no_geometry(expr: str) -> None:
    sql = f"SELECT {expr.format('POINT(1, 2)')}"
    [finding] = refused(sql)
    assert finding.message.endswith(" takes no geometry")
    assert sql[finding.start : finding.end] == "POINT(1, 2)"


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("~i.sku", "VARBINARY"), ("!o.discount", "BIGINT"), ("~i.line", "BIGINT UNSIGNED"), ("+o.discount", "DECIMAL(5,2)"), ("+i.quantity", "INT UNSIGNED"), ("-i.quantity", "BIGINT"),
        ("BINARY o.note", "VARBINARY"), ("NOT o.note", "BIGINT"), ("-1", "BIGINT"), ("-9223372036854775808", "BIGINT"),
        ("-9223372036854775809", "DECIMAL(19,0)"), ("i.sku << 1", "VARBINARY"), ("i.sku >> 1", "VARBINARY"),
        ("i.line << 1", "BIGINT UNSIGNED"), ("x'01' << 1", "BIGINT UNSIGNED"), ("x'01' >> i.line", "BIGINT UNSIGNED"),
        ("x'01' | x'02'", "BIGINT UNSIGNED"), ("x'01' | i.sku", "VARBINARY"), ("i.sku ^ x'01'", "VARBINARY"),
        ("i.sku & i.sku", "VARBINARY"), ("i.line & i.line", "BIGINT UNSIGNED"), ("c.settings -> '$.a'", "JSON"),
        ("c.settings ->> '$.a'", "LONGTEXT"), ("x'01' + 1", "BIGINT UNSIGNED"), ("1 + x'01'", "BIGINT UNSIGNED"),
    ],
)  # fmt: skip
def test_an_operator_has_the_type_that_the_server_gives_it(expr: str, expected: str) -> None:
    assert exact_types(f"SELECT {expr} AS v FROM customers c JOIN orders o JOIN items i") == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("NOT :x", "x bool"), ("BINARY :x", "x string"), ("o.total = BINARY :x", "x string"), ("~:x", "x int"), ("-:x", "x float"),
        ("+:x", "x float"), ("i.quantity = -:x", "x int"), ("c.vip = -:x", "x int"), ("o.total = -:x", "x decimal"),
        ("(-:x) AND o.total = :x", "x decimal"), ("o.total < +:x", "x decimal"),
        (":x AND :y", "x bool, y bool"), (":x AND o.note = :x", "x string"), ("o.note = :x OR :x", "x string"),
        (":x | :y", "x int, y int"), ("o.id << :x", "x int"), ("(:x, o.id) IN (SELECT total, id FROM orders)", "x decimal"),
        ("(o.note, o.id) IN (SELECT :x, 1)", "x string"), ("(o.placed, o.id) = (SELECT :x, 1)", "x datetime"),
        (":x IS TRUE", "x bool"), (":x IS NULL", "x string"), ("o.note LIKE 'a' ESCAPE ?", "escape string"),
        ("ABS(:x) = :y", "x float, y float"), ("NULLIF(o.id, :x) = :y", "x int, y int"), ("FIELD(:x, :y) = :z", "x string, y string, z int"),
        ("(BINARY :x, 1) IN (SELECT total, 1 FROM orders)", "x string"), ("COALESCE(:x, o.discount) = :y", "x decimal, y decimal"),
        ("IF(o.id, :x, o.discount) = :y", "x decimal, y decimal"),
        ("CONVERT(:x USING latin1)", "x string"),
    ],
)  # fmt: skip
def test_an_operator_gives_a_parameter_its_type(expr: str, expected: str) -> None:
    assert parameters(f"SELECT {expr} FROM customers c JOIN orders o JOIN items i") == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("NOT :x", "x bool"), ("BINARY :x", "x string"), ("CONVERT(:x USING latin1)", "x string"), ("-:x", "x int"),
        (":x AND TRUE", "x int"), ("TRUE OR :x", "x int"),
        ("CASE WHEN :x THEN 1 END", "x int"), ("IF(:x, 1, 2)", "x int"), ("id << :x", "x int"), (":x IS TRUE", "x int"),
    ],
)  # fmt: skip
def test_a_parameter_without_a_type_of_its_own_takes_that_of_limit(expr: str, expected: str) -> None:
    assert parameters(f"SELECT {expr} FROM customers LIMIT :x") == expected


@pytest.mark.parametrize("alternatives", ["COALESCE(:y, NULL)", "NULLIF(:y, NULL)", "IF(id, :y, NULL)"])
def test_a_parameter_beside_one_without_a_type_is_a_number_if_null_is_among_the_alternatives(
    alternatives: str,
) -> None:
    assert parameters(f"SELECT {alternatives} + :x FROM customers LIMIT :x") == "y string, x float"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("total = BINARY :x", "x decimal"), ("total = -:x", "x decimal"), ("customer_id = -:x", "x int null"),
        ("total = CASE WHEN id > 1 THEN :x ELSE 1 END", "x decimal"), ("total = COALESCE(:x, 1)", "x decimal"),
        ("total = IF(id, 1, :x)", "x decimal"), ("total = (SELECT :x)", "x decimal"),
        ("placed = :x + INTERVAL 1 DAY", "x datetime"), ("total = CONVERT(:x USING latin1)", "x decimal"),
    ],
)  # fmt: skip
def test_a_column_that_is_assigned_gives_a_parameter_its_type(value: str, expected: str) -> None:
    assert parameters(f"UPDATE orders SET {value}") == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("(1, 2) = 1", "a row of 2 columns is compared with one of 1"), ("1 = (1, 2)", "a row of 2 columns is compared with one of 1"),
        ("1 = (SELECT 1, 2)", "1 column compared with a query of 2 columns"),
        ("(SELECT 1, 2) = 1", "1 column compared with a query of 2 columns"),
        ("((1, 2), 3) = (1, 2)", "a row of 2 columns is compared with one of 1"),
        ("(1, 2) = ((1, 2), 3)", "a row of 2 columns is compared with one of 1"),
        ("(1, 2) = (1, 2, 3)", "a row of 2 columns is compared with one of 3"),
        ("(SELECT 1, 2) = (SELECT 1, 2, 3)", "2 columns compared with a query of 3 columns"),
        ("1 = (VALUES ROW(1, 2))", "one column is needed here, and this has 2"),
        ("(TABLE paid) = 1", "one column is needed here, and this has 3"),
        ("(1, 2) IN (1)", "a row of 2 columns is compared with one of 1"),
        ("1 IN (1, (1, 2))", "a row of 2 columns is compared with one of 1"),
        ("1 IN (1, (SELECT 1, 2))", "1 column compared with a query of 2 columns"),
        ("1 IN (SELECT 1 LIMIT 1)", "IN takes no query with LIMIT"), ("1 = ANY (SELECT 1 LIMIT 1)", "ANY takes no query with LIMIT"),
        ("1 < ALL (SELECT 1 LIMIT 1)", "ALL takes no query with LIMIT"),
        ("GROUP_CONCAT(id ORDER BY nope)", "unknown column 'nope' in the select list"),
        ("placed = 'nope'", "'nope' is no DATETIME"), ("'nope' = placed", "'nope' is no DATETIME"),
        ("(placed, 1) = ('nope', 1)", "'nope' is no DATETIME"), ("('nope', 1) = (placed, 1)", "'nope' is no DATETIME"),
        ("DEFAULT(placed)", "column 'placed' has no default"), ("DATE() + INTERVAL 1 DAY", "DATE takes 1 arguments, not 0"),
        ("(SELECT nosuch.* FROM items)", "unknown table 'nosuch' in the select list"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_compared_or_do_not_exist_are_refused_once(expr: str, expected: str) -> None:
    assert messages(f"SELECT {expr} FROM orders") == [expected]


def test_both_sides_of_a_comparison_have_their_findings() -> None:
    assert messages("SELECT (1, 2) = nope FROM orders") == [
        "unknown column 'nope' in the select list",
        "a row of 2 columns is compared with one of 1",
    ]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (":x <=> id", ["parameter 'x' is tested for NULL, and takes no None"]),
        ("id <=> :x", ["parameter 'x' is tested for NULL, and takes no None"]),
        ("id = :x", []),
        (":x IS NOT NULL", ["parameter 'x' is tested for NULL, and takes no None"]),
        (":x IS TRUE", []),
        ("COALESCE(:x, 1)", ["parameter 'x' is tested for NULL, and takes no None"]),
        ("COALESCE(1, :x)", []),
        ("'a' || note", ["|| is OR in MySQL, and does not join texts"]),
        ("status = 'old'", ["'old' is no member of the ENUM"]),
    ],
)
def test_an_expression_that_is_likely_a_mistake_has_a_warning(expr: str, expected: list[str]) -> None:
    sql = f"SELECT {expr} FROM orders"
    query, found = analyse(parse_query(sql), catalog(), sql)
    assert query is not None
    assert [finding.message for finding in found] == expected


def test_a_divisor_of_whole_numbers_that_is_not_zero_makes_no_null() -> None:
    schema = "CREATE TABLE t (id INT NOT NULL, y YEAR NOT NULL, b BIT(8) NOT NULL)"
    for divisor in ("y", "b"):
        divided = f"SELECT IF({divisor} <> 0, id DIV {divisor}, 0) AS v FROM t"
        assert not columns(schema, divided).endswith("null")


@pytest.mark.parametrize(
    "function",
    [
        "NOW",
        "CURDATE",
        "SYSDATE",
        "UTC_DATE",
        "UTC_TIMESTAMP",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP",
    ],
)
def test_a_small_step_from_now_is_a_date(function: str) -> None:
    assert null(f"{function}() + INTERVAL 1 DAY") == "-"
    assert null(f"{function}() - INTERVAL 1 DAY") == "-"


def test_a_value_of_unknown_type_may_be_bytes_that_are_no_text() -> None:
    values = "name, CAST(name AS CHAR), CAST(name AS BINARY), CONVERT(name USING utf8mb4)"
    assert nulls(f"SELECT {values} FROM performance_schema.threads WHERE name IS NOT NULL") == "-N-N"


def test_any_value_of_a_group_of_no_rows_is_null() -> None:
    assert nulls("SELECT ANY_VALUE(id), COUNT(*) FROM orders") == "N-"
    assert nulls("SELECT ANY_VALUE(id), COUNT(*) FROM orders GROUP BY status") == "--"
    assert nulls("SELECT ANY_VALUE(id), COUNT(*) FROM orders GROUP BY status WITH ROLLUP") == "N-"
    assert nulls("SELECT ANY_VALUE(5), ANY_VALUE(COALESCE(id, 0)), COUNT(*) FROM orders") == "---"
    assert nulls("SELECT (SELECT ANY_VALUE(o.id) + COUNT(*) FROM items) FROM orders o") == "-"


def test_an_item_named_in_having_is_not_null_where_a_condition_proves_it() -> None:
    assert nulls("SELECT NULLIF(id, 1) AS v, (SELECT v) AS w FROM orders") == "NN"
    assert nulls("SELECT NULLIF(id, 1) AS v, (SELECT IF(v IS NULL, 0, v)) AS w FROM orders") == "N-"
    assert nulls("SELECT NULLIF(id, 1) AS v FROM orders HAVING v IS NOT NULL") == "-"
    assert nulls("SELECT discount AS v FROM orders HAVING v > 1") == "-"
    # an alias decides before a column that is selected under its own name, also one of a star
    assert nulls("SELECT NULLIF(id, 1) AS status, status FROM orders HAVING status IS NOT NULL") == "--"
    assert nulls("SELECT p.*, NULLIF(id, 1) AS total FROM paid p HAVING total IS NOT NULL") == "-N--"
    assert nulls("SELECT id AS v, (SELECT v) AS w, (SELECT v + 1) AS x FROM orders") == "---"
    assert (
        sources("SELECT ANY_VALUE(status), MAX(id), UPPER(note) FROM orders GROUP BY note")
        == "orders.status, orders.id, -"
    )


def test_an_item_that_is_an_aggregate_or_a_window_function_is_refused_where_it_has_no_value_yet() -> None:
    assert messages("SELECT MAX(id) AS m FROM orders ORDER BY SUM(m)") == [
        "'m' is an aggregate already, and aggregates do not nest"
    ]
    assert messages("SELECT RANK() OVER () AS r FROM orders HAVING r > 1") == [
        "'r' is the result of a window function, which HAVING cannot see"
    ]
    assert nulls("SELECT RANK() OVER () AS r FROM orders ORDER BY r, r + 1") == "-"


def test_a_value_that_is_no_json_has_no_shape() -> None:
    for expr, has_shape in (
        ("settings -> '$.a'", True),
        ("CAST(settings AS JSON)", True),
        ("CAST(settings AS CHAR)", False),
        ("COALESCE(settings, email)", False),
        ("IF(id, settings, settings)", True),
        ("IF(id, settings, email)", False),
        ("(SELECT 1)", False),
        ("MAX(email)", False),
        ("MAX(settings)", True),
        ("(SELECT settings)", True),
    ):
        [column] = analysed(f"SELECT {expr} AS v FROM customers").columns
        assert (column.json is not None) == has_shape, expr
        assert column.json is None or column.json.nullable
