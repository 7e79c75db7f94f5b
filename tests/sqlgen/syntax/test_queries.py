import pytest

from tests.sqlgen.syntax.tree import encoded, same, show, walk
from tools.sqlgen.syntax.ast import (
    CallProcedure,
    Delete,
    Derived,
    Embed,
    Insert,
    JsonTable,
    OtherStatement,
    Query,
    Select,
    SetOperation,
    SetVariables,
    Star,
    TableName,
    TableStatement,
    Truncate,
    Update,
    ValuesRows,
)
from tools.sqlgen.syntax.parser import parse_query


def query(text: str) -> Query:
    found = parse_query(text)
    assert isinstance(found, Query)
    return found


def select(text: str) -> Select:
    body = query(text).body
    assert isinstance(body, Select)
    return body


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ("a, b JOIN c ON x", "(a CROSS (b INNER c ON x))"),
        ("a JOIN b ON x JOIN c ON y", "((a INNER b ON x) INNER c ON y)"),
        ("a JOIN b JOIN c ON x ON y", "(a INNER (b INNER c ON x) ON y)"),
        ("a JOIN b JOIN c ON x", "((a INNER b) INNER c ON x)"),
        ("a JOIN (b JOIN c) JOIN d ON x", "((a INNER (b INNER c)) INNER d ON x)"),
        ("a CROSS JOIN b LEFT JOIN c ON x", "((a CROSS b) LEFT c ON x)"),
        ("a LEFT JOIN b RIGHT JOIN c ON x ON y", "(a LEFT (b RIGHT c ON x) ON y)"),
        ("a LEFT JOIN (b, c) ON x", "(a LEFT (b CROSS c) ON x)"),
        ("a NATURAL LEFT JOIN b NATURAL JOIN c", "((a NATURAL LEFT b) NATURAL INNER c)"),
        ("a JOIN b USING (i, j) STRAIGHT_JOIN c", "((a INNER b USING i,j) INNER c)"),
        ("{ OJ a LEFT OUTER JOIN b ON x }", "(a LEFT b ON x)"),
        ("a full JOIN b", "(full INNER b)"),
        ("(SELECT 1) d JOIN a", "(derived d INNER a)"),
        ("((SELECT 1) UNION (SELECT 2)) d", "derived d"),
        ("((SELECT 1) AS d JOIN a ON x)", "(derived d INNER a ON x)"),
        ("(((SELECT 1)) AS d)", "derived d"),
    ],
)
def test_joins_nest_as_in_mysql(tables: str, expected: str) -> None:
    assert show(select(f"SELECT 1 FROM {tables}").from_) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1 UNION SELECT 2 UNION ALL SELECT 3", "((select 1 UNION select 2) UNION ALL select 3)"),
        ("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", "(select 1 UNION (select 2 INTERSECT select 3))"),
        ("SELECT 1 EXCEPT (SELECT 2 UNION SELECT 3)", "(select 1 EXCEPT (select 2 UNION select 3))"),
        ("(SELECT 1 LIMIT 1) UNION DISTINCT (SELECT 2)", "(select 1 UNION select 2)"),
    ],
)
def test_set_operations_have_precedence(text: str, expected: str) -> None:
    assert show(query(text)) == expected


def test_order_and_limit_belong_to_the_whole_set_operation_unless_in_parentheses() -> None:
    found = query("(SELECT 1 ORDER BY a LIMIT 1) UNION SELECT 2 ORDER BY b LIMIT 2, 3")
    assert isinstance(found.body, SetOperation)
    arm = found.body.left
    assert isinstance(arm, Query)
    assert len(arm.order_by) == 1
    assert len(found.order_by) == 1
    assert found.limit is not None
    assert (show(found.limit.count), show(found.limit.offset)) == ("3", "2")


def test_parentheses_around_a_whole_query_vanish() -> None:
    assert same(query("((SELECT 1))"), query("SELECT 1"))


def test_a_derived_table_has_its_columns_and_says_when_it_is_lateral() -> None:
    found = select("SELECT 1 FROM LATERAL (SELECT 1, 2) AS d (x, y)").from_
    assert isinstance(found, Derived)
    assert (found.alias, found.columns, found.lateral) == ("d", ("x", "y"), True)


def test_common_tables_keep_names_columns_and_recursion() -> None:
    with_ = query("WITH RECURSIVE a (x, y) AS (SELECT 1, 2), b AS (TABLE a) SELECT * FROM b").with_
    assert with_ is not None
    assert with_.recursive
    assert [(table.name, table.columns) for table in with_.tables] == [("a", ("x", "y")), ("b", ())]


def test_stars_keep_their_qualifier() -> None:
    items = select("SELECT *, t.*, s.t.*, COUNT(*) FROM t").items
    assert [(each.expr.table, each.expr.schema) for each in items if isinstance(each.expr, Star)] == [
        (None, None), ("t", None), ("t", "s"),
    ]  # fmt: skip


def test_aliases_come_with_and_without_as_and_as_strings() -> None:
    items = select("SELECT a AS b, a c, a AS 'd e', a \"f\", a `g``h`, a AS date FROM t").items
    assert [item.alias for item in items] == ["b", "c", "d e", "f", "g`h", "date"]


def test_dual_is_no_table() -> None:
    assert select("SELECT 1 FROM DUAL WHERE 1").from_ is None


def test_index_hints_and_partitions_are_read() -> None:
    table = select("SELECT 1 FROM t PARTITION (p) x USE INDEX (a, b) IGNORE KEY FOR ORDER BY (PRIMARY)").from_
    assert isinstance(table, TableName)
    assert (table.name, table.alias, table.index_hints) == ("t", "x", ("a", "b", "PRIMARY"))


