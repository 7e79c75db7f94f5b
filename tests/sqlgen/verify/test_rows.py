"""Edge rows: NULL wherever it may be, and never a row that the schema forbids."""

import pytest

from tests.sqlgen.verify.conftest import project_of
from tools.sqlgen.driver.project import Project
from tools.sqlgen.verify.rows import ROWS, fill
from tools.sqlgen.verify.scratch import apply_schema, scratch_database
from tools.sqlgen.verify.wire import Client


@pytest.fixture
def filled(shop: Client, project: Project) -> Client:
    shop.query("START TRANSACTION")
    assert fill(shop, project.catalog).empty == {}
    return shop


def test_every_table_has_rows_and_every_nullable_column_a_null(filled: Client) -> None:
    assert filled.query("SELECT COUNT(*) FROM shops") == [(ROWS,)]
    assert filled.query("SELECT COUNT(*) FROM sales") == [(ROWS,)]
    for table, column in (("shops", "opened"), ("sales", "shop_id"), ("sales", "kind"), ("sales", "details")):
        assert filled.query(f"SELECT COUNT(*) > 0 FROM {table} WHERE {column} IS NULL") == [(1,)], column


def test_outer_joins_find_something_and_nothing(filled: Client) -> None:
    assert filled.query("SELECT COUNT(*) > 0 FROM sales JOIN shops ON shops.id = sales.shop_id") == [(1,)]
    joined = "shops LEFT JOIN sales ON sales.shop_id = shops.id WHERE sales.id IS NULL"
    assert filled.query(f"SELECT COUNT(*) > 0 FROM {joined}") == [(1,)]


def test_no_row_breaks_a_foreign_key_though_they_are_not_checked(filled: Client) -> None:
    orphans = "sales WHERE shop_id IS NOT NULL AND shop_id NOT IN (SELECT id FROM shops)"
    assert filled.query(f"SELECT COUNT(*) FROM {orphans}") == [(0,)]


def test_a_table_that_takes_no_row_is_named_with_the_reason(client: Client) -> None:
    project = project_of("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, CHECK (id = 4711));\n")
    with scratch_database(client):
        apply_schema(client, project.schema_files)
        client.query("START TRANSACTION")
        empty = fill(client, project.catalog).empty
        client.query("ROLLBACK")
    assert set(empty) == {"t"}
    assert "constraint" in empty["t"]
