"""INSERT and REPLACE: rows against columns, SELECT against columns, ON DUPLICATE KEY UPDATE.

INSERT INTO t (a, b) VALUES (?, ?) AS new ON DUPLICATE KEY UPDATE b = new.b
"""

from collections.abc import Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dml.assignments import assign, assign_value
from tools.sqlgen.analysis.dml.clauses import returned
from tools.sqlgen.analysis.dml.targets import check_changeable, check_not_read
from tools.sqlgen.analysis.from_part import single
from tools.sqlgen.analysis.named_tables import base_table
from tools.sqlgen.analysis.place import Block, Environment, Place, place_in
from tools.sqlgen.analysis.query_block import Filtered
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import Namespace, Relation, RelationColumn
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import did_you_mean
from tools.sqlgen.syntax.ast import Assignment, ColumnRef, Expr, Insert, Node, Query, Select


def analyse_insert(ctx: Context, insert: Insert) -> QueryResult:
    """Analyse an INSERT or REPLACE; returns the rows of MariaDB's RETURNING."""
    block = Block(insert, Environment())
    relation = base_table(ctx, block, insert.table)
    rows = Filtered(block, single(ctx, relation, insert.table).namespace)
    if relation.table is not None:
        ctx.note_written(relation.table)
        check_changeable(ctx, relation, insert.table, inserts=True)
        if not relation.table.is_view:
            values = [value for row in insert.rows for value in row]
            assigned = [each.value for each in (*insert.assignments, *insert.on_duplicate)]
            check_not_read(ctx, relation.table, *values, *assigned)
    targets = _targets(ctx, relation, insert)
    selected: QueryResult | None = None
    if insert.query is not None:
        selected = _insert_query(ctx, insert, relation, targets)
    place = rows.place("values")
    for row in insert.rows:
        _insert_row(ctx, place, insert, relation, targets, row)
    for assignment in insert.assignments:
        assign(ctx, rows.place("set"), assignment, strict=not insert.ignore, clause="INSERT")
    _check_left_out(ctx, insert, relation, targets)
    _on_duplicate(ctx, rows, insert, relation, targets, selected)
    one = insert.query is None and len(insert.rows or insert.assignments[:1]) == 1
    return returned(ctx, rows, insert.returning, min_one=one and not insert.ignore, max_one=one)


def _targets(ctx: Context, relation: Relation, insert: Insert) -> list[int] | None:
    """Return the columns that get values, in order; None if they are not known."""
    if relation.unknown_schema:
        return None
    named: Sequence[ColumnRef] | None = insert.columns
    if insert.assignments:
        named = [assignment.column for assignment in insert.assignments]
    if named is None:
        return [index for index, column in enumerate(relation.columns) if not column.hidden]
    found: list[int] = []
    valid = True
    for ref in named:
        index = relation.find(ref.column)
        if index is None:
            valid = False
            if not insert.assignments:
                names = [column.name for column in relation.columns]
                ctx.report(
                    f"unknown column '{ref.column}' in INSERT INTO {relation.name}",
                    ref,
                    did_you_mean(ref.column, names),
                )
        elif index in found:
            ctx.report(f"column '{ref.column}' is given twice", ref)
        else:
            found.append(index)
    return found if valid else None


def _insert_row(
    ctx: Context,
    place: Place,
    insert: Insert,
    relation: Relation,
    targets: list[int] | None,
    row: tuple[Expr, ...],
) -> None:
    if not row and insert.columns is None:
        return
    if targets is not None and len(row) != len(targets) and not _repeated(insert):
        _report_width(ctx, insert, f"this row has {_values(len(row))}", len(targets), row)
    for position, value in enumerate(row):
        if targets is None or position >= len(targets):
            ctx.evaluate(place, value)
        else:
            assign_value(
                ctx, place, relation, targets[position], value, strict=not insert.ignore, clause="INSERT"
            )


def _repeated(insert: Insert) -> bool:
    names = [ref.column.lower() for ref in insert.columns or ()]
    return len(set(names)) != len(names)


def _report_width(ctx: Context, insert: Insert, what: str, width: int, row: Sequence[Node]) -> None:
    start = row[0].start if row else insert.table.start
    end = row[-1].end if row else insert.table.end
    columns = "1 column" if width == 1 else f"{width} columns"
    which = "the list names" if insert.columns is not None else f"table '{insert.table.name}' has"
    ctx.report_span(f"{what}, {which} {columns}", start, end)


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _insert_query(
    ctx: Context, insert: Insert, relation: Relation, targets: list[int] | None
) -> QueryResult | None:
    query = insert.query
    if query is None:
        return None
    expected_columns: list[Expected | None] = []
    for index in targets or ():
        column = relation.columns[index]
        expected_columns.append(
            Expected(column.type, column.source_column, column.name, assigned=column.nullable)
        )
    result = ctx.analyse_query(ctx, query, Environment(), expected_columns)
    if targets is not None and result.valid and len(result.columns) != len(targets):
        count = len(result.columns)
        columns = "1 column" if count == 1 else f"{count} columns"
        _report_width(ctx, insert, f"this query has {columns}", len(targets), (query,))
    return result


