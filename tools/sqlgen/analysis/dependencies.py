"""Functional dependencies between the columns of a query block.

FROM o JOIN c ON c.id = o.customer_id  ->  o.id determines every column of o and of c
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from tools.sqlgen.analysis.comparisons import EXACT, equals_one_value, is_compared_alike
from tools.sqlgen.analysis.facts import Matched, NotNull
from tools.sqlgen.analysis.query_block import Filtered
from tools.sqlgen.analysis.scope import Equality, Relation, RelationColumn, Side
from tools.sqlgen.analysis.values import ColumnId
from tools.sqlgen.types.sql_type import family


class FuncDeps:
    """The dependencies that follow from keys, from relations of one row, and from equalities in WHERE and ON.

    With `at_prepare` they follow MySQL's rules for ONLY_FULL_GROUP_BY: the server checks a grouped query when it
    prepares it. It then does not use the value of a parameter, subquery or NOW(), a key that can be NULL, an
    expression over columns, or a materialized table of one row, but it uses generated columns and the keys of
    derived tables.
    """

    def __init__(self, rows: Filtered, *, at_prepare: bool) -> None:
        self._rows = rows
        self._at_prepare = at_prepare
        self._relations = {relation.id: relation for relation in rows.namespace.relations}
        self._outer_joins = {ident: rows.namespace.outer_joins_of(ident) for ident in self._relations}

    def closure(self, columns: Iterable[ColumnId]) -> set[ColumnId]:
        """Return the columns that have one value for each combination of `columns`."""
        known = {column for column in columns if self._is_fixed(column)}
        size = -1
        while len(known) > size:
            size = len(known)
            for relation in self._rows.namespace.relations:
                known.update(filter(self._is_fixed, self._of_relation(relation, known)))
            for equality in self._rows.equalities:
                known.update(filter(self._is_fixed, self._of_equality(equality, known)))
        return known

    def is_single(self, relation: Relation, known: AbstractSet[ColumnId]) -> bool:
        """True if the relation has at most one row beside each row of the others with these values of `known`."""
        return relation.max_one or self._has_known_key(relation, known)

    def are_same(self, columns: Iterable[ColumnId], known: AbstractSet[ColumnId]) -> bool:
        """True if each of the columns is known, and always the same: 'a' and 'A' may be equal, but are not the same."""
        return all(column in known and self._is_same(column, known) for column in columns)

    def _is_same(self, column: ColumnId, known: AbstractSet[ColumnId]) -> bool:
        if self._at_prepare or family(self._column(column).type) in EXACT:
            return True
        return self._has_one_row(self._relations[column.relation], known)

    def _column(self, column: ColumnId) -> RelationColumn:
        return self._relations[column.relation].columns[column.index]

    def _is_fixed(self, column: ColumnId) -> bool:
        """True if the column has one value in one row. The server does not exclude volatile columns."""
        return self._at_prepare or not self._column(column).volatile

    # --- relations

    def _of_relation(self, relation: Relation, known: AbstractSet[ColumnId]) -> Iterator[ColumnId]:
        if self._has_one_row(relation, known):
            yield from (ColumnId(relation.id, index) for index in range(len(relation.columns)))
        elif self._at_prepare:
            for determinants, dependents in relation.functional_dependencies:
                if all(ColumnId(relation.id, index) in known for index in determinants) and self.holds(
                    relation, determinants
                ):
                    yield from (ColumnId(relation.id, index) for index in dependents)

    def _has_one_row(self, relation: Relation, known: AbstractSet[ColumnId]) -> bool:
        return self._has_known_key(relation, known) or self._is_constant(relation, known)

    def _has_known_key(self, relation: Relation, known: AbstractSet[ColumnId]) -> bool:
        keys = [*relation.candidate_keys, *(() if self._at_prepare else relation.execution_keys)]
        return self.are_same(relation.reads, known) and any(
            all(self._is_known(relation, index, known) for index in key) for key in keys
        )

    def _is_known(self, relation: Relation, index: int, known: AbstractSet[ColumnId]) -> bool:
        column = ColumnId(relation.id, index)
        if column not in known:
            return False
        # NULLs of an outer join inside the relation are in one row: beside several, the column is in no key.
        nullable = relation.columns[index].nullable
        return not self._at_prepare or not nullable or NotNull(column) in self._rows.facts

    def _is_constant(self, relation: Relation, known: AbstractSet[ColumnId]) -> bool:
        """True if the relation has the same row, or the same NULLs, beside all rows with these values of `known`."""
        if not relation.max_one or (self._at_prepare and not relation.keeps_names):
            return False
        return self.are_same(relation.reads, known) and self._is_decided(relation, known)

    # --- outer joins

    def holds(self, relation: Relation, determinants: Iterable[int]) -> bool:
        """True if a dependency inside the relation also holds beside the NULLs of the outer joins around it.

        A row that matches must differ from the NULLs in a determinant. The server excludes generated columns.
        """
        if all(Matched(each.id) in self._rows.facts for each in self._outer_joins[relation.id]):
            return True
        is_table = relation.table is not None and not relation.table.is_view
        if is_table and frozenset(determinants) not in relation.candidate_keys:
            return False
        return any(not relation.columns[index].nullable for index in determinants)

    def _is_decided(
        self, relation: Relation, known: AbstractSet[ColumnId], beside: Relation | None = None
    ) -> bool:
        """True if `known` decides whether each outer join matched that may null-extend the relation.

        An outer join that also null-extends `beside` is decided by the value of that.
        """
        return all(
            Matched(outer_join.id) in self._rows.facts
            or (beside is not None and beside.id in outer_join.relations)
            or (outer_join.deciding is not None and self.are_same(outer_join.deciding, known))
            for outer_join in self._outer_joins[relation.id]
        )

    # --- equalities

    def _of_equality(self, equality: Equality, known: AbstractSet[ColumnId]) -> Iterator[ColumnId]:
        for one, other in ((equality.left, equality.right), (equality.right, equality.left)):
            if one.column is None:
                continue
            if equality.restricted is not None and one.column.relation not in equality.restricted:
                continue
            beside = self._relations[other.column.relation] if other.column is not None else None
            if self._determines(one, other, known) and self._is_decided(
                self._relations[one.column.relation], known, beside
            ):
                yield one.column

    def _determines(self, one: Side, other: Side, known: AbstractSet[ColumnId]) -> bool:
        if not other.deterministic or not other.depends <= known:
            return False
        if self._at_prepare:
            return other.foreseeable and (other.column is not None or not other.depends)
        if not equals_one_value(one, other):
            return False
        alike = other.column is not None and is_compared_alike(one.type, other.type)
        return alike or self.are_same(other.depends, known)
