"""An explanation as text for the terminal."""

from collections.abc import Iterator, Sequence

from tools.sqlgen.explain.query import QueryExplanation


def render_explanation(explanation: QueryExplanation, place: str) -> str:
    """Format an explanation; `place` is that of the query, as `sql/orders.sql:12`."""
    lines = [f"{explanation.name} {explanation.command}  {place}", f"  returns {explanation.rows}"]
    lines += [f"      {reason}" for reason in explanation.row_reasons]
    if explanation.columns:
        rows = [
            (each.name, each.sql_type, each.python, "may be NULL" if each.reason.nullable else "NOT NULL")
            for each in explanation.columns
        ]
        reasons = [list(each.reason.lines()) for each in explanation.columns]
        lines += ["  columns", *_table(rows, reasons)]
    if explanation.parameters:
        given = [(each.name, each.sql_type, each.python) for each in explanation.parameters]
        lines += ["  parameters", *_table(given, [[each.source] for each in explanation.parameters])]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Sequence[str]], notes: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with aligned cells, and below each row its notes."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, below in zip(rows, notes, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(cells).rstrip()}"
        yield from (f"        {line}" for line in below)
