"""The places in the schema files that define tables and columns, after all migrations."""

from collections.abc import Iterable

from msgspec import Struct

from tools.sqlgen.catalog.keys import span_of_name
from tools.sqlgen.diagnostics import SqlError, position
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.ast import (
    AddColumn,
    AlterTable,
    ChangeColumn,
    ColumnDef,
    CreateTable,
    CreateView,
    DropColumn,
    DropTable,
    DropView,
    Node,
    RenameColumn,
    RenameTable,
    RenameTo,
)
from tools.sqlgen.syntax.parser import parse_schema


class Place(Struct, frozen=True):
    """The span of a name in a file."""

    path: str
    start: int
    end: int
    line: int
    """From 1."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class _TablePlaces(Struct):
    place: Place
    columns: dict[str, Place]


class SchemaPlaces:
    """The definition of each table, view and column: the statement that gave it the properties it has now."""

    def __init__(self, files: Iterable[SchemaFile]) -> None:
        self._tables: dict[str, _TablePlaces] = {}
        for file in files:
            for start, end in file.sections:
                for statement in parse_schema(file.text, start, end):
                    if not isinstance(statement, SqlError):
                        self._apply(file, statement)

    def table(self, name: str) -> Place | None:
        found = self._tables.get(name.lower())
        return found.place if found else None

    def column(self, table: str, column: str) -> Place | None:
        """The place of a column's definition; None for a column of a view, and for an unknown name."""
        found = self._tables.get(table.lower())
        return found.columns.get(column.lower()) if found else None

    def _apply(self, file: SchemaFile, statement: Node) -> None:
        match statement:
            case CreateTable() | CreateView():
                self._create(file, statement)
            case AlterTable():
                for action in statement.actions:
                    self._alter(file, statement.table.name, action)
            case RenameTable():
                for old, new in statement.renames:
                    self._rename(old.name, new.name)
            case DropTable(tables=names) | DropView(views=names):
                for name in names:
                    self._tables.pop(name.name.lower(), None)
            case _:
                pass

    def _create(self, file: SchemaFile, statement: CreateTable | CreateView) -> None:
        keeps = isinstance(statement, CreateTable) and statement.if_not_exists
        if keeps and statement.name.lower() in self._tables:
            return
        columns: dict[str, Place] = {}
        if isinstance(statement, CreateTable):
            source = self._tables.get(statement.like.name.lower()) if statement.like else None
            columns.update(source.columns if source else {})
            for element in statement.elements:
                if isinstance(element, ColumnDef):
                    columns[element.name.lower()] = _place(file, element.name, element)
        self._tables[statement.name.lower()] = _TablePlaces(_place(file, statement.name, statement), columns)

    def _alter(self, file: SchemaFile, table: str, action: Node) -> None:
        found = self._tables.get(table.lower())
        if found is None:
            return
        match action:
            case AddColumn():
                found.columns[action.column.name.lower()] = _place(file, action.column.name, action.column)
            case ChangeColumn():
                found.columns.pop(action.old.lower(), None)
                found.columns[action.column.name.lower()] = _place(file, action.column.name, action.column)
            case RenameColumn():
                if place := found.columns.pop(action.old.lower(), None):
                    found.columns[action.new.lower()] = place
            case DropColumn():
                found.columns.pop(action.name.lower(), None)
            case RenameTo():
                self._rename(table, action.name)
            case _:
                pass

    def _rename(self, old: str, new: str) -> None:
        if found := self._tables.pop(old.lower(), None):
            self._tables[new.lower()] = found


def _place(file: SchemaFile, name: str, node: Node) -> Place:
    start, end = span_of_name(file.text, name, node)
    return Place(file.path, start, end, position(file.text, start)[0])
