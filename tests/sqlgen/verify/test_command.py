"""`python -m tools.sqlgen verify` from end to end."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tools.sqlgen.cli.main import main
from tools.sqlgen.driver.compile import CheckedFile
from tools.sqlgen.driver.project import Project
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.verify.run import Options, verify

RIGHT = """\
-- name: list_sales :many
-- order: newest id DESC
SELECT s.id, s.amount, s.kind, h.name
FROM sales AS s LEFT JOIN shops AS h ON h.id = s.shop_id
WHERE sqlc.optional(s.shop_id = :shop_id) AND s.id IN (sqlc.slice(ids)) AND sqlc.after(s)
ORDER BY sqlc.order_by(s) LIMIT :limit;

-- name: add_sale :exec
INSERT INTO sales (shop_id, amount, kind, details) VALUES (:shop_id, :amount, :kind, :details);
"""


def run(folder: Path, queries: str, url: str, *more: str) -> int:
    (folder / "sql" / "sales.sql").write_text(queries)
    return main(["verify", "--config", str(folder / "pyproject.toml"), "--database-url", url, *more])


def claims(file: CheckedFile, **changes: object) -> CheckedFile:
    """The file with its first query's first column inferred otherwise."""
    first = file.queries[0]
    assert first.compiled is not None
    analysed = first.compiled.analysed
    column = replace(analysed.columns[0], **changes)
    wrong = replace(first.compiled, analysed=replace(analysed, columns=(column, *analysed.columns[1:])))
    return replace(file, queries=(replace(first, compiled=wrong), *file.queries[1:]))


def test_right_queries_pass_in_all_their_variants(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project_folder, RIGHT, modern_server_url) == 0
    assert "2 queries in 5 variants prepared" in capsys.readouterr().out


def test_the_configuration_of_the_project_decides_what_shared_rows_hold(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project_folder / "pyproject.toml").write_text('[tool.sqlgen]\nuuid = ["keys.id", "keys.token"]\n')
    (project_folder / "migrations" / "0002.keys.sql").write_text(
        "CREATE TABLE `keys` (id BINARY(16) PRIMARY KEY, token BINARY(16) NOT NULL);\n"
    )
    shared = (
        "-- name: ids :many\n-- row: Key\n-- explain-ok: full-scan: few\nSELECT id AS k FROM `keys`;\n"
        "-- name: tokens :many\n-- row: Key\n-- explain-ok: full-scan: few\nSELECT token AS k FROM `keys`;\n"
    )
    assert run(project_folder, shared, modern_server_url, "--no-explain") == 0, capsys.readouterr().err


def test_a_slow_plan_needs_a_waiver_with_a_reason(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = "-- name: by_amount :many\nSELECT id FROM sales ORDER BY amount;\n"
    assert run(project_folder, slow, modern_server_url) == 1
    error = capsys.readouterr().err
    assert "sql/sales.sql:2:1: error: the plan scans all of sales, about 100,00" in error
    assert "hint: an index, or `-- explain-ok: filesort: why this is right`" in error
    waived = slow.replace(":many\n", ":many\n-- explain-ok: filesort: few\n-- explain-ok: full-scan: few\n")
    assert run(project_folder, waived, modern_server_url) == 0
    assert run(project_folder, slow, modern_server_url, "--no-explain") == 0
    assert run(project_folder, slow, modern_server_url, "--most-rows", "1000000") == 0


def test_a_waiver_that_nothing_needs_is_a_warning(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    waived = "-- name: one_sale :one\n-- explain-ok: filesort: few\nSELECT id FROM sales WHERE id = ?;\n"
    assert run(project_folder, waived, modern_server_url) == 0
    assert "sql/sales.sql:2:16: warning: no plan here needs the waiver of filesort" in capsys.readouterr().err


def test_a_compile_error_fails_the_run_and_the_other_queries_are_still_verified(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(project_folder, f"-- name: bad :many\nSELECT nope FROM sales;\n\n{RIGHT}", modern_server_url) == 1
    )
    output = capsys.readouterr()
    assert "sql/sales.sql:2:8: error: unknown column" in output.err
    assert "2 queries in 5 variants prepared" in output.out


def test_a_false_not_null_is_disproved_by_edge_rows(project: Project, modern_server_url: str) -> None:
    file = claims(
        project.check(QueryText("queries.sql", "queries", "-- name: q :many\nSELECT kind FROM sales;\n")),
        nullable=False,
    )
    report = verify(modern_server_url, project, [file], Options(explain=False))
    assert [each.message.split(" with ")[0] for each in report.diagnostics] == [
        "column 'kind' is inferred not null, and was NULL"
    ]


def test_a_false_type_is_disproved_by_the_server(project: Project, modern_server_url: str) -> None:
    right = project.check(
        QueryText("queries.sql", "queries", "-- name: q :many\nSELECT id, amount FROM sales;\n")
    )
    second = right.queries[0].compiled
    assert second is not None
    file = claims(right, type=second.analysed.columns[1].type)
    report = verify(modern_server_url, project, [file], Options(explain=False))
    assert "column 'id' is inferred as decimal, the server says int" in [
        each.message for each in report.diagnostics
    ]


def test_a_schema_that_the_server_refuses_is_pointed_at(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project_folder / "migrations" / "0002.bad.sql").write_text("CREATE TABLE x (a INT, b VARCHAR(99999));\n")
    assert run(project_folder, RIGHT, modern_server_url) == 1
    assert "0002.bad.sql:1:1: error: the server refuses this statement" in capsys.readouterr().err


def test_a_schema_that_leaves_its_database_is_not_run(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project_folder / "migrations" / "0002.other.sql").write_text("CREATE DATABASE verify_never;\n")
    assert run(project_folder, RIGHT, modern_server_url) == 1
    assert "the schema leaves the scratch database" in capsys.readouterr().err


def test_no_server_is_wrong_usage(project_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project_folder, RIGHT, "mysql://root@127.0.0.1:1/x") == 2
    assert run(project_folder, RIGHT, "redis://127.0.0.1:1/x") == 2
    assert "error: the server" in capsys.readouterr().err


def test_an_update_is_explained_where_version_2_has_no_plan_for_it(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    update = "-- name: zero :exec\nUPDATE sales SET amount = 0 WHERE kind = 'cash';\n"
    assert run(project_folder, update, modern_server_url) == 1
    assert "the plan scans all of sales" in capsys.readouterr().err


def test_the_projects_own_queries_hold(modern_server_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(__file__).parents[3]
    code = main(["verify", "--config", str(root / "pyproject.toml"), "--database-url", modern_server_url])
    assert code == 0, capsys.readouterr().err


PAGES = """\
-- name: sales_of_shops :many
-- order: newest id DESC
-- order: amounts amount ASC, id DESC
-- explain-ok: full-scan: few
-- explain-ok: filesort: few
-- explain-ok: temporary: few
SELECT s.id, s.amount FROM sales AS s JOIN (SELECT id, {sign}amount AS amount FROM sales) AS t ON t.id = s.id
WHERE sqlc.after(s) ORDER BY sqlc.order_by(t) LIMIT :most OFFSET :skipped;
"""


def test_each_order_of_a_query_is_walked_from_row_to_row(
    project_folder: Path, modern_server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project_folder, PAGES.format(sign=""), modern_server_url, "--no-explain") == 0
    capsys.readouterr()
    assert run(project_folder, PAGES.format(sign="-"), modern_server_url, "--no-explain") == 1
    error = capsys.readouterr().err
    assert "newest" not in error
    assert "sql/sales.sql:3:19: error: the order 'amounts' loses or repeats rows between two pages" in error
