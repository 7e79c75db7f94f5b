"""The words that the parser treats as aggregates and window functions, beside the table of functions."""

from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax.parser import keywords


def of_kind(kind: str) -> set[str]:
    return {name for name, rule in FUNCTIONS.items() if rule.kind == kind}


def test_the_parser_knows_the_aggregates_of_the_table() -> None:
    """ANY_VALUE has the grammar of an aggregate, and is evaluated as a scalar; MEDIAN aggregates only with OVER."""
    assert keywords.AGGREGATES - {"ANY_VALUE", "MEDIAN"} == of_kind("aggregate")


def test_the_parser_knows_the_window_functions_of_the_table() -> None:
    assert keywords.WINDOW_FUNCTIONS | {"MEDIAN"} == of_kind("window")
