"""Explanations beside the analysis, over the corpus of hard queries."""

from collections.abc import Iterator
from functools import cache

import pytest

from tools.bench.sql.corpus import Case, load
from tools.bench.sql.judge import project_of
from tools.sqlgen.driver.project import Project
from tools.sqlgen.explain.nullability import Nullability
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.query import Explainer, QueryExplanation
from tools.sqlgen.explain.reason import Reason
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.input.query_files import read_queries
from tools.sqlgen.syntax.ast import Query

CASES = [case for case in load() if case.error is None]
project = cache(project_of)


def explainer_of(project: Project) -> Explainer:
    return Explainer(project.catalog, project.config, project.models, SchemaPlaces(project.schema_files))


def analysed(case: Case) -> AnalysedSource:
    found = explainer_of(project(case.schema)).analyse(case.source, read_queries(case.source)[0])
    assert found is not None
    return found


def explained(project: Project, text: str) -> QueryExplanation:
    explainer, [source] = explainer_of(project), read_queries(f"-- name: q :many\n{text}")
    found = explainer.analyse(f"-- name: q :many\n{text}", source)
    assert found is not None
    explanation = explainer.explain(source, found)
    assert explanation is not None, found.findings
    return explanation


def every(reason: Reason) -> Iterator[Reason]:
    yield reason
    for cause in reason.causes:
        yield from every(cause)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_explanation_never_contradicts_the_analysis(case: Case) -> None:
    """`of_query` derives the polarity from the expression's operands; `of_column` would replace a contradiction."""
    source = analysed(case)
    assert source.query is not None
    if not isinstance(source.statement, Query):
        return
    nullability = Nullability(source)
    for index, column in enumerate(source.query.columns):
        reason = nullability.of_query(source.statement, index)
        assert reason.nullable == column.nullable, f"{column.name}: {'; '.join(reason.lines())}"
        for step in every(reason):
            assert all(cause.nullable == step.nullable for cause in step.causes)
            # The reason for an unexplained NULL, which must not be given for another cause.
            assert "WITH ROLLUP" not in step.text or "ROLLUP" in case.source.upper()


def test_few_reasons_are_without_a_path() -> None:
    reasons: list[str] = []
    for case in CASES:
        source = analysed(case)
        nullability = Nullability(source)
        for index in range(len(source.query.columns if source.query else ())):
            reason = nullability.of_column(index)
            reasons += [each.text for each in every(reason)] if reason is not None else []
    vague = [text for text in reasons if text.startswith("the conditions prove")]
    assert len(reasons) > 1500
    assert len(vague) <= 4, vague


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_query_with_a_result_has_reasons_for_its_rows_and_parameters(case: Case) -> None:
    [source] = read_queries(case.source)
    explanation = explainer_of(project(case.schema)).explain(source, analysed(case))
    assert explanation is not None
    assert bool(explanation.row_reasons) == bool(explanation.columns)
    assert all(each.source for each in explanation.parameters)


def in_schema(*texts: str) -> Project:
    files = [SchemaFile(f"m{number}.sql", text, ((0, len(text)),)) for number, text in enumerate(texts, 1)]
    return Project(Config(CASES_ROOT), files)


CASES_ROOT = project("shop").config.root


def test_a_reason_names_the_migration_that_declared_the_column_last() -> None:
    project = in_schema(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT NOT NULL);",
        "\nALTER TABLE t MODIFY a INT NOT NULL, RENAME COLUMN b TO c;",
        "\n\nRENAME TABLE t TO u;",
    )
    columns = explained(project, "SELECT id, a, c FROM u").columns
    assert [each.reason.text for each in columns] == [
        "u.id belongs to the primary key (m1.sql:1)",
        "u.a is NOT NULL (m2.sql:2)",
        "u.c is NOT NULL (m1.sql:1)",
    ]


def test_a_view_is_followed_to_its_tables() -> None:
    project = in_schema(
        "CREATE TABLE t (id INT PRIMARY KEY);\nCREATE VIEW v AS\nSELECT a.id AS x, b.id AS y\n"
        "FROM t a LEFT JOIN t b ON b.id = a.id + 1;"
    )
    [x, y] = explained(project, "SELECT x, y FROM v").columns
    assert list(x.reason.lines()) == [
        "v.x is never NULL in the view (m1.sql:2)",
        "  t.id belongs to the primary key (m1.sql:1)",
    ]
    assert list(y.reason.lines()) == [
        "v.y may be NULL in the view (m1.sql:2)",
        "  LEFT JOIN t b at m1.sql:4 may not match",
    ]


