"""Plans are read correctly in every format that servers write."""

from collections.abc import Iterator

import pytest

from tests.sqlgen.verify.conftest import SCHEMA, project_of
from tools.sqlgen.verify import plans
from tools.sqlgen.verify.rows import tables_of
from tools.sqlgen.verify.scratch import apply_schema, scratch_database
from tools.sqlgen.verify.statistics import pretend_rows
from tools.sqlgen.verify.wire import Client

PLANS: dict[str, set[str]] = {
    "SELECT * FROM sales ORDER BY amount": {"full-scan", "filesort"},
    "SELECT * FROM sales WHERE id = 1": set(),
    "SELECT * FROM sales WHERE shop_id = 5": set(),
    "SELECT id FROM sales ORDER BY id DESC LIMIT 10": set(),
    "SELECT kind, COUNT(*) FROM sales GROUP BY kind": {"full-scan", "temporary-table"},
    "SELECT amount FROM sales UNION SELECT stars FROM shops": {"full-scan", "temporary-table"},
    "SELECT DISTINCT kind FROM sales": {"full-scan", "temporary-table"},
    "SELECT d.n FROM (SELECT kind, COUNT(*) AS n FROM sales GROUP BY kind) AS d WHERE d.n > 1": {
        "full-scan",
        "temporary-table",
    },
    "SELECT s.name, x.amount FROM shops AS s JOIN sales AS x ON x.shop_id = s.id WHERE s.id = 3": set(),
    "DELETE FROM sales WHERE id = 1": set(),
}


@pytest.fixture(scope="module")
def large(client: Client) -> Iterator[Client]:
    """A database whose tables look as if they held 100,000 rows."""
    project = project_of(SCHEMA)
    with scratch_database(client) as name:
        apply_schema(client, project.schema_files)
        pretend_rows(client, name, tables_of(project.catalog), 100_000)
        yield client


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("sql", "rules"), PLANS.items())
def test_a_plan_costs_the_same_in_both_formats(
    large: Client, version: int, sql: str, rules: set[str]
) -> None:
    large.query(f"SET SESSION explain_json_format_version = {version}")
    document = large.query(f"EXPLAIN FORMAT=JSON {sql}")[0][0]
    assert ("query_plan" in document) == (version == 2)
    found = [cost for cost in plans.read_plan(document, sql).costs if cost.rows > 1_000]
    assert {cost.rule for cost in found} == rules


def test_mariadbs_format_is_read() -> None:
    document = r"""{"query_block": {"select_id": 1, "filesort": {"sort_key": "count(0)", "temporary_table": {
        "nested_loop": [
          {"table": {"table_name": "o", "access_type": "index", "rows": 5000, "filtered": 100}},
          {"table": {"table_name": "i", "access_type": "ref", "rows": 1, "attached_condition": "x = '\x01'"}}
        ]}}}}"""
    costs = [
        plans.Cost("filesort", 5000, "filesort"),
        plans.Cost("temporary-table", 5000, "temporary_table"),
        plans.Cost("full-scan", 5000, "o"),
    ]
    assert plans.read_plan(document, "SELECT (SELECT 1)") == plans.Plan(costs, is_whole=True)


def test_a_plan_with_fewer_selects_than_the_statement_is_not_whole(large: Client) -> None:
    large.query("SET SESSION explain_json_format_version = 2")
    for sql, is_whole in (
        ("SELECT id FROM sales WHERE id = 1", True),
        (
            "SELECT id FROM sales AS s WHERE amount > (SELECT MAX(stars) FROM shops WHERE id = s.shop_id)",
            True,
        ),
        # Every server replaces this one by its value.
        ("SELECT id FROM sales WHERE amount > (SELECT 1)", False),
    ):
        document = large.query(f"EXPLAIN FORMAT=JSON {sql}")[0][0]
        assert plans.read_plan(document, sql).is_whole is is_whole, sql


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown format"):
        plans.read_plan('{"plan": []}', "SELECT 1")


def test_a_waiver_is_a_rule_and_a_reason() -> None:
    assert plans.parse_waiver("filesort: twenty rows") == plans.Waiver("filesort", "twenty rows")
    with pytest.raises(ValueError, match="no rule; write one of full-scan, filesort, temporary-table"):
        plans.parse_waiver("sort: twenty rows")
    with pytest.raises(ValueError, match="needs a reason"):
        plans.parse_waiver("filesort:")