def _check_left_out(ctx: Context, insert: Insert, relation: Relation, targets: list[int] | None) -> None:
    """Warn about columns that are left out though they are NOT NULL and have no default.

    In strict mode the INSERT fails unless a trigger sets them. The server prepares the statement anyway.
    """
    table = relation.table
    if targets is None or table is None or table.is_view or insert.ignore:
        return
    given = set(targets)
    if insert.columns is None and not insert.assignments and any(insert.rows):
        return
    missing = [
        column.name
        for index, column in enumerate(table.columns)
        if index not in given and not column.nullable and not column.has_default
    ]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        which = "column" if len(missing) == 1 else "columns"
        ctx.report(
            f"INSERT leaves out {which} {names}: NOT NULL and without a default",
            insert.table,
            "give a value, or a DEFAULT in the schema; only a trigger or a lax sql_mode makes it work",
            severity="warning",
        )


# --- ON DUPLICATE KEY UPDATE --------------------------------------------------------------------------


def _on_duplicate(
    ctx: Context,
    rows: Filtered,
    insert: Insert,
    relation: Relation,
    targets: list[int] | None,
    selected: QueryResult | None,
) -> None:
    if not insert.on_duplicate:
        return
    names = rows.namespace
    if insert.row_alias is not None and insert.row_alias.lower() == relation.name.lower():
        ctx.report(f"the row alias '{insert.row_alias}' is the table's own name", insert.table)
    if insert.row_alias is not None:
        alias = single(ctx, _new_row(ctx, insert, relation, targets), insert.table)
        names = names.plus(alias.namespace)
    elif selected is not None and insert.query is not None:
        names = names.plus(_selected_tables(ctx, insert.query))
    place = place_in(rows.block, "duplicate", names)
    for assignment in insert.on_duplicate:
        _assign_duplicate(ctx, place, insert, relation, assignment)


def _assign_duplicate(
    ctx: Context, place: Place, insert: Insert, relation: Relation, assignment: Assignment
) -> None:
    """Analyse one assignment; its left side always names a column of the table."""
    index = relation.find(assignment.column.column)
    table = assignment.column.table
    if table is not None and table.lower() != relation.name.lower():
        ctx.report(
            f"ON DUPLICATE KEY UPDATE changes '{relation.name}', not '{table}'",
            assignment.column,
            "name the column alone",
        )
        return
    if index is None:
        names = [column.name for column in relation.columns]
        ctx.report(
            f"unknown column '{assignment.column.column}' in ON DUPLICATE KEY UPDATE",
            assignment.column,
            did_you_mean(assignment.column.column, names),
        )
        return
    ctx.info.bindings[assignment.column] = (relation, index)
    assign_value(
        ctx,
        place,
        relation,
        index,
        assignment.value,
        strict=not insert.ignore,
        clause="ON DUPLICATE KEY UPDATE",
    )


def _new_row(ctx: Context, insert: Insert, relation: Relation, targets: list[int] | None) -> Relation:
    """The row alias: the values that were to be inserted, under the table's names or its own."""
    given = targets if targets is not None else range(len(relation.columns))
    names: Sequence[str] = [relation.columns[index].name for index in given]
    if insert.row_columns and len(insert.row_columns) == len(given):
        names = insert.row_columns
    elif insert.row_columns and targets is not None:
        ctx.report(f"the row alias has {len(insert.row_columns)} columns, the row {len(given)}", insert.table)
    columns = [
        RelationColumn(
            name,
            relation.columns[index].type,
            relation.columns[index].nullable,
            relation.columns[index].source_column,
        )
        for name, index in zip(names, given, strict=True)
    ]
    return Relation(ctx.new_id(), insert.row_alias or "", columns, unknown_schema=relation.unknown_schema)


def _selected_tables(ctx: Context, query: Query) -> Namespace:
    """The tables of INSERT ... SELECT that ON DUPLICATE KEY UPDATE can name: those of an ungrouped SELECT."""
    inner = ctx.info.selects[query.body] if isinstance(query.body, Select) else None
    if inner is None or inner.grouping.aggregates:
        return Namespace()
    return inner.namespace
