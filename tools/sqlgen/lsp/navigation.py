"""Definitions, references and the rename of a query, as spans in files."""

import re
from collections.abc import Iterator

from msgspec import Struct

from tools.sqlgen.input.annotations import QUERY_NAME
from tools.sqlgen.ir.names import module_name, snake_case
from tools.sqlgen.lsp.documents import Document, Unit
from tools.sqlgen.lsp.lookup import Name, definition_in_query, mention_at, mentions
from tools.sqlgen.lsp.workspace import SqlWorkspace


class Span(Struct, frozen=True):
    """A part of a file; `text` is the file's whole text."""

    path: str
    text: str
    start: int
    end: int


def definition(workspace: SqlWorkspace, document: Document, unit: Unit, offset: int) -> Span | None:
    """The generated function of a query name; the migration of a table or column; the place of an alias."""
    if unit.source.start <= offset < unit.source.end:
        return _function(workspace, document, unit)
    analysed = unit.analysed
    if analysed is None:
        return None
    local = definition_in_query(analysed, offset - unit.start)
    if local is not None:
        return Span(document.path, document.text, local[0] + unit.start, local[1] + unit.start)
    mention = mention_at(analysed, offset - unit.start)
    return schema_definition(workspace, mention.name) if mention is not None else None


def schema_definition(workspace: SqlWorkspace, name: Name) -> Span | None:
    places = workspace.places
    place = places.column(name.table, name.column) if name.column is not None else places.table(name.table)
    if place is None:
        return None
    return Span(place.path, workspace.project.texts[place.path], place.start, place.end)


def _function(workspace: SqlWorkspace, document: Document, unit: Unit) -> Span | None:
    path = _module_path(workspace, document)
    file = workspace.root / path
    if not file.exists():
        return None
    text = file.read_text(encoding="utf-8")
    name = snake_case(unit.source.name)
    found = re.search(rf"^(?:async )?def ({re.escape(name)})\(", text, re.MULTILINE)
    return Span(path, text, *found.span(1)) if found else None


def _module_path(workspace: SqlWorkspace, document: Document) -> str:
    stem = document.path.rpartition("/")[2].removesuffix(".sql")
    return f"{workspace.config.out}/{module_name(stem)}.py"


def query_of_function(workspace: SqlWorkspace, path: str, text: str, offset: int) -> Span | None:
    """The name of the query whose generated function is named at an offset of a module."""
    word = next((each for each in re.finditer(r"\w+", text) if each.start() <= offset <= each.end()), None)
    if word is None:
        return None
    for document in workspace.documents.values():
        if _module_path(workspace, document) == path:
            for unit in document.units:
                span = name_span(document, unit)
                if span is not None and snake_case(unit.source.name) == word[0]:
                    return Span(document.path, document.text, *span)
    return None


def references(workspace: SqlWorkspace, unit: Unit, offset: int, *, declaration: bool) -> list[Span]:
    """Return every mention of the table or column at an offset, in all query files."""
    analysed = unit.analysed
    target = mention_at(analysed, offset - unit.start) if analysed is not None else None
    if target is None:
        return []
    found = list(_mentions_of(workspace, target.name))
    defined = schema_definition(workspace, target.name) if declaration else None
    return [defined, *found] if defined is not None else found


def _mentions_of(workspace: SqlWorkspace, name: Name) -> Iterator[Span]:
    for path in sorted(workspace.documents):
        document = workspace.documents[path]
        for unit in document.units:
            # A column has the name of its table somewhere; most queries are not analysed for this.
            if name.table.lower() not in unit.query.text.lower() or unit.analysed is None:
                continue
            own = [each for each in mentions(unit.analysed) if each.name.is_same(name)]
            for each in sorted(own, key=lambda each: each.start):
                yield Span(path, document.text, each.start + unit.start, each.end + unit.start)


# --- rename ---


def name_span(document: Document, unit: Unit) -> tuple[int, int] | None:
    """The span of a query's name on its name line."""
    source = unit.source
    if not source.name:
        return None
    found = re.compile(r"name:\s*").search(document.text, source.start, source.end)
    return (found.end(), found.end() + len(source.name)) if found else None


def rename_fault(document: Document, unit: Unit, name: str) -> str | None:
    """Return the reason that a query cannot have that name; None if it can."""
    if not QUERY_NAME.fullmatch(name):
        return f"'{name}' is no name for a query"
    others = {snake_case(each.source.name) for each in document.units if each is not unit}
    return f"this file has a query '{name}' already" if snake_case(name) in others else None
