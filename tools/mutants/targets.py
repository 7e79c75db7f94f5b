"""The code that is mutated, and the tests that must notice."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
ACCEPTED = Path(__file__).with_name("accepted.toml")

PACKAGE = "tools/sqlgen/analysis"
CLAIMS: dict[str, frozenset[str] | None] = {
    "cardinality": None,
    "collations": None,
    "common_tables": frozenset({"_recursive", "_widen", "_widest"}),
    "comparisons": None,
    "consequences": None,
    "dependencies": None,
    "derived_tables": frozenset({"_column_of", "relation_of"}),
    "equalities": None,
    "expression_key": None,
    "filter": None,
    "grouping": None,
    "groups": frozenset({"_aggregates", "_grouped_by", "grouping_of"}),
    "joins": frozenset({"common_columns", "is_always_true", "joined"}),
    "json_table": frozenset({"_json_columns"}),
    "limits": frozenset({"limited"}),
    "named_tables": frozenset({"base_table", "named_table"}),
    "pages": None,
    "predicates": None,
    "query": frozenset({"_values_rows"}),
    "select": frozenset({"_having", "_of_groups", "_projected", "_result"}),
    "set_operations": frozenset({"_merge_arms", "merge_columns"}),
    "table_shapes": frozenset(
        {"TableShape.columns_of", "_column", "_column_names", "_mentioned", "_table_shape", "_view_shape"}
    ),
}
"""Modules of the analysis that make claims about rows: how many, not NULL, unique, determined, one value a group.

Of a module that also does other work, the functions that make the claims; None for all functions.
"""

CACHED = frozenset({"table_shapes"})
"""Modules whose results are kept for a catalog: a test depends on them without a call, so that every test runs."""

TESTS = (
    "tests/sqlgen/analysis",
    "tests/sqlgen/catalog/test_views.py",
    "tests/sqlgen/corpus/test_compiler_is_right.py",
    "tests/sqlgen/refusals/test_statements.py",
    "tests/sqlgen/property/test_claims_hold_on_executed_joins.py",
)
"""Tests of these claims that need no server."""


def path_of(module: str) -> Path:
    return CHECKOUT / PACKAGE / f"{module}.py"


def import_name(module: str) -> str:
    return f"{PACKAGE.replace('/', '.')}.{module}"
