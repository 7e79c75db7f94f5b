"""The number of rows that a SELECT can return, and the candidate keys of its result.

SELECT ... FROM o JOIN c ON c.id = o.customer_id WHERE o.id = ?  ->  at most one: both primary keys are constant
"""

from collections.abc import Iterable, Sequence

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.dependencies import FuncDeps
from tools.sqlgen.analysis.expression_key import column_references, expression_key, is_deterministic
from tools.sqlgen.analysis.scope import Relation, Scope
from tools.sqlgen.analysis.values import ColumnId, OutputColumn
from tools.sqlgen.syntax.ast import Embed, Expr, Select, Star

FunctionalDependency = tuple[frozenset[int], frozenset[int]]


def at_most_one_row(ctx: Context, scope: Scope, select: Select, known: Iterable[ColumnId] = ()) -> bool:
    """True if there is at most one row before LIMIT with each combination of values of `known`."""
    if scope.rollup:
        return False
    dependencies = FuncDeps(scope, at_prepare=False)
    constant = dependencies.closure(known)
    if all(dependencies.is_single(relation, constant) for relation in scope.namespace.relations):
        return True
    if not scope.grouped:
        return select.distinct and _all_constant(ctx, scope, [item.expr for item in select.items], constant)
    understood = len(scope.group_exprs) == len(select.group_by)
    return understood and _all_constant(ctx, scope, scope.group_exprs, constant)


def _all_constant(ctx: Context, scope: Scope, exprs: Iterable[Expr], constant: set[ColumnId]) -> bool:
    for expr in exprs:
        if isinstance(expr, (Star, Embed)) or not is_deterministic(expr):
            return False
        if any(
            ColumnId(relation.id, index) not in constant
            for _, relation, index in column_references(ctx, expr, scope.namespace)
        ):
            return False
    return True


# --- keys of a result ---------------------------------------------------------------------------------


def result_keys(
    ctx: Context, scope: Scope, select: Select, columns: Sequence[OutputColumn]
) -> tuple[tuple[frozenset[int], ...], tuple[FunctionalDependency, ...]]:
    """Columns of the result that hold no combination twice, and those that determine others."""
    if scope.rollup:
        return (), ()
    position = _positions(columns)
    everything = frozenset(range(len(columns)))
    candidate_keys: list[frozenset[int]] = []
    if select.distinct:
        candidate_keys.append(everything)
    if scope.grouped:
        groups = _grouped_positions(ctx, scope, select)
        if groups is not None:
            candidate_keys.append(groups)
    # NULL is one value to DISTINCT and GROUP BY, but a unique key allows any number of NULLs.
    determining = list(candidate_keys)
    if not scope.grouped:
        keys = _row_keys(scope, position, at_execution=False)
        candidate_keys.extend(keys)
        determining.extend(key for key in keys if not any(columns[index].nullable for index in key))
    functional_dependencies = [(key, everything) for key in determining]
    functional_dependencies.extend(_kept_dependencies(scope, position))
    return tuple(candidate_keys), tuple(functional_dependencies)


def _grouped_positions(ctx: Context, scope: Scope, select: Select) -> frozenset[int] | None:
    """The result columns that GROUP BY groups by, when all of them are selected."""
    if len(scope.group_keys) != len(select.group_by):
        return None
    selected = {expression_key(ctx, item.expr): index for index, item in enumerate(scope.items)}
    found: set[int] = set()
    for key in scope.group_keys:
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


def execution_keys(scope: Scope, columns: Sequence[OutputColumn]) -> tuple[frozenset[int], ...]:
    """Return the keys of relations without the columns that are constant: they hold no combination twice.

    `SELECT number FROM t WHERE shop_id = ?` has the key `number` if `t` has the key (shop_id, number).
    """
    if scope.grouped:
        return ()
    position = _positions(columns)
    return tuple(_row_keys(scope, position, at_execution=True))


def _row_keys(scope: Scope, position: dict[ColumnId, int], *, at_execution: bool) -> list[frozenset[int]]:
    """Return the keys of relations that are keys of the result: every other relation has one row beside them."""
    constant = FuncDeps(scope, at_prepare=False).closure(()) if at_execution else set[ColumnId]()
    found: list[frozenset[int]] = []
    for relation in scope.namespace.relations:
        if relation.reads:
            continue  # its keys are unique only beside one row to its left
        for unique in (*relation.candidate_keys, *(relation.execution_keys if at_execution else ())):
            keys = {ColumnId(relation.id, index) for index in unique} - constant
            if not all(key in position for key in keys):
                continue
            if _others_are_single(scope, relation):
                found.append(frozenset(position[key] for key in keys))
    return found


def _others_are_single(scope: Scope, kept: Relation) -> bool:
    """True if every other relation has at most one row beside each row of `kept`."""
    dependencies = FuncDeps(scope, at_prepare=False)
    determined = dependencies.closure(ColumnId(kept.id, index) for index in range(len(kept.columns)))
    return all(
        dependencies.is_single(relation, determined)
        for relation in scope.namespace.relations
        if relation is not kept
    )


def _kept_dependencies(scope: Scope, position: dict[ColumnId, int]) -> list[FunctionalDependency]:
    """Functional dependencies between selected columns of one relation."""
    dependencies = FuncDeps(scope, at_prepare=True)
    found: list[FunctionalDependency] = []
    for relation in scope.namespace.relations:
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
