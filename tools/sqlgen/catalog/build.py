"""Build the catalog from schema files: each DDL statement is applied in order."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from tools.sqlgen.catalog import (
    BindView,
    Catalog,
    Database,
    ForeignKey,
    Function,
    Procedure,
    ProcedureParameter,
    Table,
    ViewColumns,
    ViewSource,
)
from tools.sqlgen.catalog.alter import TableChange
from tools.sqlgen.catalog.create_table import TableBuilder
from tools.sqlgen.catalog.dynamic import body_of
from tools.sqlgen.catalog.mariadb import needs_mariadb
from tools.sqlgen.catalog.session import Session
from tools.sqlgen.catalog.statement_checks import StatementChecks
from tools.sqlgen.catalog.table_rules import refers
from tools.sqlgen.catalog.view_binder import ViewBinder
from tools.sqlgen.diagnostics import Diagnostic, SqlError, did_you_mean
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.syntax.ast import (
    AddColumn,
    AddConstraint,
    AlterTable,
    CallProcedure,
    ChangeColumn,
    ColumnDef,
    CreateDatabase,
    CreateFunction,
    CreateIndex,
    CreateProcedure,
    CreateSequence,
    CreateTable,
    CreateView,
    DropDatabase,
    DropFunction,
    DropIndex,
    DropKey,
    DropProcedure,
    DropTable,
    DropView,
    ExecutePrepared,
    Node,
    Param,
    PrepareText,
    RenameColumn,
    RenameKey,
    RenameTable,
    RenameTo,
    SetUserVariables,
    SystemVariable,
    TableName,
    UseDatabase,
    UserVariable,
)
from tools.sqlgen.syntax.parser import parse_schema
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.declared import sql_type

if TYPE_CHECKING:
    from tools.sqlgen.syntax.ast import SchemaStatement


def build_catalog(
    files: Iterable[SchemaFile],
    on_error: Callable[[Diagnostic], None],
    *,
    view_columns: ViewColumns,
    bind_view: BindView,
    server: Server | None = None,
) -> Catalog:
    """Apply all statements of all files, and return the schema.

    Without `server` it is MySQL, or MariaDB if a statement needs that.

    A wrong statement is passed to `on_error` and skipped. Views are resolved at the end, so that an error in one is
    reported even if no query uses it.
    """
    catalog = Catalog(view_columns)
    catalog.server = server or "mysql"
    session = Session(ViewBinder(catalog, bind_view), infer_server=server is None)
    for file in files:
        _FileApplier(catalog, file, on_error, session).apply()
    if catalog.server != "mariadb":
        for finding in session.pending:
            on_error(finding)
    for table in catalog.tables():
        _resolve(table, on_error)
    return catalog


def _diagnostic(path: str, error: SqlError) -> Diagnostic:
    return Diagnostic(path, error.start, error.end, error.message, error.hint, error.severity)


def _resolve(table: Table, on_error: Callable[[Diagnostic], None]) -> None:
    if table.view is None:
        return
    try:
        table.columns  # noqa: B018 - asking works the columns out and keeps them
    except SqlError as error:
        on_error(_diagnostic(table.view.path, error))


class _FileApplier:
    """Applies the statements of one file; findings go to `on_error`, and the next statement follows."""

    def __init__(
        self,
        catalog: Catalog,
        file: SchemaFile,
        on_error: Callable[[Diagnostic], None],
        session: Session,
    ) -> None:
        self._catalog = catalog
        self._file = file
        self._on_error = on_error
        self._session = session
        self._view_binder = session.view_binder
        self._checks = StatementChecks(catalog, file.text, session, self._report)

    def apply(self) -> None:
        for start, end in self._file.sections:
            for statement in parse_schema(self._file.text, start, end):
                if isinstance(statement, SqlError):
                    self._report(statement)
                    continue
                if self._session.infer_server and needs_mariadb(statement):
                    self._catalog.server = "mariadb"
                self._apply(statement)

    def _report(self, error: SqlError) -> None:
        self._on_error(_diagnostic(self._file.path, error))

    def _apply(self, statement: "SchemaStatement") -> None:
        if (
            self._file.text[statement.start : statement.start + 8]
            .upper()
            .lstrip("/*! 0123456789")
            .startswith("SET")
        ):
            self._session.note_set(self._file.text[statement.start : statement.end])
        rule = _RULES.get(type(statement))
        if rule is None:
            return
        if not isinstance(statement, CreateView):
            self._view_binder.forget()
        try:
            rule(self, statement)
        except SqlError as error:
            self._report(error)

    # --- databases and names ----------------------------------------------------------------------

    def _database(self, name: str | None) -> Database:
        """Return the database of that name. It is created if missing, because dumps often do not create theirs."""
        key = self._catalog.current if name is None else name.lower()
        return self._catalog.databases.setdefault(key, Database(name))

    def _find(self, name: TableName) -> Table:
        """The table that a statement names. Raises SqlError with the nearest name."""
        database = self._database(name.schema)
        table = database.get(name.name)
        if table is None:
            hint = did_you_mean(name.name, database.tables)
            raise SqlError(f"unknown table '{name.name}'", name.start, name.end, hint)
        return table

    def apply_create_database(self, statement: CreateDatabase) -> None:
        self._database(statement.name)

    def apply_drop_database(self, statement: DropDatabase) -> None:
        key = statement.name.lower()
        self._catalog.databases.pop(key, None)
        if self._catalog.current == key:
            self._catalog.current = ""

    def apply_use_database(self, statement: UseDatabase) -> None:
        self._database(statement.name)
        self._catalog.current = statement.name.lower()

    # --- tables and views -------------------------------------------------------------------------

    def apply_create_table(self, statement: CreateTable) -> None:
        database = self._database(statement.schema)
        existing = database.tables.get(statement.name)
        if existing is not None and not statement.or_replace:
            if statement.if_not_exists:
                return
            raise SqlError(
                f"table '{existing.name}' already exists",
                *self._checks.name_span(statement),
                "drop it first, or write CREATE TABLE IF NOT EXISTS",
            )
        builder = TableBuilder(self._catalog, database.name, statement, self._file, self._report, self._find)
        table = builder.build()
        if existing is not None:
            database.remove(existing)
        database.put(table)
        self._checks.options(statement)
        self._checks.columns(table, [each for each in statement.elements if isinstance(each, ColumnDef)])
        self._checks.names(table, statement)
        self._checks.table(table, statement)

    def apply_create_view(self, statement: CreateView) -> None:
        database = self._database(statement.schema)
        existing = database.tables.get(statement.name)
        if existing is not None:
            if statement.if_not_exists:
                return
            if not (statement.or_replace and existing.is_view):
                what = "view" if existing.is_view else "table"
                hint = "write CREATE OR REPLACE VIEW" if existing.is_view else None
                raise SqlError(
                    f"{what} '{existing.name}' already exists", *self._checks.name_span(statement), hint
                )
        for node in walk(statement.query):
            if isinstance(node, (UserVariable, SystemVariable, Param)):
                raise SqlError("a view cannot read variables or parameters", node.start, node.end)
        query = self._view_binder.bind(statement, self._file.text, database.name)
        if existing is not None:
            database.remove(existing)
            self._view_binder.forget()
        view = Table(
            self._catalog,
            database.name,
            statement.name,
            ViewSource(query, self._file.path, self._file.text, statement.columns),
        )
        database.put(view)
        self._view_binder.add(view)

    def apply_create_function(self, statement: CreateFunction) -> None:
        written = statement.parameters
        parameters = None if written is None else tuple(sql_type(each) for each in written)
        function = Function(statement.name, sql_type(statement.returns), parameters)
        self._database(statement.schema).functions[statement.name.lower()] = function

    def apply_drop_function(self, statement: DropFunction) -> None:
        self._database(statement.schema).functions.pop(statement.name.lower(), None)

    # --- procedures, and DDL from a text ------------------------------------------------------------

    def apply_create_procedure(self, statement: CreateProcedure) -> None:
        written = statement.parameters
        parameters = (
            None
            if written is None
            else tuple(ProcedureParameter(each.name, sql_type(each.type), each.mode) for each in written)
        )
        procedure = Procedure(statement.name, parameters)
        self._database(statement.schema).procedures[statement.name.lower()] = procedure
        self._session.bodies[procedure] = statement, self._file

    def apply_create_sequence(self, statement: CreateSequence) -> None:
        self._database(statement.schema).sequences.add(statement.name.lower())

    def apply_drop_procedure(self, statement: DropProcedure) -> None:
        self._database(statement.schema).procedures.pop(statement.name.lower(), None)

    def apply_call(self, statement: CallProcedure) -> None:
        session = self._session
        procedure = self._catalog.procedure(statement.name, statement.schema)
        if procedure is None or procedure in session.calling:
            return
        definition, file = session.bodies[procedure]
        span = body_of(definition, file, statement)
        if span is None:
            return
        session.calling.append(procedure)
        body = SchemaFile(file.path, file.text, (span,))
        _FileApplier(self._catalog, body, self._on_error, session).apply()
        session.calling.pop()

    def apply_set_variables(self, statement: SetUserVariables) -> None:
        self._session.dynamic.set_variables(statement)

    def apply_prepare(self, statement: PrepareText) -> None:
        if statement.name is None:
            self.apply_execute(statement)
        else:
            self._session.dynamic.prepare(statement)

    def apply_execute(self, statement: ExecutePrepared | PrepareText) -> None:
        text = self._session.dynamic.executed(statement)
        if text is None:
            return
        # Blanks before the text give its statements the offsets that they have in the file.
        padded = " " * text.start + text.value
        file = SchemaFile(self._file.path, padded, ((text.start, len(padded)),))
        _FileApplier(self._catalog, file, self._on_error, self._session).apply()

    def apply_drop_table(self, statement: DropTable) -> None:
        for name in statement.tables:
            table = self._database(name.schema).get(name.name)
            if table is not None and table.is_view and not statement.if_exists:
                raise SqlError(
                    f"'{table.name}' is a view, not a table", name.start, name.end, "write DROP VIEW"
                )
            if table is not None and not table.is_view:
                self._checks.not_referenced(table, name, statement.tables)
        self._drop(statement.tables, if_exists=statement.if_exists)

    def apply_drop_view(self, statement: DropView) -> None:
        for name in statement.views:
            table = self._database(name.schema).get(name.name)
            if table is not None and not table.is_view:
                if statement.if_exists:
                    continue
                raise SqlError(f"'{table.name}' is a table, not a view", name.start, name.end)
            self._drop((name,), if_exists=statement.if_exists)

    def _drop(self, names: tuple[TableName, ...], *, if_exists: bool) -> None:
        for name in names:
            database = self._database(name.schema)
            if if_exists and database.get(name.name) is None:
                continue
            try:
                database.remove(self._find(name))
            except SqlError as error:
                self._report(error)

    def apply_rename_table(self, statement: RenameTable) -> None:
        for old, new in statement.renames:
            self._move(self._find(old), new.schema, new.name, new)

    def _move(self, table: Table, schema: str | None, name: str, at: Node) -> None:
        """Renames a table, perhaps into another database."""
        source = self._database(table.schema if table.schema is not None else "")
        target = source if schema is None else self._database(schema)
        other = target.tables.get(name)
        if other is not None and other is not table:
            raise SqlError(f"table '{other.name}' already exists", at.start, at.end)
        if self._session.foreign_key_checks:
            self._follow(
                table,
                lambda key: msgspec.structs.replace(key, parent_table=name, parent_schema=target.name),
            )
        source.remove(table)
        table.name, table.schema = name, target.name
        target.put(table)

    def _follow(self, table: Table, changed: Callable[[ForeignKey], ForeignKey]) -> None:
        """Change the foreign keys that refer to a table: they follow its new names."""
        for child in self._catalog.tables():
            if any(refers(key, table) for key in child.foreign_keys):
                child.foreign_keys = [
                    changed(key) if refers(key, table) else key for key in child.foreign_keys
                ]

    def _find_base(self, name: TableName) -> Table:
        """The table that a statement changes. Raises SqlError for a view."""
        table = self._find(name)
        if table.is_view:
            raise SqlError(f"'{table.name}' is a view, not a table", name.start, name.end)
        return table

    def apply_alter_table(self, statement: AlterTable) -> None:
        table = self._find_base(statement.table)
        change = TableChange(table, self._file.text)
        self._checks.actions(table, statement)
        if self._catalog.server != "mariadb":
            faults = self._checks.mariadb_only(statement)
            self._session.pending.extend(_diagnostic(self._file.path, each) for each in faults)
        renames = [each for each in statement.actions if isinstance(each, RenameColumn)]
        renamed = {each.old.lower() for each in renames} if len(renames) > 1 else set[str]()
        first_rename = renames[0] if renames else None
        # The keys and foreign keys that an ALTER drops or renames are those from before it, wherever it names them.
        for action in sorted(statement.actions, key=lambda each: not isinstance(each, DropKey | RenameKey)):
            try:
                if isinstance(action, RenameTo):
                    self._move(table, action.schema, action.name, action)
                elif isinstance(action, RenameColumn) and action.old.lower() in renamed:
                    if action is first_rename:
                        change.rename_columns(renames)
                else:
                    change.apply(action)
            except SqlError as error:
                self._report(error)
        names = {each.old.lower(): each.new for each in renames}
        names |= {
            each.old.lower(): each.column.name for each in statement.actions if isinstance(each, ChangeColumn)
        }
        if names:
            self._follow(
                table,
                lambda key: msgspec.structs.replace(
                    key, parent_columns=tuple(names.get(each.lower(), each) for each in key.parent_columns)
                ),
            )
        written = [each.column for each in statement.actions if isinstance(each, (AddColumn, ChangeColumn))]
        self._checks.columns(table, written)
        self._checks.table(table, statement)
        if any(isinstance(each, AddConstraint) for each in statement.actions):
            self._checks.constraints(table, statement)
        self._checks.children(table, statement)

    def apply_create_index(self, statement: CreateIndex) -> None:
        table = self._find_base(statement.table)
        TableChange(table, self._file.text).add_key(statement.key)
        self._checks.table(table, statement)

    def apply_drop_index(self, statement: DropIndex) -> None:
        table = self._find_base(statement.table)
        TableChange(table, self._file.text).drop_key(statement.name, statement)
        self._checks.table(table, statement)


_RULES: dict[type, Callable[..., None]] = {
    AlterTable: _FileApplier.apply_alter_table,
    CallProcedure: _FileApplier.apply_call,
    CreateProcedure: _FileApplier.apply_create_procedure,
    CreateSequence: _FileApplier.apply_create_sequence,
    DropProcedure: _FileApplier.apply_drop_procedure,
    ExecutePrepared: _FileApplier.apply_execute,
    PrepareText: _FileApplier.apply_prepare,
    SetUserVariables: _FileApplier.apply_set_variables,
    CreateDatabase: _FileApplier.apply_create_database,
    CreateFunction: _FileApplier.apply_create_function,
    CreateIndex: _FileApplier.apply_create_index,
    CreateTable: _FileApplier.apply_create_table,
    CreateView: _FileApplier.apply_create_view,
    DropDatabase: _FileApplier.apply_drop_database,
    DropFunction: _FileApplier.apply_drop_function,
    DropIndex: _FileApplier.apply_drop_index,
    DropTable: _FileApplier.apply_drop_table,
    DropView: _FileApplier.apply_drop_view,
    RenameTable: _FileApplier.apply_rename_table,
    UseDatabase: _FileApplier.apply_use_database,
}
