"""Lowers one statement: the author's text becomes a template, split at parameters and macros."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.lower.comments import without_comments
from tools.sqlgen.lower.conditions import leading_and, removable_conditions
from tools.sqlgen.lower.keyset import quoted
from tools.sqlgen.lower.template import (
    AfterCursor,
    OptionalCondition,
    OrderBy,
    Part,
    SliceValue,
    Template,
    Text,
    Value,
    flat_parts,
)
from tools.sqlgen.syntax import ast
from tools.sqlgen.syntax.lexer import comment_spans
from tools.sqlgen.syntax.visitor import walk_with_parents

MacroNode: TypeAlias = ast.Param | ast.Embed | ast.Optional | ast.OrderByMacro | ast.AfterMacro


class _Macro(Struct, frozen=True):
    node: MacroNode
    parent: ast.Node | None


class _Replacement(Struct, frozen=True):
    """A part, and the span of the text that it replaces."""

    part: Part
    start: int
    end: int


def lower_statement(text: str, start: int, end: int, statement: ast.Node, query: AnalysedQuery) -> Template:
    """Return the template of text[start:end]. Raises SqlError if a macro is used where it is not allowed."""
    return _Lowering(text, statement, query).span(start, end)


class _Lowering:
    def __init__(self, text: str, statement: ast.Node, query: AnalysedQuery) -> None:
        self.text = text
        self.query = query
        self.parameter_at = {
            use[0]: index for index, parameter in enumerate(query.parameters) for use in parameter.uses
        }
        self.macros = sorted(_macros(statement), key=lambda macro: (macro.node.start, -macro.node.end))
        self.statement = statement
        self.comments = comment_spans(text, statement.start, statement.end)

    @cached_property
    def removable(self) -> frozenset[ast.Expr]:
        return frozenset(removable_conditions(self.statement))

    def span(self, start: int, end: int) -> Template:
        parts: list[Part] = []
        at = start
        for macro in self.macros:
            if at <= macro.node.start < end:
                replacement = self.replacement(macro, at)
                parts += [self.plain(at, replacement.start), replacement.part]
                at = replacement.end
        return tuple(_joined([*parts, self.plain(at, end)]))

    def plain(self, start: int, end: int) -> Text:
        return Text(without_comments(self.text, start, end, self.comments))

    def replacement(self, macro: _Macro, floor: int) -> _Replacement:
        """Return the part for a macro. An AND before it is searched back to `floor`."""
        node = macro.node
        match node:
            case ast.Param():
                index = self.parameter_at[node.start]
                if self.query.parameters[index].is_slice:
                    return self.slice(node, macro.parent, index)
                return _Replacement(Value(index), node.start, node.end)
            case ast.Embed():
                return _Replacement(Text(self.embed_columns(node)), node.start, node.end)
            case ast.OrderByMacro():
                return _Replacement(OrderBy(node.alias), node.start, node.end)
            case ast.AfterMacro():
                lead, start = self.lead(node, floor)
                return _Replacement(AfterCursor(lead, node.alias), start, node.end)
            case ast.Optional():
                lead, start = self.lead(node, floor)
                return _Replacement(self.optional(node, lead), start, node.end)

    def lead(self, node: ast.AfterMacro | ast.Optional, floor: int) -> tuple[str, int]:
        if node not in self.removable:
            macro = "sqlc.after" if isinstance(node, ast.AfterMacro) else "sqlc.optional"
            raise SqlError(
                f"{macro} must be a whole condition of WHERE, ON or HAVING, joined to others with AND",
                node.start, node.end, "what is left out would otherwise change the meaning of the rest",
            )  # fmt: skip
        return leading_and(self.text, node.start, floor, self.comments)

    def optional(self, node: ast.Optional, lead: str) -> OptionalCondition:
        opening = self.text.index("(", node.start)
        if node.flag is None:
            flag = None
            parts = self.span(opening, node.end)
        else:
            flag = self.parameter_at[node.flag.start]
            comma = self.text.rindex(",", opening, node.flag.start)
            parts = tuple(_joined([*self.span(opening, comma), Text(")")]))
        parameters = self.query.parameters
        own = sorted({index for index in _parameters(parts) if parameters[index].optional})
        if flag is None and not own:
            raise SqlError(
                "sqlc.optional has no parameter of its own that could be left out", node.start, node.end,
                "name a parameter that is used here alone, or give a flag: sqlc.optional(condition, :flag)",
            )  # fmt: skip
        return OptionalCondition(lead, parts, tuple(own), flag)

    def slice(self, node: ast.Param, parent: ast.Node | None, index: int) -> _Replacement:
        if not isinstance(parent, ast.In) or not isinstance(parent.items, tuple):
            return _Replacement(SliceValue(index, "argument"), node.start, node.end)
        if len(parent.items) == 1:
            return _Replacement(SliceValue(index, "alone"), node.start, node.end)
        if all(_is_slice(item) for item in parent.items):
            raise SqlError(
                "an IN list of several slices and nothing else", parent.start, parent.end,
                "join the values into one slice, or write a IN (...) OR a IN (...)",
            )  # fmt: skip
        position = parent.items.index(node)
        if all(_is_slice(item) for item in parent.items[:position]):
            comma_end = self.text.index(",", node.end) + 1
            return _Replacement(SliceValue(index, "comma_after"), node.start, comma_end)
        comma_start = self.text.rindex(",", 0, node.start)
        return _Replacement(SliceValue(index, "comma_before"), comma_start, node.end)

    def embed_columns(self, node: ast.Embed) -> str:
        name = node.table.strip("`").lower()
        number = next(i for i, embed in enumerate(self.query.embeds) if embed.table.lower() == name)
        columns = [column for column in self.query.columns if column.embed == number]
        return ", ".join(f"{quoted(node.table)}.{quoted(column.name)}" for column in columns)


def _macros(statement: ast.Node) -> Iterator[_Macro]:
    for node, parent in walk_with_parents(statement):
        if isinstance(node, MacroNode):
            yield _Macro(node, parent)


def _is_slice(item: ast.Expr) -> bool:
    return isinstance(item, ast.Param) and item.kind == "slice"


def _parameters(template: Template) -> Iterator[int]:
    for part in flat_parts(template):
        if isinstance(part, Value | SliceValue):
            yield part.parameter


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts with adjacent texts joined, and without empty texts."""
    pending = ""
    for part in parts:
        if isinstance(part, Text):
            pending += part.sql
            continue
        if pending:
            yield Text(pending)
            pending = ""
        yield part
    if pending:
        yield Text(pending)