def test_a_column_of_a_table_of_the_server_without_known_columns_has_a_reason() -> None:
    [name] = explained(
        in_schema(), "SELECT d.name FROM (SELECT DISTINCT * FROM performance_schema.threads) d"
    ).columns
    assert list(name.reason.lines()) == [
        "d.name may be NULL in the query of d",
        "  it is a column of * that no schema defines",
    ]


def test_a_table_of_a_database_is_not_taken_for_a_common_table_of_its_name() -> None:
    query = "WITH tables AS (SELECT 1 AS n) SELECT table_name FROM information_schema.tables"
    [name] = explained(in_schema(), query).columns
    assert list(name.reason.lines()) == [
        "tables.TABLE_NAME is a column of a table without a definition in the schema"
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT COALESCE(note, 'x') AS a FROM t", ["COALESCE has an argument that is never NULL"]),
        ("SELECT note FROM t WHERE note > 'a'", ["WHERE note > 'a' at line 2 proves that t.note is not NULL"]),
        ("SELECT SUM(n) AS a FROM t", ["SUM of no rows is NULL, and without GROUP BY there is a result for no rows"]),
        ("SELECT n / n AS a FROM t", ["n / n is NULL if the divisor is zero"]),
        ("SELECT CASE WHEN n > 1 THEN 1 END AS a FROM t", ["CASE at line 2 has no ELSE"]),
        ("SELECT (SELECT n FROM t WHERE id = 1) AS a", ["the subquery at line 2 may return no row"]),
        (
            "SELECT MAX(n) AS a FROM t GROUP BY id",
            ["every group has a row, and the argument of MAX is never NULL in one"],
        ),
        ("SELECT LAG(n) OVER (ORDER BY id) AS a FROM t", ["LAG is NULL beyond the rows of the window"]),
        (
            "SELECT u.n FROM t LEFT JOIN t AS u ON u.id = t.n WHERE u.n = 2",
            ["WHERE u.n = 2 at line 2 proves the match of LEFT JOIN t AS u"],
        ),
    ],
)  # fmt: skip
def test_a_reason_is_in_words(query: str, expected: list[str]) -> None:
    project = in_schema("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, note VARCHAR(9));")
    [column] = explained(project, query).columns
    assert list(column.reason.lines())[:1] == expected


@pytest.mark.parametrize(
    ("query", "rows", "reasons"),
    [
        ("SELECT n FROM t WHERE id = 1", "at most one row", "the primary key (id) of t is fixed by id = 1 at line 2"),
        ("SELECT n FROM t LIMIT 1", "at most one row", "LIMIT 1 at line 2"),
        (
            "SELECT id FROM (SELECT id, n, ROW_NUMBER() OVER (PARTITION BY n) r FROM t) x WHERE r = 1 AND n = 2",
            "at most one row",
            (
                "the key (n, r) of (SELECT id, n, ROW_NUM...TION BY n) r FROM t) x is fixed by"
                " n = 2 at line 2 and r = 1 at line 2"
            ),
        ),
        ("SELECT COUNT(*) AS c FROM t", "exactly one row", "an aggregate without GROUP BY has one result for all rows"),
        ("SELECT n FROM t WHERE n = 1", "any number of rows", "no condition fixes the key (id) of t"),
        ("SELECT 1 AS a UNION SELECT 2", "any number of rows", "UNION returns the rows of every part"),
    ],
)  # fmt: skip
def test_the_number_of_rows_has_a_reason(query: str, rows: str, reasons: str) -> None:
    found = explained(in_schema("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL);"), query)
    assert (found.rows, found.row_reasons) == (rows, (reasons,))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "INSERT INTO t (id, n) SELECT :id, :n FROM t",
            "assigned to n at line 2: the type of t.n (m1.sql:1)",
        ),
        (
            "SELECT j.a FROM JSON_TABLE(:n, '$[*]' COLUMNS (a INT PATH '$')) AS j",
            "the document of JSON_TABLE AS j at line 2",
        ),
        ("SELECT id FROM t WHERE n > :n", "compared with n at line 2: the type of t.n (m1.sql:1)"),
        ("SELECT CAST(:n AS SIGNED) AS a", "used in CAST(:n AS SIGNED) at line 2"),
        ("SELECT :n AS a", "a column of the select list at line 2"),
    ],
)
def test_the_type_of_a_parameter_has_a_reason(query: str, expected: str) -> None:
    found = explained(in_schema("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL);"), query)
    [source] = [each.source for each in found.parameters if each.name == "n"]
    assert source == expected