def test_rollup_comes_in_both_spellings() -> None:
    for text in ("GROUP BY a, b WITH ROLLUP", "GROUP BY ROLLUP (a, b)"):
        found = select(f"SELECT 1 FROM t {text}")
        assert (len(found.group_by), found.rollup) == (2, True)


def test_locks_keep_tables_and_waiting() -> None:
    locks = query("SELECT 1 FROM t, u FOR UPDATE OF t SKIP LOCKED FOR SHARE OF u NOWAIT").locks
    assert [(lock.strength, lock.tables, lock.wait) for lock in locks] == [
        ("UPDATE", ("t",), "SKIP LOCKED"), ("SHARE", ("u",), "NOWAIT"),
    ]  # fmt: skip


def test_json_table_keeps_its_columns() -> None:
    table = select(
        "SELECT 1 FROM JSON_TABLE(d, '$[*]' COLUMNS (n FOR ORDINALITY, a INT PATH '$.a' DEFAULT '1' ON EMPTY ERROR ON"
        " ERROR, e INT EXISTS PATH '$.e', NESTED PATH '$.k' COLUMNS (b CHAR(3) PATH '$'))) AS j"
    ).from_
    assert isinstance(table, JsonTable)
    kinds = [(column.kind, column.name) for column in table.columns]
    assert kinds == [("ORDINALITY", "n"), ("PATH", "a"), ("EXISTS", "e"), ("NESTED", "")]
    assert (table.columns[1].on_empty, table.columns[1].on_error) == ("'1'", "ERROR")
    assert table.columns[3].columns[0].name == "b"


def test_values_and_table_are_queries() -> None:
    rows = query("VALUES ROW(1, 2), ROW(3, 4) LIMIT 1").body
    assert isinstance(rows, ValuesRows)
    assert len(rows.rows) == 2
    assert isinstance(query("TABLE s.t").body, TableStatement)


def test_an_insert_keeps_columns_rows_and_updates() -> None:
    text = "INSERT IGNORE INTO s.t (a, b) VALUES (?, DEFAULT) AS n (x, y) ON DUPLICATE KEY UPDATE b = n.y"
    insert = parse_query(text)
    assert isinstance(insert, Insert)
    assert (insert.table.schema, insert.table.name, insert.ignore, insert.replace) == ("s", "t", True, False)
    assert insert.columns is not None
    assert [column.column for column in insert.columns] == ["a", "b"]
    assert (insert.row_alias, insert.row_columns, len(insert.on_duplicate)) == ("n", ("x", "y"), 1)
    assert text[insert.values_start : insert.values_end] == "(?, DEFAULT)"


def test_an_insert_of_several_rows_has_no_row_to_repeat() -> None:
    insert = parse_query("INSERT INTO t VALUES (1), (2)")
    assert isinstance(insert, Insert)
    assert (len(insert.rows), insert.values_start, insert.columns) == (2, 0, None)


def test_an_insert_from_a_query_gives_its_on_duplicate_back() -> None:
    insert = parse_query(
        "INSERT INTO t (a) SELECT b FROM u JOIN v ON u.i = v.i ON DUPLICATE KEY UPDATE a = 1"
    )
    assert isinstance(insert, Insert)
    assert insert.query is not None
    assert len(insert.on_duplicate) == 1


def test_updates_and_deletes_over_joins_keep_their_tables() -> None:
    update = parse_query("WITH c AS (SELECT 1 AS i) UPDATE t JOIN c USING (i) SET t.a = 1, b = DEFAULT")
    assert isinstance(update, Update)
    assert update.with_ is not None
    assert (show(update.table), len(update.assignments)) == ("(t INNER c USING i)", 2)
    for text in ("DELETE t, s.u FROM t JOIN s.u ON x", "DELETE FROM t.*, s.u USING t JOIN s.u ON x"):
        delete = parse_query(text)
        assert isinstance(delete, Delete)
        assert [(target.schema, target.name) for target in delete.targets] == [(None, "t"), ("s", "u")]


def test_a_single_delete_has_order_and_limit() -> None:
    delete = parse_query("DELETE FROM t AS x WHERE x.a = ? ORDER BY b LIMIT 3")
    assert isinstance(delete, Delete)
    assert (delete.targets, len(delete.order_by)) == ((), 1)
    assert delete.limit is not None


def test_the_other_statements_are_told_apart() -> None:
    call = parse_query("CALL s.p(1, @x)")
    assert isinstance(call, CallProcedure)
    assert (call.schema, call.name, len(call.args)) == ("s", "p", 2)
    assert isinstance(parse_query("TRUNCATE TABLE t"), Truncate)
    set_ = parse_query("SET @a = 1, SESSION b = 2 + 3")
    assert isinstance(set_, SetVariables)
    assert [show(value) for value in set_.values] == ["1", "(2 + 3)"]
    other = parse_query("SHOW TABLES")
    assert isinstance(other, OtherStatement)
    assert other.verb == "SHOW"


def test_only_the_given_span_is_read_and_offsets_are_the_files() -> None:
    text = "nonsense ( ; SELECT a FROM t; more 'nonsense"
    found = parse_query(text, 13, 29)
    assert text[found.start : found.end] == "SELECT a FROM t"


def test_embed_is_a_select_item() -> None:
    items = select("SELECT sqlc.embed(o), sqlc.embed('c') AS customer FROM o, c").items
    assert [item.expr.table for item in items if isinstance(item.expr, Embed)] == ["o", "c"]


def test_reading_twice_gives_the_same_tree() -> None:
    text = "SELECT a, (SELECT MAX(b) FROM u) FROM t WHERE c IN (1, 2) ORDER BY a LIMIT ?"
    assert encoded(query(text)) == encoded(query(text))
    assert len(list(walk(query(text)))) > 10
