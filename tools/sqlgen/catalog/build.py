"""Build the catalog from schema files: each DDL statement is applied in order."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tools.sqlgen.catalog import (
    BindView,
    Catalog,
    Database,
    Function,
    Procedure,
    ProcedureParameter,
    Table,
    ViewColumns,
    ViewSource,
)
from tools.sqlgen.catalog.alter import TableChange
from tools.sqlgen.catalog.column_rules import charset_faults, column_faults
from tools.sqlgen.catalog.create_table import TableBuilder
from tools.sqlgen.catalog.dynamic import DynamicSql, body_of
from tools.sqlgen.catalog.keys import span_of_name
from tools.sqlgen.catalog.mariadb import needs_mariadb
from tools.sqlgen.catalog.table_rules import table_faults
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
    DropColumn,
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
    Query,
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
from tools.sqlgen.syntax.server import MARIADB_HINT, Server
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
    session = _Session(_ViewBinder(catalog, bind_view), infer_server=server is None)
    for file in files:
        _FileApplier(catalog, file, on_error, session).apply()
    if catalog.server != "mariadb":
        for finding in session.pending:
            on_error(finding)
    for table in catalog.tables():
        _resolve(table, on_error)
    return catalog


def _resolve(table: Table, on_error: Callable[[Diagnostic], None]) -> None:
    if table.view is None:
        return
    try:
        table.columns  # noqa: B018 - asking works the columns out and keeps them
    except SqlError as error:
        on_error(_diagnostic(table.view.path, error))


class _ViewBinder:
    """Binds new views to the columns of the catalog as it is then.

    The analysis keeps results for a catalog, so it gets a copy. Views that follow each other share one copy.
    """

    def __init__(self, catalog: Catalog, bind: BindView) -> None:
        self._catalog = catalog
        self._bind = bind
        self._copy: Catalog | None = None

    def forget(self) -> None:
        """The catalog has changed."""
        self._copy = None

    def bind(self, statement: CreateView, text: str, schema: str | None) -> Query:
        self._copy = self._copy or self._catalog.snapshot()
        return self._bind(statement.query, self._copy, text, schema)

    def add(self, view: Table) -> None:
        """Make a new view known to the views after it."""
        if self._copy is not None:
            self._copy.databases.setdefault((view.schema or "").lower(), Database(view.schema)).put(
                view.copied(self._copy)
            )


def _diagnostic(path: str, error: SqlError) -> Diagnostic:
    return Diagnostic(path, error.start, error.end, error.message, error.hint, error.severity)


class _Session:
    """The state of the run that goes from file to file."""

    def __init__(self, view_binder: _ViewBinder, *, infer_server: bool) -> None:
        self.view_binder = view_binder
        self.infer_server = infer_server
        self.dynamic = DynamicSql()
        self.bodies: dict[Procedure, tuple[CreateProcedure, SchemaFile]] = {}
        """The body of each procedure, for a CALL in a schema file."""
        self.calling: list[Procedure] = []
        self.foreign_key_checks = True
        self.strict = True
        """False after a SET of sql_mode."""
        self.reported: set[tuple[Table, str]] = set()
        self.pending: list[Diagnostic] = []
        """Findings that count only if no statement shows that the server is MariaDB."""

    def note_set(self, text: str) -> None:
        """Follow a SET of foreign_key_checks or sql_mode."""
        for found in _FOREIGN_KEY_CHECKS.finditer(text):
            self.foreign_key_checks = found[1].upper() not in {"0", "OFF", "FALSE"}
        for found in _SQL_MODE.finditer(text):
            self.strict = "@" in found[1] or "STRICT" in found[1].upper()


_FOREIGN_KEY_CHECKS = re.compile(r"(?<!@)(?<!_)\bforeign_key_checks\s*:?=\s*([@\w]+)", re.IGNORECASE)
_SQL_MODE = re.compile(r"(?<!@)(?<!_)\bsql_mode\s*:?=\s*('[^']*'|\"[^\"]*\"|[@\w]+)", re.IGNORECASE)
MOST_NAME = 64
ENGINES = frozenset(
    ("ARCHIVE", "BLACKHOLE", "CSV", "EXAMPLE", "FEDERATED", "HEAP", "INNODB", "MEMORY", "MERGE", "MRG_MYISAM", "MYISAM",
     "NDB", "NDBCLUSTER")
)  # fmt: skip


def _is_added(name: str, statement: AlterTable) -> bool:
    folded = name.lower()
    return any(
        isinstance(each, AddColumn) and each.column.name.lower() == folded for each in statement.actions
    )


class _FileApplier:
    """Applies the statements of one file; findings go to `on_error`, and the next statement follows."""

    def __init__(
        self,
        catalog: Catalog,
        file: SchemaFile,
        on_error: Callable[[Diagnostic], None],
        session: "_Session",
    ) -> None:
        self._catalog = catalog
        self._file = file
        self._on_error = on_error
        self._session = session
        self._view_binder = session.view_binder

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

    def _name_span(self, statement: CreateTable | CreateView) -> tuple[int, int]:
        """The span of the name of the created table or view."""
        return span_of_name(self._file.text, statement.name, statement)

    def apply_create_table(self, statement: CreateTable) -> None:
        database = self._database(statement.schema)
        existing = database.tables.get(statement.name)
        if existing is not None and not statement.or_replace:
            if statement.if_not_exists:
                return
            raise SqlError(
                f"table '{existing.name}' already exists",
                *self._name_span(statement),
                "drop it first, or write CREATE TABLE IF NOT EXISTS",
            )
        builder = TableBuilder(self._catalog, database.name, statement, self._file, self._report, self._find)
        table = builder.build()
        if existing is not None:
            database.remove(existing)
        database.put(table)
        self._check_options(statement)
        self._check_columns(table, [each for each in statement.elements if isinstance(each, ColumnDef)])
        self._check_names(table, statement)
        self._check_table(table, statement)

    def _check_options(self, statement: CreateTable) -> None:
        if self._catalog.server == "mariadb":
            return
        faults = list(charset_faults(statement.charset, statement.collation))
        if statement.engine is not None and statement.engine not in ENGINES:
            faults.append(f"unknown storage engine '{statement.engine}'")
        for fault in faults:
            self._report(SqlError(fault, *self._name_span(statement)))

    def _check_columns(self, table: Table, columns: Iterable[ColumnDef]) -> None:
        """Report what MySQL refuses in column definitions."""
        if self._catalog.server == "mariadb":
            return
        for column in columns:
            span = span_of_name(self._file.text, column.name, column)
            for fault in column_faults(column, table.charset, table.collation, strict=self._session.strict):
                self._report(SqlError(f"column '{column.name}': {fault}", *span))

    def _check_table(self, table: Table, statement: Node) -> None:
        """Report what MySQL refuses in a table after a statement, each fault once."""
        session = self._session
        if self._catalog.server == "mariadb" or table.engine != "INNODB" or table.is_view:
            return
        for message, name in table_faults(
            table, self._referenced, checks_foreign_keys=session.foreign_key_checks
        ):
            if (table, message) not in session.reported:
                session.reported.add((table, message))
                self._report(SqlError(message, *span_of_name(self._file.text, name, statement)))

    def _check_children(self, parent: Table, statement: Node) -> None:
        """Report foreign keys of other tables that a change of their parent breaks."""
        for table in list(self._catalog.tables()):
            if table is not parent and any(
                key.parent_table.lower() == parent.name.lower()
                and (key.parent_schema or "") == (parent.schema or "")
                for key in table.foreign_keys
            ):
                self._check_table(table, statement)

    def _check_names(self, table: Table, statement: CreateTable) -> None:
        """Report names that are too long, constraint names that the database has already."""
        written = [each.name for each in statement.elements if isinstance(each, ColumnDef)]
        for name in (statement.name, *written):
            if not name or name.endswith(" ") or len(name) > MOST_NAME:
                message = f"'{name}' is no name: at most {MOST_NAME} characters, and no blank at the end"
                self._report(SqlError(message, *span_of_name(self._file.text, name, statement)))
        self._check_constraints(table, statement)

    def _check_constraints(self, table: Table, statement: Node) -> None:
        if self._catalog.server == "mariadb":
            return
        database = self._database(table.schema if table.schema is not None else "")
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
                        span = span_of_name(self._file.text, name, statement)
                        self._report(SqlError(f"there is a {what} named '{name}' already", *span))
                    seen.add(name.lower())

    def _referenced(self, name: str, schema: str | None) -> Table | None:
        return self._catalog.table(name, schema) if schema is not None else self._catalog.table(name)

    def apply_create_view(self, statement: CreateView) -> None:
        database = self._database(statement.schema)
        existing = database.tables.get(statement.name)
        if existing is not None:
            if statement.if_not_exists:
                return
            if not (statement.or_replace and existing.is_view):
                what = "view" if existing.is_view else "table"
                hint = "write CREATE OR REPLACE VIEW" if existing.is_view else None
                raise SqlError(f"{what} '{existing.name}' already exists", *self._name_span(statement), hint)
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
                self._check_not_referenced(table, name, statement.tables)
        self._drop(statement.tables, if_exists=statement.if_exists)

    def _check_not_referenced(self, table: Table, name: TableName, dropped: tuple[TableName, ...]) -> None:
        """Report the drop of a table that a foreign key of another table refers to."""
        if not self._session.foreign_key_checks:
            return
        gone = {each.name.lower() for each in dropped}
        for other in self._catalog.tables():
            if other.is_view or other.name.lower() in gone or other is table:
                continue
            for key in other.foreign_keys:
                if key.parent_table.lower() == table.name.lower() and (key.parent_schema or "") == (
                    table.schema or ""
                ):
                    message = f"table '{table.name}' is referred to by a foreign key of '{other.name}'"
                    self._report(SqlError(message, name.start, name.end, "drop the foreign key first"))
                    return

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
        source.remove(table)
        table.name, table.schema = name, target.name
        target.put(table)

    def _find_base(self, name: TableName) -> Table:
        """The table that a statement changes. Raises SqlError for a view."""
        table = self._find(name)
        if table.is_view:
            raise SqlError(f"'{table.name}' is a view, not a table", name.start, name.end)
        return table

    def apply_alter_table(self, statement: AlterTable) -> None:
        table = self._find_base(statement.table)
        change = TableChange(table, self._file.text)
        self._check_actions(table, statement)
        if self._catalog.server != "mariadb":
            self._session.pending.extend(self._mariadb_only(statement))
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
        written = [each.column for each in statement.actions if isinstance(each, (AddColumn, ChangeColumn))]
        self._check_columns(table, written)
        self._check_table(table, statement)
        if any(isinstance(each, AddConstraint) for each in statement.actions):
            self._check_constraints(table, statement)
        self._check_children(table, statement)

    def _mariadb_only(self, statement: AlterTable) -> Iterator[Diagnostic]:
        found: list[Node] = [
            each
            for each in statement.actions
            if (isinstance(each, DropColumn) and each.if_exists)
            or (isinstance(each, AddColumn) and each.if_not_exists)
        ]
        if statement.if_exists:
            found.append(statement.table)
        for node in found:
            error = SqlError("MySQL has no IF EXISTS in ALTER TABLE", node.start, node.end, MARIADB_HINT)
            yield _diagnostic(self._file.path, error)

    def _check_actions(self, table: Table, statement: AlterTable) -> None:
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
                span = span_of_name(self._file.text, name, action)
                self._report(
                    SqlError(f"column '{name}' is not in '{table.name}' before this statement", *span)
                )
            known.discard(name.lower())

    def apply_create_index(self, statement: CreateIndex) -> None:
        table = self._find_base(statement.table)
        TableChange(table, self._file.text).add_key(statement.key)
        self._check_table(table, statement)

    def apply_drop_index(self, statement: DropIndex) -> None:
        table = self._find_base(statement.table)
        TableChange(table, self._file.text).drop_key(statement.name, statement)
        self._check_table(table, statement)


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
