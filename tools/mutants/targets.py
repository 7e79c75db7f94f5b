"""The code that is mutated, and the tests that must notice."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.mutants.mutations import MODULE, functions_of

CHECKOUT = Path(__file__).resolve().parents[2]
ACCEPTED = Path(__file__).with_name("accepted.toml")

PACKAGE = "tools/sqlgen/analysis"
CLAIMS: dict[str, frozenset[str] | None] = {
    "cardinality": None,
    "collations": None,
    "common_tables": frozenset({"_recursive", "_widen", "_widest"}),
    "comparisons": None,
    "consequences": None,
    "created_table": None,
    "dependencies": None,
    "derived_tables": frozenset({"_column_of", "relation_of"}),
    "equalities": None,
    "expression_key": None,
    "expressions.aggregates": frozenset(
        {"<module>", "_aggregate_arguments", "_counted", "_owner", "aggregate_value", "evaluate_aggregate"}
    ),
    "expressions.calls": frozenset({"_result", "_stored_function"}),
    "expressions.coercion": frozenset({"evaluate_branches"}),
    "expressions.conditions": frozenset(
        {
            "evaluate_between",
            "evaluate_exists",
            "evaluate_in",
            "evaluate_is_test",
            "evaluate_like",
            "evaluate_member_of",
            "evaluate_quantified",
            "evaluate_regexp",
        }
    ),
    "expressions.conversions": frozenset({"_may_fail", "evaluate_cast", "evaluate_convert_charset"}),
    "expressions.dates": frozenset(
        {"<module>", "_is_near_now", "_is_small", "_is_written_date", "shift_date"}
    ),
    "expressions.evaluate": frozenset({"_as_proven", "evaluate"}),
    "expressions.operators": frozenset(
        {"_bits", "_boolean", "_comparison", "_is_nonzero", "evaluate_binary", "evaluate_unary"}
    ),
    "expressions.references": frozenset({"_item", "evaluate_column"}),
    "expressions.rows": frozenset(
        {"_compare_items", "_compare_queries", "_compare_with_query", "compare_rows"}
    ),
    "expressions.special_calls": frozenset({"_coalesce", "_if", "_sequence_value"}),
    "expressions.special_forms": frozenset(
        {
            "_reads_empty_group",
            "evaluate_case",
            "evaluate_default",
            "evaluate_optional",
            "evaluate_subquery",
        }
    ),
    "expressions.window_calls": frozenset({"_shifted_row", "_window_nullable"}),
    "expressions.windows": frozenset({"frame_may_be_empty", "frame_of"}),
    "filter": None,
    "from_clause": frozenset({"_join", "_with_condition", "analyse_from"}),
    "from_part": frozenset({"single"}),
    "grouping": None,
    "groups": None,
    "joins": frozenset({"_deciding_columns", "common_columns", "is_always_true", "joined"}),
    "json_shapes": None,
    "json_table": frozenset({"_json_columns"}),
    "limits": frozenset({"limited"}),
    "named_tables": frozenset({"base_table", "named_table"}),
    "pages": None,
    "place": frozenset(
        {
            "Environment.optional",
            "Grouping.aggregates",
            "Grouping.may_lack_rows",
            "Place.after_grouping",
            "Place.aggregates_allowed",
            "Place.assuming",
            "Place.chain",
            "Place.inside_aggregate",
            "Place.inside_window",
            "Place.may_lack_rows",
            "Place.null_extends",
            "Place.outer_joins",
            "has_facts",
            "place_in",
            "proven",
        }
    ),
    "predicates": None,
    "query": frozenset({"_set_operation", "_table_statement", "_values_rows", "_without_parentheses"}),
    "scope": frozenset({"Namespace.has", "Namespace.outer_joins_of", "Namespace.plus", "Relation.find"}),
    "select": frozenset({"_having", "_of_groups", "_projected", "_result"}),
    "select_list": frozenset(
        {
            "_embed",
            "_expanded",
            "_expression",
            "_group",
            "_moved",
            "_only_causes",
            "_output",
            "_star",
            "columns_of",
            "project",
            "whole_table",
        }
    ),
    "set_operations": frozenset({"_merge_arms", "merge_columns"}),
    "statement": frozenset({"_cardinality"}),
    "table_shapes": frozenset(
        {"TableShape.columns_of", "_column", "_column_names", "_mentioned", "_table_shape", "_view_shape"}
    ),
    "views": frozenset({"_created_columns"}),
}
"""Modules of the analysis that make claims about rows: how many, not NULL, unique, determined, one value a group.

Of a module that also does other work, the functions that make the claims, and MODULE for its tables of constants;
None for everything. The defaults of a struct are no such place: a mutation cannot reach them.
"""

OTHERS = frozenset(
    {
        # Names, types, parameters, refusals, and plain data.
        "column_names", "context", "dml.assignments", "dml.clauses", "dml.delete", "dml.insert", "dml.targets",
        "dml.update", "expressions.bits", "expressions.call_arguments", "expressions.fulltext",
        "expressions.operand_checks", "facts", "info", "names", "parameters", "results",
        "unread_common_tables", "values",
        # Types and NULLs of literals, which tests/sqlgen/property compares with a server.
        "expressions.literals",
        # These hand on what the modules above prove.
        "named_orders", "query_block",
    }
)  # fmt: skip
"""The other modules of the analysis; a module that is in neither list is an error."""

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


def faults_of_targets() -> Iterator[str]:
    """Yield each name above that does not exist, and each module of the analysis that is in neither list."""
    folder = CHECKOUT / PACKAGE
    paths = (path.relative_to(folder) for path in folder.rglob("*.py") if path.name != "__init__.py")
    present = {".".join(path.with_suffix("").parts) for path in paths}
    for module in sorted(CLAIMS.keys() | OTHERS):
        if module not in present:
            yield f"targets.py: there is no module {module}"
    for module in sorted(present - CLAIMS.keys() - OTHERS):
        yield f"targets.py: {module} is neither in CLAIMS nor in OTHERS"
    for module, functions in CLAIMS.items():
        if functions is not None and module in present:
            tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
            for name in sorted(functions - functions_of(tree) - {MODULE}):
                yield f"targets.py: {module} has no function {name}"


def path_of(module: str) -> Path:
    return (CHECKOUT / PACKAGE).joinpath(*module.split(".")).with_suffix(".py")


def import_name(module: str) -> str:
    return f"{PACKAGE.replace('/', '.')}.{module}"
