"""MATCH ... AGAINST: the columns must be those of a FULLTEXT index."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.syntax.ast import ColumnRef, Match
from tools.sqlgen.syntax.visitor import walk


def check_fulltext(ctx: Context, match: Match) -> None:
    """Report a MATCH over columns that no FULLTEXT index has; IN BOOLEAN MODE works without on MyISAM."""
    for node in walk(match.against, into_queries=False):
        if isinstance(node, ColumnRef):
            ctx.report("AGAINST takes a value that is the same for every row, not a column", node)
    found = [ctx.column_of(ref) for ref in match.columns]
    columns = [each for each in found if each is not None]
    if len(columns) != len(found) or not columns:
        return
    relation = columns[0][0]
    table = relation.table
    if any(other is not relation for other, _ in columns):
        ctx.report("MATCH takes the columns of one table", match)
        return
    if table is None or table.is_view or "BOOLEAN" in (match.modifier or "").upper():
        return
    wanted = {relation.columns[index].name.lower() for _, index in columns}
    indexes = [key for key in table.keys if key.kind == "FULLTEXT"]
    if not any({name.lower() for name in key.columns} == wanted for key in indexes):
        known = "; ".join(", ".join(key.columns) for key in indexes)
        hint = (
            f"'{table.name}' has FULLTEXT indexes on: {known}"
            if known
            else f"'{table.name}' has no FULLTEXT index"
        )
        ctx.report("no FULLTEXT index has exactly these columns", match, hint)
