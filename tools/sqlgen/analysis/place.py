"""The place of an expression: which names it can see there, and which facts hold.

SELECT SUM(a) FROM t WHERE b > 0   ->  b is in "where" of the block; a is in "select", inside an aggregate
"""

from collections.abc import Hashable, Iterator
from typing import Literal

import msgspec
from msgspec import Struct

from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.scope import CommonTableScope, Item, Namespace, OuterJoin, Relation
from tools.sqlgen.syntax.ast import Expr, NamedWindow, Node

Clause = Literal[
    "from", "where", "select", "group", "having", "order", "values", "set", "duplicate", "document"
]
"""`document` is the first argument of JSON_TABLE, `duplicate` the assignments of ON DUPLICATE KEY UPDATE."""

_CLAUSE_NAMES: dict[Clause, str] = {
    "from": "ON",
    "where": "WHERE",
    "select": "the select list",
    "group": "GROUP BY",
    "having": "HAVING",
    "order": "ORDER BY",
    "values": "VALUES",
    "set": "SET",
    "duplicate": "ON DUPLICATE KEY UPDATE",
    "document": "JSON_TABLE",
}


class Environment(Struct, frozen=True, gc=False):
    """The surroundings of a query: the rows, common tables and database that it can name."""

    parent: "Place | None" = None
    """The place of the query in a block whose rows it can read; None if it can read no outer rows."""
    common: CommonTableScope | None = None
    """The innermost common table in reach."""
    schema: str | None = None
    """The database of unqualified table names; None for the catalog's current one."""

    @property
    def optional(self) -> bool:
        """True if the query is a part of a condition that a caller can leave out."""
        return self.parent is not None and self.parent.optional


class Block(Struct, frozen=True, eq=False, gc=False):
    """A query block: one SELECT, UPDATE, DELETE or INSERT, and its names that FROM does not define."""

    node: Node
    """The block in the syntax tree. An aggregate, and a fact about the rows of a block, name it by this node."""
    environment: Environment
    aliases: frozenset[str] = frozenset()
    """The aliases of the select list, folded."""
    windows: dict[str, NamedWindow] = msgspec.field(default_factory=dict[str, NamedWindow])
    """The windows of WINDOW, by folded name."""


class Grouping(Struct, frozen=True, gc=False):
    """The groups of a query block; the default is a block without groups."""

    grouped: bool = False
    """True with GROUP BY."""
    implicit: bool = False
    """True for aggregates without GROUP BY: one group, also of no rows at all."""
    rollup: bool = False
    keys: frozenset[Hashable] = frozenset()
    """The expression keys of `exprs`."""
    exprs: tuple[Expr, ...] = ()
    """The expressions of GROUP BY; an alias or a position is replaced by its expression."""

    @property
    def aggregates(self) -> bool:
        """True if a row of the result is a group."""
        return self.grouped or self.implicit

    @property
    def may_lack_rows(self) -> bool:
        """True if a group may have no rows, or be a total."""
        return self.implicit or self.rollup


class Place(Struct, frozen=True, eq=False, gc=False):
    """A query block as one clause sees it, and the surroundings of the expression in that clause."""

    block: Block
    clause: Clause
    namespace: Namespace
    """The relations in reach; in ON those of the join, for LATERAL those to the left."""
    row_facts: frozenset[Fact] = frozenset()
    """Facts of every row that the clause reads."""
    grouping: Grouping = Grouping()
    items: tuple[Item, ...] = ()
    """The select items that can be named; in the select list those to the left."""
    having_facts: frozenset[Fact] = frozenset()
    """Facts of every row of the result, from HAVING."""
    in_aggregate: bool = False
    in_window: bool = False
    whole_item: bool = False
    """True for an expression that is a whole item of ORDER BY or GROUP BY: it can name a select item first."""
    assumptions: frozenset[Fact] = frozenset()
    """Facts of the branches of CASE and IF around the expression, in this block and the outer ones."""
    optional: bool = False
    """True inside a condition that a caller can leave out."""

    @property
    def outer(self) -> "Place | None":
        """The place of this query block in the block around it; None if it can read no outer rows."""
        return self.block.environment.parent

    def chain(self) -> "Iterator[Place]":
        """Yield the place itself and the outer ones, from the inside out."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.outer

    def null_extends(self, relation: Relation) -> bool:
        """True if an outer join may null-extend the relation."""
        return any(relation.id in each.relations for each in self.outer_joins())

    def outer_joins(self) -> "Iterator[OuterJoin]":
        """Yield the outer joins between the relations in reach."""
        for each in self.chain():
            yield from each.namespace.outer_joins

    @property
    def clause_name(self) -> str:
        """The name of the clause in a finding."""
        return _CLAUSE_NAMES[self.clause]

    @property
    def aggregates_allowed(self) -> bool:
        if self.clause == "order":
            return self.grouping.aggregates
        return self.clause in {"select", "having"}

    @property
    def after_grouping(self) -> bool:
        """True if an expression is evaluated once for each group here, not for each row."""
        return (
            self.grouping.aggregates
            and not self.in_aggregate
            and self.clause in {"select", "having", "order"}
        )

    @property
    def may_lack_rows(self) -> bool:
        """True if the group may have no rows, or be a total: then a fact of each row does not hold for its columns."""
        return self.after_grouping and self.grouping.may_lack_rows

    def assuming(self, facts: set[Fact]) -> "Place":
        """The place of a branch that is only reached if `facts` hold."""
        return msgspec.structs.replace(self, assumptions=self.assumptions | facts)

    def inside_aggregate(self) -> "Place":
        """The place of an aggregate's argument: other rows than the one that the assumptions are about."""
        return msgspec.structs.replace(self, in_aggregate=True, in_window=False, assumptions=frozenset())

    def as_item(self) -> "Place":
        """The place of an expression that is a whole item of ORDER BY or GROUP BY."""
        return msgspec.structs.replace(self, whole_item=True)

    def inside_optional(self) -> "Place":
        """The place of a condition that a caller can leave out."""
        return msgspec.structs.replace(self, optional=True)

    def around_subquery(self) -> Environment:
        """Return the environment of a subquery at this place."""
        around = self.block.environment
        return Environment(self, around.common, around.schema)

    def inside_window(self) -> "Place":
        return msgspec.structs.replace(self, in_window=True)


def place_in(
    block: Block,
    clause: Clause,
    namespace: Namespace,
    row_facts: frozenset[Fact] = frozenset(),
    grouping: Grouping = Grouping(),  # noqa: B008 - frozen
    items: tuple[Item, ...] = (),
    having_facts: frozenset[Fact] = frozenset(),
) -> Place:
    """Return the place of an expression that is a clause, or a part of one."""
    outer = block.environment.parent
    assumptions = outer.assumptions if outer is not None else frozenset[Fact]()
    return Place(
        block,
        clause,
        namespace,
        row_facts,
        grouping,
        items,
        having_facts,
        assumptions=assumptions,
        optional=block.environment.optional,
    )


def proven(fact: Fact, place: Place) -> bool:
    """True if `fact` is known at the place."""
    if fact in place.assumptions:
        return True
    for each in place.chain():
        if fact in each.having_facts and each.clause in {"select", "order"}:
            return True
        if fact in each.row_facts and not each.may_lack_rows:
            return True
    return False


def has_facts(place: Place) -> bool:
    """True if any fact is known that could prove an expression not NULL."""
    return bool(place.assumptions) or any(each.row_facts or each.having_facts for each in place.chain())
