"""The SQL text that is sent: the author's own, for every choice of conditions, order and cursor."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.annotations import NamedOrder, OrderKey
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.lower.keyset import after_cursor_sql
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.lower.rendering import Argument, Choice, CursorField, SliceItems, render
from tools.sqlgen.lower.template import Value
from tools.sqlgen.lower.variants import variants
from tools.sqlgen.syntax import ast
from tools.sqlgen.syntax.parser import parse_query


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("schema")
    (folder / "s.sql").write_text(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL, b INT NOT NULL, c INT NOT NULL);"
    )
    return Project.open(Config(folder, schema=("s.sql",)))


def compile_one(project: Project, sql: str, notes: str = "") -> CompiledQuery:
    file = project.check(QueryText("q.sql", "q", f"-- name: q :many\n{notes}{sql}"))
    assert not file.diagnostics, file.diagnostics
    [query] = file.compiled
    return query


def sent(query: CompiledQuery, choice: Choice | None = None) -> tuple[str, tuple[Argument, ...]]:
    return render(query.template, choice or Choice())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("SELECT id FROM t WHERE a = :a", "SELECT id FROM t WHERE a = ?"),
        ("select  id\n\tfrom t -- why\nwhere a=:a", "select  id\n\tfrom t\nwhere a=?"),
        ("SELECT id -- one\n-- two\nFROM t", "SELECT id\nFROM t"),
        ("SELECT id/* x */FROM t", "SELECT id FROM t"),
        (
            "SELECT /*+ MAX_EXECUTION_TIME(9) */ id /* x */ FROM t",
            "SELECT /*+ MAX_EXECUTION_TIME(9) */ id  FROM t",
        ),
        (
            "SELECT id FROM t /*!80000 USE INDEX (PRIMARY) */",
            "SELECT id FROM t /*!80000 USE INDEX (PRIMARY) */",
        ),
        ("/*!80000 SELECT id FROM t */;", "/*!80000 SELECT id FROM t */"),
        ("SELECT '-- :a ?' AS x FROM t", "SELECT '-- :a ?' AS x FROM t"),
        ("SELECT id FROM t;  -- end", "SELECT id FROM t"),
    ],
)
def test_the_text_is_the_authors_own_without_comments(project: Project, written: str, expected: str) -> None:
    assert sent(compile_one(project, written))[0] == expected


@pytest.mark.parametrize(
    ("condition", "without", "with_"),
    [
        ("a = 1 AND sqlc.optional(b = :b)", "a = 1", "a = 1 AND (b = ?)"),
        ("sqlc.optional(b = :b) AND a = 1", "TRUE AND a = 1", "(b = ?) AND a = 1"),
        ("sqlc.optional(b = :b)", "TRUE", "(b = ?)"),
        (
            "a = 1\n  and\tsqlc.optional(b = :b)\n  and c = 2",
            "a = 1\n  and c = 2",
            "a = 1\n  and\t(b = ?)\n  and c = 2",
        ),
        ("a = 1 && sqlc.optional(b = :b)", "a = 1", "a = 1 && (b = ?)"),
        ("a = 1 AND /* x */ sqlc.optional(b = :b)", "a = 1", "a = 1 AND  (b = ?)"),
        ("a = 1 -- AND\nAND sqlc.optional(b = :b)", "a = 1", "a = 1\nAND (b = ?)"),
        ("a = 1 AND (sqlc.optional(b = :b))", "a = 1 AND (TRUE)", "a = 1 AND ((b = ?))"),
        ("(a = 1 AND sqlc.optional(b = :b)) OR c = 2", "(a = 1) OR c = 2", "(a = 1 AND (b = ?)) OR c = 2"),
        ("a BETWEEN 1 AND 2 AND sqlc.optional(b = :b)", "a BETWEEN 1 AND 2", "a BETWEEN 1 AND 2 AND (b = ?)"),
        ("a = 1 AND sqlc.optional ( b = :b OR c = :b )", "a = 1", "a = 1 AND ( b = ? OR c = ? )"),
        ("a = 1 AND sqlc.optional(b = 2, :flag)", "a = 1", "a = 1 AND (b = 2)"),
        ("a = 1 AND sqlc.optional(b IN (1, 2) , :flag)", "a = 1", "a = 1 AND (b IN (1, 2) )"),
        (
            "a = 1 AND sqlc.optional(b = :b AND sqlc.optional(c = 1, :flag))",
            "a = 1",
            "a = 1 AND (b = ? AND (c = 1))",
        ),
    ],
)
def test_an_optional_condition_goes_with_its_and(
    project: Project, condition: str, without: str, with_: str
) -> None:
    query = compile_one(project, f"SELECT id FROM t WHERE {condition} LIMIT 1")
    everything = frozenset(range(len(query.analysed.parameters)))
    assert sent(query)[0] == f"SELECT id FROM t WHERE {without} LIMIT 1"
    assert sent(query, Choice(everything))[0] == f"SELECT id FROM t WHERE {with_} LIMIT 1"


@pytest.mark.parametrize(
    ("items", "lengths"),
    [
        (
            "(sqlc.slice(x))",
            {0: "(SELECT NULL FROM DUAL WHERE FALSE)", 1: "(?)", 2: "(?, ?)", 4: "(?, ?, ?, ?)"},
        ),
        ("(1, sqlc.slice(x))", {0: "(1)", 2: "(1, ?, ?)"}),
        ("(sqlc.slice(x), 1)", {0: "( 1)", 2: "(?, ?,  1)"}),
        ("(1, sqlc.slice(x), 2, sqlc.slice(y))", {0: "(1, 2)", 1: "(1, ?, 2, ?)"}),
        ("(sqlc.slice(x), sqlc.slice(y), 1)", {0: "(  1)", 1: "(?,  ?,  1)"}),
    ],
)
def test_a_slice_has_as_many_placeholders_as_elements(
    project: Project, items: str, lengths: dict[int, str]
) -> None:
    query = compile_one(project, f"SELECT id FROM t WHERE a IN {items}")
    for length, expected in lengths.items():
        text, arguments = sent(query, Choice(slice_length=length))
        assert text == f"SELECT id FROM t WHERE a IN {expected}"
        assert arguments == tuple(SliceItems(index, length) for index in range(len(arguments)))
        parse_query(text)


@pytest.mark.parametrize(
    ("length", "count"), [(0, 0), (1, 1), (3, 4), (5, 8), (1_000, 1_024), (1_025, 1_025)]
)
def test_a_slice_in_a_list_has_a_power_of_two_of_placeholders_and_as_an_argument_the_length(
    project: Project, length: int, count: int
) -> None:
    query = compile_one(
        project, "SELECT id FROM t WHERE a IN (sqlc.slice(x)) ORDER BY FIELD(a, sqlc.slice(x))"
    )
    text, arguments = sent(query, Choice(slice_length=length))
    assert arguments == (SliceItems(0, count), SliceItems(0, length))
    assert text.count("?") == count + length


def test_a_parameter_that_is_used_twice_is_sent_twice(project: Project) -> None:
    query = compile_one(project, "SELECT id FROM t WHERE a = :x OR b = :y OR c = :x")
    assert sent(query)[1] == (Value(0), Value(1), Value(0))


ORDERS = "-- order: up a ASC, id ASC\n-- order: down b DESC, id DESC\n"


def test_an_order_and_a_cursor_become_columns_of_the_alias(project: Project) -> None:
    condition = "sqlc.optional(c = :c) AND sqlc.after(x)"
    sql = f"SELECT id, a, b FROM t x WHERE {condition} ORDER BY sqlc.order_by(x) LIMIT 2"
    query = compile_one(project, sql, notes=ORDERS)
    texts = {
        variant.label: variant for variant in variants(query.template, query.analysed, query.source.orders)
    }
    assert set(texts) == {
        "order=up", "order=up, after", "order=down", "order=down, after",
        "c, order=up", "c, order=up, after", "c, order=down", "c, order=down, after",
    }  # fmt: skip
    assert (
        texts["order=up"].sql
        == "SELECT id, a, b FROM t x WHERE TRUE ORDER BY `x`.`a` ASC, `x`.`id` ASC LIMIT 2"
    )
    assert texts["c, order=down, after"].sql == (
        "SELECT id, a, b FROM t x WHERE (c = ?)"
        " AND (`x`.`b` <= ? AND (`x`.`b` < ? OR (`x`.`b` = ? AND `x`.`id` < ?)))"
        " ORDER BY `x`.`b` DESC, `x`.`id` DESC LIMIT 2"
    )
    fields = [CursorField(place) for place in (0, 0, 0, 1)]
    assert texts["c, order=down, after"].arguments == (Value(0), *fields)


def test_many_choices_have_few_variants_of_which_each_condition_is_in_one(project: Project) -> None:
    conditions = " AND ".join(f"sqlc.optional(a = :p{number})" for number in range(12))
    query = compile_one(project, f"SELECT id FROM t WHERE {conditions}")
    found = list(variants(query.template, query.analysed, ()))
    assert [len(variant.arguments) for variant in found] == [0, *[1] * 12, 12]
    for variant in found:
        parse_query(variant.sql)


@given(
    st.lists(st.tuples(*[st.integers(-2, 2)] * 3), max_size=30, unique=True),
    st.tuples(*[st.integers(-2, 2)] * 3),
    st.tuples(*[st.booleans()] * 3),
)
def test_the_condition_of_a_cursor_holds_for_exactly_the_rows_after_it(
    rows: list[tuple[int, int, int]], cursor: tuple[int, int, int], descending: tuple[bool, bool, bool]
) -> None:
    order = NamedOrder("o", tuple(OrderKey(name, down) for name, down in zip("abc", descending, strict=True)))
    condition, keys = after_cursor_sql(order, None)
    values = iter(keys)
    python = "".join(str(cursor[next(values)]) if character == "?" else character for character in condition)
    python = python.replace("`", "").replace(" AND ", " and ").replace(" OR ", " or ").replace(" = ", " == ")
    signs = [-1 if down else 1 for down in descending]

    def rank(row: tuple[int, int, int]) -> list[int]:
        return [sign * value for sign, value in zip(signs, row, strict=True)]

    for row in rows:
        holds = eval(python, {}, dict(zip("abc", row, strict=True)))
        assert holds == (rank(row) > rank(cursor)), python


CONJUNCT = st.sampled_from(
    [
        "a = 1",
        "b BETWEEN 1 AND 2",
        "(a = 1 OR b = 2)",
        "NOT c = 3",
        "EXISTS (SELECT 1 FROM t i WHERE i.a = 1 AND i.b = 2)",
    ]
)
OPTIONAL = st.sampled_from(
    ["sqlc.optional(a = :p{0})", "sqlc.optional(b = 1 OR c = :p{0})", "sqlc.optional(c = 2, :p{0})"]
)
JOINER = st.sampled_from([" AND ", "\n  AND ", " && ", " AND -- AND x\n", " /* sqlc.optional(x) */ and "])


@settings(max_examples=150)
@given(data=st.data(), count=st.integers(1, 6))
def test_every_variant_has_exactly_the_conditions_that_are_given(
    project: Project, data: st.DataObject, count: int
) -> None:
    optional = [data.draw(st.booleans()) for _ in range(count)]
    items = [
        data.draw(OPTIONAL if is_optional else CONJUNCT).format(i) for i, is_optional in enumerate(optional)
    ]
    text = items[0] + "".join(data.draw(JOINER) + item for item in items[1:])
    query = compile_one(project, f"SELECT id FROM t WHERE {text}")
    for variant in variants(query.template, query.analysed, ()):
        statement = parse_query(variant.sql)
        assert isinstance(statement, ast.Query)
        assert isinstance(statement.body, ast.Select)
        chosen = variant.label.split(", ") if variant.label else []
        kept = [i for i, is_optional in enumerate(optional) if not is_optional or f"p{i}" in chosen]
        leading = int(optional[0] and 0 not in kept)
        assert len(conjuncts(statement.body.where)) == len(kept) + leading
        assert len(variant.arguments) == variant.sql.count("?")


def conjuncts(condition: ast.Expr | None) -> Sequence[ast.Expr | None]:
    if isinstance(condition, ast.Binary) and condition.op == "AND":
        return [*conjuncts(condition.left), *conjuncts(condition.right)]
    return [condition]


@pytest.mark.parametrize(
    "condition", ["a = 1 OR sqlc.optional(b = :b)", "NOT sqlc.optional(b = :b)", "sqlc.optional(b = :b) = 1"]
)
def test_a_condition_that_is_not_joined_by_and_cannot_be_left_out(project: Project, condition: str) -> None:
    file = project.check(QueryText("q.sql", "q", f"-- name: q :many\nSELECT id FROM t WHERE {condition}"))
    assert any("must be a whole condition" in each.message for each in file.diagnostics)
    assert not file.compiled


def test_a_text_that_is_no_statement_is_an_error() -> None:
    with pytest.raises(SqlError):
        parse_query("SELECT FROM")
