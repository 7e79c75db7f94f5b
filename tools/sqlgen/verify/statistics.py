"""Statistics that make tables look large to the optimizer, so that a scratch database gets realistic plans."""

from collections.abc import Iterable

from tools.sqlgen.catalog import Table
from tools.sqlgen.verify.wire import Client

ROWS_PER_VALUE = 10
"""Rows that share one value of an index that is not unique."""
ROWS_PER_PAGE = 50


def pretend_rows(client: Client, database: str, tables: Iterable[Table], rows: int) -> None:
    """Give every table the statistics of `rows` rows.

    Writes InnoDB's persistent statistics, which needs the right to change the `mysql` schema; they go with
    the scratch database. Must run outside a transaction.

    Raises:
        ServerError: the account may not change the statistics.

    """
    for table in tables:
        name = f"`{table.name.replace('`', '``')}`"
        client.query(f"ALTER TABLE {name} STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0")
        client.query(f"ANALYZE TABLE {name}")
    pages = max(1, rows // ROWS_PER_PAGE)
    place = f"database_name = '{database}'"
    sizes = f"clustered_index_size = {pages}, sum_of_other_index_sizes = {pages}"
    client.query(f"UPDATE mysql.innodb_table_stats SET n_rows = {rows}, {sizes} WHERE {place}")
    update = f"UPDATE mysql.innodb_index_stats SET stat_value = {{}} WHERE {place}"
    client.query(f"{update.format(pages)} AND stat_name IN ('size', 'n_leaf_pages')")
    client.query(f"{update.format(max(1, rows // ROWS_PER_VALUE))} AND stat_name LIKE 'n_diff_pfx%'")
    for table in tables:
        for index, parts in _unique_indexes(table):
            which = f"table_name = '{_text(table.name)}' AND index_name = '{_text(index)}'"
            prefixes = f"stat_name >= 'n_diff_pfx{parts:02}' AND stat_name LIKE 'n_diff_pfx%'"
            client.query(f"{update.format(rows)} AND {which} AND {prefixes}")
        client.query(f"FLUSH TABLES `{table.name.replace('`', '``')}`")


def _unique_indexes(table: Table) -> Iterable[tuple[str, int]]:
    for key in table.keys:
        if key.kind == "PRIMARY":
            yield "PRIMARY", len(key.columns)
        elif key.kind == "UNIQUE":
            yield key.name or key.columns[0], len(key.columns)


def _text(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "''")
