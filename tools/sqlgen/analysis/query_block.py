"""A query block as values, one for each step of its analysis, which the next step takes.

FROM t JOIN u ON ...   ->  FromScope: the names in reach, and what the joins prove
WHERE u.a > 0          ->  Filtered: what WHERE proves too
GROUP BY t.id          ->  Grouping (place.py): the groups
SELECT ... HAVING ...  ->  Projected: the columns of the result, and what HAVING proves
"""

from msgspec import Struct

from tools.sqlgen.analysis.facts import Fact
from tools.sqlgen.analysis.place import Block, Clause, Grouping, Place, place_in
from tools.sqlgen.analysis.scope import Equality, Item, Namespace
from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.ir.query import EmbedGroup


class FromScope(Struct, frozen=True, eq=False, gc=False):
    """The rows of FROM."""

    block: Block
    namespace: Namespace
    facts: frozenset[Fact] = frozenset()
    """Facts of each row, with their consequences."""
    equalities: tuple[Equality, ...] = ()
    """The equalities that each row meets, or each row in which an outer join matched."""
    min_one: bool = False
    """True if there is at least one row."""

    def place(self, clause: Clause) -> Place:
        """Return the place of an expression that reads each row."""
        return place_in(self.block, clause, self.namespace, self.facts)


class Filtered(FromScope, frozen=True, eq=False, gc=False):
    """The rows of FROM for which WHERE is true."""


class Projected(Struct, frozen=True, eq=False, gc=False):
    """The rows of the result, before DISTINCT and LIMIT."""

    rows: Filtered
    grouping: Grouping
    having_facts: frozenset[Fact]
    """Facts of each row, from HAVING."""
    columns: tuple[OutputColumn, ...]
    items: tuple[Item, ...]
    """The columns as later clauses can name them."""
    embeds: tuple[EmbedGroup, ...]
    complete: bool
    """False if the columns of a star or an embed are unknown."""

    @property
    def namespace(self) -> Namespace:
        return self.rows.namespace

    def place(self, clause: Clause) -> Place:
        """Return the place of an expression that reads the rows of the result."""
        rows = self.rows
        return place_in(
            rows.block, clause, rows.namespace, rows.facts, self.grouping, self.items, self.having_facts
        )
