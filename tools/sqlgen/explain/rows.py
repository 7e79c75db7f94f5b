"""Explains why a query returns one row, at most one, or any number.

at most one row: the primary key (id) of products AS p is fixed by p.id = :id at line 18
"""

from collections.abc import Iterator, Sequence

from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.equalities import conjuncts
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.ir.query import Cardinality
from tools.sqlgen.syntax.ast import (
    Binary,
    ColumnRef,
    Expr,
    In,
    IntLiteral,
    IsTest,
    Limit,
    Query,
    Select,
    SetOperation,
    ValuesRows,
)

ROWS: dict[Cardinality, str] = {
    "none": "no rows",
    "one": "exactly one row",
    "zero_or_one": "at most one row",
    "many": "any number of rows",
}


def row_reasons(source: AnalysedSource) -> list[str]:
    """The reasons for the cardinality of a statement, outermost first; empty for a statement without a result."""
    statement, query = source.statement, source.query
    if query is None or not isinstance(statement, Query) or query.cardinality == "none":
        return []
    return list(_of_query(source, statement, single=query.cardinality != "many"))


def _of_query(source: AnalysedSource, query: Query, *, single: bool) -> Iterator[str]:
    body = query.body
    if single and _at_most_one(query.limit):
        assert query.limit is not None
        yield f"LIMIT {source.shown(query.limit.count)} at {source.line(query.limit.count)}"
        return
    match body:
        case Query():
            yield from _of_query(source, body, single=single)
        case Select():
            yield from _of_select(source, body, single=single)
        case SetOperation(op="UNION"):
            yield "UNION returns the rows of every part"
        case SetOperation():
            yield f"{body.op} returns at most the rows of the first part"
        case ValuesRows():
            yield f"VALUES has {len(body.rows)} row{'s' if len(body.rows) > 1 else ''}"
        case _:
            yield "TABLE returns every row of the table"


def _at_most_one(limit: Limit | None) -> bool:
    return limit is not None and isinstance(limit.count, IntLiteral) and limit.count.value <= 1


def _of_select(source: AnalysedSource, select: Select, *, single: bool) -> Iterator[str]:
    projected = source.ctx.info.selects[select]
    if projected.grouping.implicit and single:
        yield "an aggregate without GROUP BY has one result for all rows"
        if select.having is not None:
            yield f"HAVING {source.shown(select.having)} at {source.line(select.having)} may exclude it"
        return
    relations = projected.namespace.relations
    if not relations and single:
        yield "without FROM there is one row"
        if select.where is not None:
            yield f"WHERE {source.shown(select.where)} at {source.line(select.where)} may exclude it"
        return
    dependencies = FuncDeps(projected.rows, at_prepare=False)
    known = dependencies.closure(())
    free = [relation for relation in relations if not dependencies.is_single(relation, known)]
    if not free or not single:
        for relation in relations:
            fixed = relation not in free
            yield _key(source, select, relation, known) if fixed else _no_key(source, relation)
    elif projected.grouping.grouped:
        yield "the conditions fix every expression of GROUP BY"
    else:
        yield "DISTINCT, and the conditions fix every column"


def _named(source: AnalysedSource, relation: Relation) -> str:
    node = source.ctx.info.table_nodes.get(relation.id)
    return source.shown(node) if node is not None else relation.name


def _keys(relation: Relation) -> Sequence[frozenset[int]]:
    return [*relation.candidate_keys, *relation.execution_keys]


def _no_key(source: AnalysedSource, relation: Relation) -> str:
    names = [_column_names(relation, key) for key in sorted(_keys(relation), key=sorted)]
    shown = _named(source, relation)
    if not names:
        return f"{shown} has no key"
    keys = " and ".join(f"({each})" for each in names)
    which = "key" if len(names) == 1 else "keys"
    return f"no condition fixes the {which} {keys} of {shown}"


def _key(source: AnalysedSource, select: Select, relation: Relation, known: set[ColumnId]) -> str:
    ids = {key: [ColumnId(relation.id, index) for index in key] for key in _keys(relation)}
    fixed = [key for key in ids if known.issuperset(ids[key])]
    if not fixed:
        return f"{_named(source, relation)} has at most one row"
    # The columns of any key are fixed by those of the key that has conditions.
    stated = (key for key in fixed if all(any(_conditions_on(source, select, each)) for each in ids[key]))
    return _fixed(source, select, relation, next(stated, fixed[0]))


def _fixed(source: AnalysedSource, select: Select, relation: Relation, key: frozenset[int]) -> str:
    names = _column_names(relation, key)
    kind = "key"
    if relation.table is not None and (primary := relation.table.primary_key) is not None:
        own = {name.lower() for name in primary.columns}
        kind = "primary key" if own == {relation.columns[i].name.lower() for i in key} else "unique key"
    by = [
        f"{source.shown(condition)} at {source.line(condition)}"
        for index in sorted(key)
        for condition in _conditions_on(source, select, ColumnId(relation.id, index))
    ]
    reason = f" by {' and '.join(dict.fromkeys(by))}" if by else ""
    return f"the {kind} ({names}) of {_named(source, relation)} is fixed{reason}"


def _column_names(relation: Relation, key: frozenset[int]) -> str:
    return ", ".join(relation.columns[index].name for index in sorted(key))


def _conditions_on(source: AnalysedSource, select: Select, column: ColumnId) -> Iterator[Expr]:
    """The first condition that makes a column equal to something."""
    for condition in source.all_conditions(select):
        for each in conjuncts(condition):
            if any(_is(source, side, column) for side in _equal_sides(each)):
                yield each
                return


def _equal_sides(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Binary(op="="):
            return expr.left, expr.right
        case In(negated=False) | IsTest(test="NULL", negated=False):
            return (expr.operand,)
        case _:
            return ()


def _is(source: AnalysedSource, expr: Expr, column: ColumnId) -> bool:
    found = source.ctx.column_of(expr) if isinstance(expr, ColumnRef) else None
    return found is not None and ColumnId(found[0].id, found[1]) == column
