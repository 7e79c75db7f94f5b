"""The result of a query as a whole."""

from msgspec import Struct

from tools.sqlgen.analysis.values import OutputColumn
from tools.sqlgen.ir.query import EmbedGroup
from tools.sqlgen.types.source_column import SourceColumn


class QueryResult(Struct, frozen=True, gc=False):
    columns: tuple[OutputColumn, ...]
    min_one: bool = False
    """At least one row."""
    max_one: bool = False
    """At most one row."""
    candidate_keys: tuple[frozenset[int], ...] = ()
    """Sets of result columns that hold no combination twice."""
    execution_keys: tuple[frozenset[int], ...] = ()
    """Candidate keys that the values of one execution make: the server does not know them when it prepares."""
    functional_dependencies: tuple[tuple[frozenset[int], frozenset[int]], ...] = ()
    embeds: tuple[EmbedGroup, ...] = ()
    whole_table: SourceColumn | None = None
    valid: bool = True
    """False if the columns could not be computed: findings that depend on them are not reported."""
