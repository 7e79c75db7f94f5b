"""The number of rows that a SELECT can return, and the candidate keys of its result.

SELECT ... FROM o JOIN c ON c.id = o.customer_id WHERE o.id = ?  ->  at most one: both primary keys are constant
"""

from collections.abc import Iterable, Iterator, Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.expression_key import column_references, expression_key, is_deterministic
from tools.sqlgen.analysis.expressions.windows import partitions_of
from tools.sqlgen.analysis.query_block import Filtered, Projected
from tools.sqlgen.analysis.scope import Namespace, Relation
from tools.sqlgen.analysis.values import ColumnId, OutputColumn
from tools.sqlgen.syntax.ast import Call, ColumnRef, Embed, Expr, Select, Star

FunctionalDependency = tuple[frozenset[int], frozenset[int]]


def at_most_one_row(
    ctx: Context, projected: Projected, select: Select, known: Iterable[ColumnId] = ()
) -> bool:
    """True if there is at most one row before LIMIT with each combination of values of `known`."""
    grouping, names = projected.grouping, projected.namespace
    if grouping.rollup:
        return False
    dependencies = FuncDeps(projected.rows, at_prepare=False)
    constant = dependencies.closure(known)
    if all(dependencies.is_single(relation, constant) for relation in names.relations):
        return True
    if not grouping.grouped:
        items = [item.expr for item in select.items]
        return select.distinct and _all_constant(ctx, names, items, dependencies, constant)
    understood = len(grouping.exprs) == len(select.group_by)
    return understood and _all_constant(ctx, names, grouping.exprs, dependencies, constant)


def _all_constant(
    ctx: Context, names: Namespace, exprs: Iterable[Expr], dependencies: FuncDeps, constant: set[ColumnId]
) -> bool:
    """True if each expression has only equal values, in the collation of the column if it is one."""
    for expr in exprs:
        if isinstance(expr, (Star, Embed)) or not is_deterministic(expr):
            return False
        read = {ColumnId(relation.id, index) for _, relation, index in column_references(ctx, expr, names)}
        if not (read <= constant if isinstance(expr, ColumnRef) else dependencies.are_same(read, constant)):
            return False
    return True


# --- keys of a result ---------------------------------------------------------------------------------


def result_keys(
    ctx: Context, projected: Projected, select: Select
) -> tuple[tuple[frozenset[int], ...], tuple[FunctionalDependency, ...]]:
    """Columns of the result that hold no combination twice, and those that determine others."""
    rows, grouping, columns = projected.rows, projected.grouping, projected.columns
    if grouping.rollup:
        return (), ()
    position = _positions(columns)
    everything = frozenset(range(len(columns)))
    candidate_keys: list[frozenset[int]] = []
    if select.distinct:
        candidate_keys.append(everything)
    if grouping.grouped:
        groups = _grouped_positions(ctx, projected, select)
        if groups is not None:
            candidate_keys.append(groups)
    # NULL is one value to DISTINCT and GROUP BY, but a unique key allows any number of NULLs.
    determining = list(candidate_keys)
    if not grouping.grouped:
        keys = _row_keys(rows, position, at_execution=False)
        candidate_keys.extend(keys)
        determining.extend(key for key in keys if not any(columns[index].nullable for index in key))
    functional_dependencies = [(key, everything) for key in determining]
    functional_dependencies.extend(_kept_dependencies(rows, position))
    return tuple(candidate_keys), tuple(functional_dependencies)


def _grouped_positions(ctx: Context, projected: Projected, select: Select) -> frozenset[int] | None:
    """The result columns that GROUP BY groups by, when all of them are selected."""
    keys = projected.grouping.keys
    if len(keys) != len(select.group_by):
        return None
    selected = {expression_key(ctx, item.expr): index for index, item in enumerate(projected.items)}
    found: set[int] = set()
    for key in keys:
        index = selected.get(key)
        if index is None:
            return None
        found.add(index)
    return frozenset(found)


def _positions(columns: Sequence[OutputColumn]) -> dict[ColumnId, int]:
    """Return the result column of each column of a relation: the first, if it is selected twice."""
    position: dict[ColumnId, int] = {}
    for index, column in enumerate(columns):
        if column.source is not None:
            position.setdefault(column.source, index)
    return position


