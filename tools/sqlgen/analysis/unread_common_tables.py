"""Common tables that nothing reads: MySQL parses them, and does not resolve a name in them.

WITH u AS (SELECT nosuch FROM t) SELECT 1  -> valid on MySQL, error 1054 on MariaDB
"""

from collections.abc import Iterator, Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax.ast import AfterMacro, CommonTable, Embed, Node, Optional, OrderByMacro, Param
from tools.sqlgen.syntax.visitor import walk


def findings_of(ctx: Context) -> list[SqlError]:
    """Return the findings of a statement; on MySQL, an error in a common table that nothing reads is a warning.

    It stays an error if MySQL may report it while it parses, and if the common table has a macro, for which the
    findings are rules of this compiler.
    """
    if ctx.catalog.server == "mariadb" or not any(_is_demotable(finding) for finding in ctx.findings):
        return ctx.findings
    unread = [table for table in _unread(ctx) if not any(_is_macro(node) for node in walk(table))]
    return [_demoted(finding, unread) for finding in ctx.findings]


def _is_demotable(finding: SqlError) -> bool:
    return finding.severity == "error" and not finding.at_parse


def _unread(ctx: Context) -> list[CommonTable]:
    """The common tables that neither the statement nor a common table that it reads names in FROM."""
    tables = ctx.info.common_tables
    read: set[CommonTable] = set()
    while True:
        found = {
            ctx.info.common_reads[ref]
            for ref in ctx.info.common_reads
            if all(table in read for table in _around(tables, ref))
        }
        if found <= read:
            return [table for table in tables if table not in read]
        read |= found


def _around(tables: Sequence[CommonTable], node: Node) -> Iterator[CommonTable]:
    """Yield the common tables whose queries contain the node."""
    return (table for table in tables if table.start <= node.start < table.end)


def _is_macro(node: Node) -> bool:
    return isinstance(node, (AfterMacro, Embed, Optional, OrderByMacro)) or (
        isinstance(node, Param) and node.kind == "slice"
    )


def _demoted(finding: SqlError, unread: Sequence[CommonTable]) -> SqlError:
    if not _is_demotable(finding):
        return finding
    for table in unread:
        if table.start <= finding.start < table.end:
            message = f"{finding.message} (MySQL does not check '{table.name}', because nothing reads it)"
            return SqlError(message, finding.start, finding.end, finding.hint, "warning")
    return finding
