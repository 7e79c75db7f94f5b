"""Completion: tables, columns in scope, functions, macros, commands and annotations.

The text at the cursor is seldom a statement yet. A placeholder in place of the word makes it one most of the time;
if it does not, the tables are those that the tokens after FROM and JOIN name.
"""

import re
from collections.abc import Iterable, Iterator

from lsprotocol.types import CompletionItem, CompletionItemKind, CompletionList, InsertTextFormat
from msgspec import Struct

from tools.sqlgen.analysis.query_block import Projected
from tools.sqlgen.analysis.scope import Relation
from tools.sqlgen.catalog import Catalog, Table
from tools.sqlgen.explain.query import Explainer
from tools.sqlgen.explain.reason import type_text
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.input.query_files import COMMANDS, QuerySource, read_queries
from tools.sqlgen.lsp.signatures import MACROS, signature_of
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax.ast import Param
from tools.sqlgen.types.sql_type import SqlType

_WORD = re.compile(r"[A-Za-z0-9_$]*\Z")
_PLACEHOLDER = "sqlgen_here"
_TABLE_FOLLOWS = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+[A-Za-z0-9_$`]*\Z", re.IGNORECASE)
_QUALIFIER = re.compile(r"`?([A-Za-z0-9_$]+)`?\.[A-Za-z0-9_$]*\Z")
_NAMED = re.compile(r"(?<![:\w]):[A-Za-z0-9_]*\Z")
_COMMAND_FOLLOWS = re.compile(r"name:\s*\S+\s+:?[a-z]*\Z")
_COMMENT_LINE = re.compile(r"^\s*(?:--|#)\s*(.*)\Z", re.DOTALL)
_ANNOTATIONS = {
    "name: ": "The name and the command of the query: `name: get_order :one`.",
    "order: ": "An order that the query allows: `order: newest created_at DESC, id DESC`.",
    "row: ": "The name of the row's Struct, shared by the queries that name it.",
    "explain-ok: ": "Why a plan may be as it is: `explain-ok: filesort: twenty rows at most`.",
}


_NAMES = frozenset(
    {
        CompletionItemKind.Field, CompletionItemKind.Interface, CompletionItemKind.Module, CompletionItemKind.Struct,
    }
)  # fmt: skip
"""The kinds of columns, tables and aliases, which can be quoted with backticks."""


class Column(Struct, frozen=True):
    name: str
    type: SqlType
    nullable: bool
    table: str


class Sources(Struct, frozen=True):
    """The names that the statement around the cursor can use."""

    columns: dict[str, list[Column]]
    """By the name of the table in the query."""
    common_tables: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def complete(text: str, offset: int, catalog: Catalog, explainer: Explainer) -> CompletionList:
    """The completions at an offset of one chunk of a file.

    Functions are offered by their first letters. Before the first letter the list is incomplete, so that the editor
    asks again.
    """
    word = _WORD.search(text, 0, offset)
    prefix = word.group() if word else ""
    unquoted = _without_backticks(text, offset - len(prefix), offset)
    if unquoted is not None:
        items = _items(unquoted, offset - 1, prefix, catalog, explainer)
        return CompletionList(is_incomplete=False, items=[each for each in items if each.kind in _NAMES])
    return CompletionList(is_incomplete=not prefix, items=_items(text, offset, prefix, catalog, explainer))


def _without_backticks(text: str, start: int, offset: int) -> str | None:
    """The text with a quoted name as a bare one; None if the name that begins at `start` is not quoted.

    The closing quote is often missing: without this, the rest of the statement is in the name.
    """
    if text[start - 1 : start] != "`" or text.count("`", 0, start) % 2 == 0:
        return None
    end = offset
    while end < len(text) and (text[end].isalnum() or text[end] in "_$"):
        end += 1
    return text[: start - 1] + text[start:end] + text[end:].removeprefix("`")


def _items(
    text: str, offset: int, prefix: str, catalog: Catalog, explainer: Explainer
) -> list[CompletionItem]:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    if comment := _COMMENT_LINE.match(line):
        return list(_in_comment(comment[1]))
    before = text[:offset]
    qualifier = _QUALIFIER.search(before)
    if qualifier is not None and qualifier[1].lower() == "sqlc":
        return list(_macros(""))
    sources = _sources(text, offset, catalog, explainer)
    if qualifier is not None:
        wanted = qualifier[1].lower()
        return [
            _column_item(column)
            for name, columns in sources.columns.items()
            if name.lower() == wanted
            for column in columns
        ]
    if _TABLE_FOLLOWS.search(before):
        return [*_tables(catalog), *_common(sources.common_tables)]
    if _NAMED.search(before):
        return [CompletionItem(name, kind=CompletionItemKind.Variable) for name in sources.parameters]
    columns = [column for each in sources.columns.values() for column in each]
    return [
        *map(_column_item, columns),
        *(
            CompletionItem(name, kind=CompletionItemKind.Module, sort_text=f"1{name}")
            for name in sources.columns
        ),
        *_functions(prefix.upper()),
        *_macros("sqlc."),
    ]


# --- what the statement can name ---


def _sources(text: str, offset: int, catalog: Catalog, explainer: Explainer) -> Sources:
    found = _WORD.search(text, 0, offset)
    start = found.start() if found else offset
    end = offset
    while end < len(text) and (text[end].isalnum() or text[end] in "_$"):
        end += 1
    patched = f"{text[:start]}{_PLACEHOLDER}{text[end:]}"
    source = next((each for each in read_queries(patched) if each.sql_end > start), None)
    analysed = explainer.analyse(patched, source) if source is not None else None
    if source is None or analysed is None:
        return Sources(dict(_named_tables(patched, source, catalog)))
    select = analysed.select_at(start)
    relations = list(_in_reach(select)) or [
        relation for relation in analysed.ctx.info.relations.values() if relation.table is not None
    ]
    columns = {
        relation.name: [Column(each.name, each.type, each.nullable, relation.name) for each in relation.columns
                        if not each.name.startswith(_PLACEHOLDER)]
        for relation in relations
    }  # fmt: skip
    parameters = {node.name for node in analysed.parents if isinstance(node, Param) and node.name}
    return Sources(columns, tuple(_common_names(select)), tuple(sorted(parameters - {_PLACEHOLDER})))


def _in_reach(select: Projected | None) -> Iterator[Relation]:
    if select is not None:
        for place in select.place("select").chain():
            yield from place.namespace.relations


def _common_names(select: Projected | None) -> Iterator[str]:
    common = select.rows.block.environment.common if select is not None else None
    while common is not None:
        yield common.node.name
        common = common.parent


def _named_tables(
    text: str, source: QuerySource | None, catalog: Catalog
) -> Iterator[tuple[str, list[Column]]]:
    """The tables after FROM, JOIN, UPDATE, INTO and commas, from the tokens: for a text that cannot be parsed."""
    if source is None:
        return
    tokens = lexer.tokenize(text, source.sql_start, source.sql_end)
    for index, token in enumerate(tokens[:-1]):
        if token.word not in {"FROM", "JOIN", "UPDATE", "INTO", ","}:
            continue
        table = _table_at(text, tokens, index + 1, catalog)
        if table is not None:
            alias = _alias_at(text, tokens, index + 2) or table.name
            yield alias, [Column(each.name, each.type, each.nullable, alias) for each in table.columns]


def _table_at(text: str, tokens: list[lexer.Token], index: int, catalog: Catalog) -> Table | None:
    token = tokens[index]
    if token.kind not in {lexer.WORD, lexer.QUOTED}:
        return None
    return catalog.table(text[token.start : token.end].strip("`"))


def _alias_at(text: str, tokens: list[lexer.Token], index: int) -> str | None:
    if index < len(tokens) and tokens[index].word == "AS":
        index += 1
    if index >= len(tokens) or tokens[index].kind not in {lexer.WORD, lexer.QUOTED}:
        return None
    word = tokens[index]
    if word.word in {"JOIN", "LEFT", "RIGHT", "INNER", "CROSS", "ON", "USING", "WHERE", "SET", "GROUP", "ORDER",
                     "LIMIT", "HAVING", "VALUES", "SELECT", "STRAIGHT_JOIN", "NATURAL"}:  # fmt: skip
        return None
    return text[word.start : word.end].strip("`")


# --- items ---


def _in_comment(comment: str) -> Iterator[CompletionItem]:
    if _COMMAND_FOLLOWS.match(comment):
        yield from (CompletionItem(each, kind=CompletionItemKind.Keyword) for each in COMMANDS)
    elif ":" not in comment:
        for label, doc in _ANNOTATIONS.items():
            yield CompletionItem(label, kind=CompletionItemKind.Keyword, documentation=doc)


def _column_item(column: Column) -> CompletionItem:
    null = "" if column.nullable else " NOT NULL"
    return CompletionItem(
        column.name,
        kind=CompletionItemKind.Field,
        detail=f"{type_text(column.type)}{null} ({column.table})",
        sort_text=f"0{column.name}",
    )


def _tables(catalog: Catalog) -> Iterator[CompletionItem]:
    for table in catalog.tables():
        kind = CompletionItemKind.Interface if table.is_view else CompletionItemKind.Struct
        yield CompletionItem(
            table.name, kind=kind, detail=table.comment or ("view" if table.is_view else "table")
        )


def _common(names: Iterable[str]) -> Iterator[CompletionItem]:
    return (CompletionItem(name, kind=CompletionItemKind.Struct, detail="common table") for name in names)


def _functions(prefix: str) -> Iterator[CompletionItem]:
    for name in (each for each in FUNCTIONS if prefix and each.startswith(prefix)):
        signature = signature_of(name)
        label = signature.label if signature else name
        yield CompletionItem(name, kind=CompletionItemKind.Function, detail=label, sort_text=f"2{name}")


def _macros(prefix: str) -> Iterator[CompletionItem]:
    for name, (parameters, doc) in MACROS.items():
        yield CompletionItem(
            f"{prefix}{name}",
            kind=CompletionItemKind.Snippet,
            detail=f"sqlc.{name}({', '.join(parameters)})",
            documentation=doc,
            insert_text=f"{prefix}{name}",
            insert_text_format=InsertTextFormat.PlainText,
            sort_text=f"2{name}",
        )
