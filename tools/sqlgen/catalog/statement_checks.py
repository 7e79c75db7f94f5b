"""Checks of applied statements: options, columns, names, constraints, and what other tables refer to."""

from collections.abc import Callable, Iterable, Iterator

from tools.sqlgen.catalog import Catalog, Table
from tools.sqlgen.catalog.column_rules import charset_faults, column_faults
from tools.sqlgen.catalog.keys import span_of_name
from tools.sqlgen.catalog.session import Session
from tools.sqlgen.catalog.table_rules import refers, table_faults
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax.ast import (
    AddColumn,
    AlterTable,
    ChangeColumn,
    ColumnDef,
    CreateTable,
    CreateView,
    DropColumn,
    Node,
    RenameColumn,
    TableName,
)
from tools.sqlgen.syntax.server import MARIADB_HINT

_MOST_NAME = 64
"""The length of a name, in characters."""
_ENGINES = frozenset(
    ("ARCHIVE", "BLACKHOLE", "CSV", "EXAMPLE", "FEDERATED", "HEAP", "INNODB", "MEMORY", "MERGE", "MRG_MYISAM", "MYISAM",
     "NDB", "NDBCLUSTER")
)  # fmt: skip


def _is_added(name: str, statement: AlterTable) -> bool:
    folded = name.lower()
    return any(
        isinstance(each, AddColumn) and each.column.name.lower() == folded for each in statement.actions
    )


class StatementChecks:
    """The checks of one file; findings go to `report`."""

    def __init__(
        self, catalog: Catalog, text: str, session: Session, report: Callable[[SqlError], None]
    ) -> None:
        self._catalog = catalog
        self._text = text
        self._session = session
        self._report = report

    def name_span(self, statement: CreateTable | CreateView) -> tuple[int, int]:
        """The span of the name of the created table or view."""
        return span_of_name(self._text, statement.name, statement)

    def options(self, statement: CreateTable) -> None:
        """Report an unknown storage engine, character set or collation."""
        if self._catalog.server == "mariadb":
            return
        faults = list(charset_faults(statement.charset, statement.collation))
        if statement.engine is not None and statement.engine not in _ENGINES:
            faults.append(f"unknown storage engine '{statement.engine}'")
        for fault in faults:
            self._report(SqlError(fault, *self.name_span(statement)))

    def columns(self, table: Table, columns: Iterable[ColumnDef]) -> None:
        """Report what MySQL refuses in column definitions."""
        if self._catalog.server == "mariadb":
            return
        for column in columns:
            span = span_of_name(self._text, column.name, column)
            for fault in column_faults(column, table.charset, table.collation, strict=self._session.strict):
                self._report(SqlError(f"column '{column.name}': {fault}", *span))

    def table(self, table: Table, statement: Node) -> None:
        """Report what MySQL refuses in a table after a statement, each fault once."""
        session = self._session
        if self._catalog.server == "mariadb" or table.engine != "INNODB" or table.is_view:
            return
        for message, name in table_faults(
            table, self._referenced, checks_foreign_keys=session.foreign_key_checks
        ):
            if (table, message) not in session.reported:
                session.reported.add((table, message))
                self._report(SqlError(message, *span_of_name(self._text, name, statement)))

    def children(self, parent: Table, statement: Node) -> None:
        """Report foreign keys of other tables that a change of their parent breaks."""
        for table in list(self._catalog.tables()):
            if table is not parent and any(
                key.parent_table.lower() == parent.name.lower()
                and (key.parent_schema or "") == (parent.schema or "")
                for key in table.foreign_keys
            ):
                self.table(table, statement)

    def names(self, table: Table, statement: CreateTable) -> None:
        """Report names that are too long, constraint names that the database has already."""
        written = [each.name for each in statement.elements if isinstance(each, ColumnDef)]
        for name in (statement.name, *written):
            if not name or name.endswith(" ") or len(name) > _MOST_NAME:
                message = f"'{name}' is no name: at most {_MOST_NAME} characters, and no blank at the end"
                self._report(SqlError(message, *span_of_name(self._text, name, statement)))
        self.constraints(table, statement)

    def constraints(self, table: Table, statement: Node) -> None:
        """Report constraint names that the database has already, each once."""
        if self._catalog.server == "mariadb":
            return
        database = self._catalog.databases[(table.schema or "").lower()]
        for kind in ("checks", "foreign_keys"):
            seen: set[str] = set()
            for other in database.tables.values():
                for constraint in getattr(other, kind):
                    name = constraint.name
                    if name is None:
                        continue
                    if name.lower() in seen and (table, f"{kind} {name}") not in self._session.reported:
                        self._session.reported.add((table, f"{kind} {name}"))
                        what = "CHECK" if kind == "checks" else "foreign key"
                        span = span_of_name(self._text, name, statement)
                        self._report(SqlError(f"there is a {what} named '{name}' already", *span))
                    seen.add(name.lower())

    def _referenced(self, name: str, schema: str | None) -> Table | None:
        return self._catalog.table(name, schema) if schema is not None else self._catalog.table(name)

    def not_referenced(self, table: Table, name: TableName, dropped: tuple[TableName, ...]) -> None:
        """Report the drop of a table that a foreign key of another table refers to."""
        if not self._session.foreign_key_checks:
            return
        gone = {each.name.lower() for each in dropped}
        for other in self._catalog.tables():
            if other.is_view or other.name.lower() in gone or other is table:
                continue
            for key in other.foreign_keys:
                if refers(key, table):
                    message = f"table '{table.name}' is referred to by a foreign key of '{other.name}'"
                    self._report(SqlError(message, name.start, name.end, "drop the foreign key first"))
                    return

    def actions(self, table: Table, statement: AlterTable) -> None:
        """Report actions of one ALTER that MySQL does not take together: it looks all columns up before the first."""
        if self._catalog.server == "mariadb":
            return
        known = {column.name.lower() for column in table.columns}
        for action in statement.actions:
            name = (
                action.old
                if isinstance(action, (ChangeColumn, RenameColumn))
                else action.name
                if isinstance(action, DropColumn)
                else None
            )
            if name is None or (table.column(name) is None and not _is_added(name, statement)):
                continue
            if name.lower() not in known:
                span = span_of_name(self._text, name, action)
                self._report(
                    SqlError(f"column '{name}' is not in '{table.name}' before this statement", *span)
                )
            known.discard(name.lower())

    def mariadb_only(self, statement: AlterTable) -> Iterator[SqlError]:
        """Yield the findings that count only if the server is not MariaDB."""
        found: list[Node] = [
            each
            for each in statement.actions
            if (isinstance(each, DropColumn) and each.if_exists)
            or (isinstance(each, AddColumn) and each.if_not_exists)
        ]
        if statement.if_exists:
            found.append(statement.table)
        for node in found:
            yield SqlError("MySQL has no IF EXISTS in ALTER TABLE", node.start, node.end, MARIADB_HINT)