def execution_keys(ctx: Context, projected: Projected) -> tuple[frozenset[int], ...]:
    """Return the keys that hold no combination twice in one execution, and that the server does not use.

    `SELECT number FROM t WHERE shop_id = ?` has the key `number` if `t` has the key (shop_id, number).
    `SELECT a, ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) AS r FROM t` has the key (a, r).
    """
    keys = list(_numbered_keys(ctx, projected))
    if not projected.grouping.grouped:
        keys.extend(_row_keys(projected.rows, _positions(projected.columns), at_execution=True))
    return tuple(keys)


def _numbered_keys(ctx: Context, projected: Projected) -> Iterator[frozenset[int]]:
    """Yield each selected ROW_NUMBER() with the columns that it is partitioned by, if all of them are selected."""
    selected = {expression_key(ctx, item.expr): index for index, item in enumerate(projected.items)}
    for index, item in enumerate(projected.items):
        call = item.expr
        if isinstance(call, Call) and call.name.upper() == "ROW_NUMBER" and call.over is not None:
            partitions = partitions_of(projected.rows.block, call.over)
            keys = [expression_key(ctx, expr) for expr in partitions]
            if all(key is not None and key in selected for key in keys):
                yield frozenset((index, *(selected[key] for key in keys)))


def _row_keys(rows: Filtered, position: dict[ColumnId, int], *, at_execution: bool) -> list[frozenset[int]]:
    """Return the keys of relations that are keys of the result: every other relation has one row beside them."""
    dependencies = FuncDeps(rows, at_prepare=False)
    constant = dependencies.closure(()) if at_execution else set[ColumnId]()
    equal = _selected_equals(rows, dependencies, position) if at_execution else dict[ColumnId, ColumnId]()
    found: list[frozenset[int]] = []
    for relation in rows.namespace.relations:
        if relation.reads:
            continue  # its keys are unique only beside one row to its left
        for unique in (*relation.candidate_keys, *(relation.execution_keys if at_execution else ())):
            columns = {ColumnId(relation.id, index) for index in unique} - constant
            keys = {equal.get(column, column) for column in columns}
            if not all(key in position for key in keys):
                continue
            if _others_are_single(rows, dependencies, relation):
                found.append(frozenset(position[key] for key in keys))
    return found


def _selected_equals(
    rows: Filtered, dependencies: FuncDeps, position: dict[ColumnId, int]
) -> dict[ColumnId, ColumnId]:
    """Return a selected column for each column that it determines, because the two are equal.

    `SELECT t.* FROM t JOIN (SELECT id, MAX(n) AS n FROM t GROUP BY id) m USING (id, n)`: t.id for m.id.
    """
    found: dict[ColumnId, ColumnId] = {}
    for equality in rows.equalities:
        for one, other in ((equality.left, equality.right), (equality.right, equality.left)):
            if one.column is None or other.column is None or other.column not in position:
                continue
            if one.column in dependencies.closure((other.column,)):
                found.setdefault(one.column, other.column)
    return found


def _others_are_single(rows: Filtered, dependencies: FuncDeps, kept: Relation) -> bool:
    """True if every other relation has at most one row beside each row of `kept`."""
    determined = dependencies.closure(ColumnId(kept.id, index) for index in range(len(kept.columns)))
    return all(
        dependencies.is_single(relation, determined)
        for relation in rows.namespace.relations
        if relation is not kept
    )


def _kept_dependencies(rows: Filtered, position: dict[ColumnId, int]) -> list[FunctionalDependency]:
    """Functional dependencies between selected columns of one relation."""
    dependencies = FuncDeps(rows, at_prepare=True)
    found: list[FunctionalDependency] = []
    for relation in rows.namespace.relations:
        for determinants, dependents in relation.functional_dependencies:
            if relation.reads or not dependencies.holds(relation, determinants):
                continue
            keys = [ColumnId(relation.id, index) for index in determinants]
            if all(key in position for key in keys):
                kept = [
                    position[ColumnId(relation.id, index)]
                    for index in dependents
                    if ColumnId(relation.id, index) in position
                ]
                found.append((frozenset(position[key] for key in keys), frozenset(kept)))
    return found
