"""Pieces of Python source."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from tools.sqlgen.diagnostics import Diagnostic, render
from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.text import Hole, docstring, filled, literal, sql_literal

SQL_TEXT = st.text(st.sampled_from("aA1 %?'\"\\\n\t\r\x00\x7f\u2028é🙂{}`"), max_size=40)


@given(SQL_TEXT)
def test_a_literal_means_the_text_it_was_made_of(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@given(st.lists(SQL_TEXT | st.just(Hole("hole")), max_size=5))
def test_an_f_string_means_its_text_with_the_holes_filled(pieces: list[str | Hole]) -> None:
    found = eval(sql_literal(pieces), {"hole": "<{%}>"})
    assert found == "".join("<{%}>" if isinstance(piece, Hole) else piece for piece in pieces)


@given(st.lists(st.text("ab", min_size=1, max_size=60), min_size=1, max_size=30), st.integers(0, 12))
def test_a_call_is_filled_into_lines_that_are_short_and_hold_every_argument(
    names: list[str], indent: int
) -> None:
    lines = filled("f(", names, ")", indent)
    [call] = ast.parse("\n".join(lines)).body
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert [ast.unparse(argument) for argument in call.value.args] == names
    assert len(lines) == 1 or all(indent + len(line) <= 110 for line in lines)


@given(st.lists(SQL_TEXT.filter(lambda line: not set("\n\r\x00") & set(line)), min_size=1, max_size=4))
def test_every_comment_can_be_a_docstring(lines: list[str]) -> None:
    source = f"def f():\n{docstring(lines)}    return 1\n"
    tree = ast.parse(source)
    assert isinstance(tree.body[0], ast.FunctionDef)


def test_an_import_gives_way_to_what_the_module_names_itself() -> None:
    namespace = ModuleNamespace(["date", "int"])
    assert namespace.ref("datetime", "date") == "date_"
    assert namespace.ref("", "int") == "int_"
    assert namespace.ref("", "str") == "str"
    assert namespace.define("date_") == "date__2"
    assert namespace.imports() == "from builtins import int as int_\nfrom datetime import date as date_"


def test_a_diagnostic_shows_place_line_caret_and_hint() -> None:
    text = "SELECT 1;\n\tWHERE o.custmer_id = ?\n"
    start = text.index("o.cust")
    diagnostic = Diagnostic(
        "sql/o.sql", start, start + 12, "unknown column", hint="did you mean 'customer_id'?"
    )
    assert render(diagnostic, text).splitlines() == [
        "sql/o.sql:2:8: error: unknown column",
        "    2 | \tWHERE o.custmer_id = ?",
        "      | \t      ^^^^^^^^^^^^",
        "hint: did you mean 'customer_id'?",
    ]


def test_a_caret_stays_on_its_line_and_an_empty_file_has_none() -> None:
    text = "SELECT (\n1);"
    assert render(Diagnostic("a.sql", 7, 12, "m"), text).splitlines()[-1] == "      |        ^"
    assert render(Diagnostic("a.sql", 0, 0, "m"), "") == "a.sql:1:1: error: m"
