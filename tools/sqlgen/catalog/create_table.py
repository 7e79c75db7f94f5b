"""CREATE TABLE -> a table of the catalog."""

from collections.abc import Callable

import msgspec

from tools.sqlgen.catalog import Catalog, Column, Table, column_of_result
from tools.sqlgen.catalog.alter import TableChange
from tools.sqlgen.catalog.keys import span_of_name
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.ast import CheckDef, ColumnDef, CreateTable, ForeignKeyDef, KeyDef, TableName


class TableBuilder:
    """Builds the table of one CREATE TABLE; a wrong column or key is reported and left out."""

    def __init__(
        self,
        catalog: Catalog,
        schema: str | None,
        statement: CreateTable,
        file: SchemaFile,
        report: Callable[[SqlError], None],
        find: Callable[[TableName], Table],
    ) -> None:
        self._catalog = catalog
        self._statement = statement
        self._file = file
        self._report = report
        self._find = find
        self._table = Table(catalog, schema, statement.name)

    def build(self) -> Table:
        """Build the table. Raises SqlError if there is none: a wrong query, LIKE with an unknown table."""
        statement = self._statement
        if statement.like is not None:
            return self._copy(self._find(statement.like), statement.like)
        self._table.comment = statement.comment
        self._table.charset = statement.charset
        self._table.collation = statement.collation
        self._table.partitioned = statement.partitioned
        self._table.engine = statement.engine or "INNODB"
        selected = self._selected_columns()
        change = TableChange(self._table, self._file.text)
        # All columns first: a key may be written before the column it names.
        for element in statement.elements:
            if isinstance(element, ColumnDef):
                self._try(change.add_column, element)
        self._merge(selected)
        if statement.hidden_period:
            change.add_hidden_period()
        for element in statement.elements:
            if isinstance(element, KeyDef):
                self._try(change.add_key, element)
            elif isinstance(element, CheckDef):
                self._try(change.add_check, element)
        self._check_primary_key()
        self._add_foreign_keys(change)
        return self._table

    def _add_foreign_keys(self, change: TableChange) -> None:
        """Add them last: they make an index only where no key serves them."""
        for element in self._statement.elements:
            if isinstance(element, ForeignKeyDef):
                self._try(change.add_foreign_key, element)
            elif isinstance(element, ColumnDef) and element.references is not None:
                self._try(change.add_foreign_key, element.references)

    def _try(self, rule: Callable[..., None], element: object) -> None:
        try:
            rule(element)
        except SqlError as error:
            self._report(error)

    def _check_primary_key(self) -> None:
        """Report a column of PRIMARY KEY (...) that is declared NULL."""
        primary = self._table.primary_key
        members = primary.columns if primary is not None else ()
        for element in self._statement.elements:
            if (
                isinstance(element, ColumnDef)
                and element.nullable
                and element.name in members
                and not element.primary
            ):
                message = f"column '{element.name}' of the primary key cannot be NULL"
                self._report(SqlError(message, *span_of_name(self._file.text, element.name, element)))

    def _copy(self, source: Table, name: TableName) -> Table:
        """A table LIKE another: its columns and keys, not its foreign keys."""
        if source.is_view:
            raise SqlError(f"'{source.name}' is a view, not a table", name.start, name.end)
        table = self._table
        table.columns = list(source.columns)
        table.keys = list(source.keys)
        table.checks = list(source.checks)
        table.comment, table.charset, table.collation = source.comment, source.charset, source.collation
        table.partitioned, table.engine = source.partitioned, source.engine
        return table

    def _selected_columns(self) -> list[Column]:
        query = self._statement.query
        if query is None:
            return []
        results = self._catalog.snapshot().created_columns(query, self._file.text, self._table.schema)
        columns = [column_of_result(each) for each in results]
        return [
            msgspec.structs.replace(
                each,
                type=msgspec.structs.replace(each.type, is_misformatted=False),
                source_column=None,
            )
            for each in columns
        ]

    def _merge(self, selected: list[Column]) -> None:
        """Append the selected columns; the definition determines the type of a column that is in both."""
        names = {column.name.lower() for column in selected}
        own = {column.name.lower(): column for column in self._table.columns}
        if selected:
            first = [column for name, column in own.items() if name not in names]
            self._table.columns = first + [own.get(each.name.lower(), each) for each in selected]
