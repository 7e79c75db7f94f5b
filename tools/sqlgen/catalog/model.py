"""The schema after all migrations: databases, tables, views, columns, keys.

`build_catalog` (build.py) builds the catalog; later stages only read it. Table names are looked up exactly first
and then in any case, because a schema may be written on one system and queried on another; column names are
case-insensitive, as in MySQL.
"""

from collections.abc import Iterator
from typing import Literal, Protocol

from msgspec import Struct

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.ir.query import ResultColumn
from tools.sqlgen.syntax.ast import Expr, Query
from tools.sqlgen.syntax.server import Server
from tools.sqlgen.types.source_column import SourceColumn
from tools.sqlgen.types.sql_type import SqlType

KeyKind = Literal["PRIMARY", "UNIQUE", "INDEX", "FULLTEXT", "SPATIAL"]


class Column(Struct, frozen=True):
    """One column of a table or view, as a query sees it."""

    name: str
    type: SqlType
    nullable: bool
    """True if a row can hold NULL here: False for NOT NULL and for members of the primary key."""
    has_default: bool = False
    """True if an INSERT may leave it out: a default, AUTO_INCREMENT, a generated column, or nullable."""
    auto_increment: bool = False
    generated: Expr | None = None
    invisible: bool = False
    """Not part of `*`."""
    comment: str | None = None
    collation: str | None = None
    """Of a text: see `column_collation`. None if it is not known, as of CREATE TABLE ... SELECT."""
    source_column: SourceColumn | None = None
    """Of a view's column: the table column that it is an unchanged copy of. None in a table."""
    default: Expr | None = None


class Key(Struct, frozen=True):
    kind: KeyKind
    name: str | None
    """None only for a primary key."""
    columns: tuple[str, ...]
    """The columns as the table names them, in order; parts that are expressions are left out."""
    functional: bool = False
    """True if a part is an expression: the listed columns are then not unique."""
    lengths: tuple[int | None, ...] = ()
    """For each column the number of characters that the key has of it; None for all."""
    expressions: tuple[Expr, ...] = ()
    expression_first: bool = False


class ForeignKey(Struct, frozen=True):
    name: str | None
    columns: tuple[str, ...]
    parent_schema: str | None
    parent_table: str
    parent_columns: tuple[str, ...]
    sets_null: bool = False
    """True for ON DELETE or ON UPDATE SET NULL."""


class Check(Struct, frozen=True):
    name: str | None
    condition: Expr
    enforced: bool = True
    column: str | None = None
    """The column in whose definition it is written."""


class ViewSource(Struct, frozen=True):
    """The query of a view, and its place in the schema files."""

    query: Query
    path: str
    """The schema file that the query's offsets are in."""
    text: str
    """That file's whole text."""
    columns: tuple[str, ...]
    """The view's own column list, empty when it has none."""


class ViewColumns(Protocol):
    """Return the result columns of a query over the catalog; raises SqlError. The analysis implements it."""

    def __call__(
        self,
        query: Query,
        catalog: "Catalog",
        text: str,
        *,
        schema: str | None,
        columns: tuple[str, ...],
        as_table: bool,
    ) -> tuple[ResultColumn, ...]: ...


class BindView(Protocol):
    """Return a view's query with the columns that it has in the catalog now. The analysis implements it."""

    def __call__(self, query: Query, catalog: "Catalog", text: str, schema: str | None) -> Query: ...


class Table:
    """A table or a view. The analysis computes the `columns` of a view when they are first read."""

    __slots__ = (
        "_by_name", "_catalog", "_columns", "charset", "checks", "collation", "comment", "engine", "foreign_keys",
        "keys", "name", "partitioned", "schema", "view",
    )  # fmt: skip

    def __init__(
        self, catalog: "Catalog", schema: str | None, name: str, view: ViewSource | None = None
    ) -> None:
        self._catalog = catalog
        self._columns: list[Column] | None = None if view else []
        self._by_name: dict[str, Column] | None = None
        self.schema = schema
        """The database; None for tables of schema files that name no database."""
        self.name = name
        self.view = view
        self.keys: list[Key] = []
        self.foreign_keys: list[ForeignKey] = []
        self.checks: list[Check] = []
        self.comment: str | None = None
        self.charset: str | None = None
        self.collation: str | None = None
        self.partitioned = False
        self.engine = "INNODB"

    def copied(self, catalog: "Catalog") -> "Table":
        """Copy the table into another catalog, in which a view is resolved again."""
        copy = Table(catalog, self.schema, self.name, self.view)
        if self.view is None:
            copy.columns = self.columns
        copy.keys, copy.foreign_keys, copy.checks = (
            list(self.keys),
            list(self.foreign_keys),
            list(self.checks),
        )
        copy.comment, copy.charset, copy.collation = self.comment, self.charset, self.collation
        copy.partitioned, copy.engine = self.partitioned, self.engine
        return copy

    @property
    def is_view(self) -> bool:
        return self.view is not None

    @property
    def columns(self) -> list[Column]:
        """The columns in order. Raises SqlError for a view with a wrong query; its offsets are in `view.text`."""
        if self._columns is None:
            self._columns = self._catalog.resolve_view(self)
        return self._columns

    @columns.setter
    def columns(self, columns: list[Column]) -> None:
        self._columns = columns
        self._by_name = None

    def column(self, name: str) -> Column | None:
        """The column of that name in any case."""
        if self._by_name is None:
            self._by_name = {column.name.lower(): column for column in self.columns}
        return self._by_name.get(name.lower())

    @property
    def primary_key(self) -> Key | None:
        return next((key for key in self.keys if key.kind == "PRIMARY"), None)

    @property
    def unique_keys(self) -> list[Key]:
        """The keys whose columns are unique in the table, the primary key first."""
        return [key for key in self.keys if key.kind in {"PRIMARY", "UNIQUE"} and not key.functional]


class Function(Struct, frozen=True):
    """A stored or loadable function."""

    name: str
    returns: SqlType
    parameters: tuple[SqlType, ...] | None
    """None for a loadable function, which does not declare them."""


class ProcedureParameter(Struct, frozen=True):
    name: str
    type: SqlType
    mode: Literal["IN", "OUT", "INOUT"]


class Procedure(Struct, frozen=True, eq=False):
    """The head of a stored procedure. They compare by identity: two databases may have the same head."""

    name: str
    parameters: tuple[ProcedureParameter, ...] | None
    """None if they cannot be read."""


class Database:
    """The tables of one database, by exact name and by folded name, and its routines by folded name."""

    __slots__ = ("_folded", "functions", "name", "procedures", "sequences", "tables")

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.tables: dict[str, Table] = {}
        self.functions: dict[str, Function] = {}
        self.procedures: dict[str, Procedure] = {}
        self.sequences: set[str] = set()
        self._folded: dict[str, Table] = {}

    def get(self, name: str) -> Table | None:
        return self.tables.get(name) or self._folded.get(name.lower())

    def put(self, table: Table) -> None:
        self.tables[table.name] = table
        self._folded[table.name.lower()] = table

    def remove(self, table: Table) -> None:
        del self.tables[table.name]
        folded = table.name.lower()
        del self._folded[folded]
        for other in self.tables.values():
            if other.name.lower() == folded:
                self._folded[folded] = other


class Catalog:
    """All databases."""

    def __init__(self, view_columns: ViewColumns) -> None:
        self._view_columns = view_columns
        self._resolving: list[Table] = []
        self.databases: dict[str, Database] = {"": Database(None)}
        """By folded name; the unnamed database has the key ''."""
        self.server: Server = "mysql"
        """The server whose language the queries are in."""
        self.current: str = ""
        """The key of the database that names without one belong to: of the last USE, or the unnamed."""

    def database(self, name: str | None) -> Database | None:
        """The database of that name; the current one for None."""
        return self.databases.get(self.current if name is None else name.lower())

    def table(self, name: str, schema: str | None = None) -> Table | None:
        """Return a table or view, or None.

        Without `schema` the current database is searched, then the unnamed one, then the others. A name that exists in
        exactly one of the others is found; a name in several of them is not.
        """
        if schema is not None:
            database = self.databases.get(schema.lower())
            return database.get(name) if database else None
        for key in (self.current, ""):
            database = self.databases.get(key)
            if database and (table := database.get(name)):
                return table
        found = [table for database in self.databases.values() if (table := database.get(name))]
        return found[0] if len(found) == 1 else None

    def function(self, name: str, schema: str | None = None) -> Function | None:
        """A function that the schema defines; without `schema` from the current or the unnamed database."""
        for key in (self.current, "") if schema is None else (schema.lower(),):
            database = self.databases.get(key)
            if database and (function := database.functions.get(name.lower())):
                return function
        return None

    def procedure(self, name: str, schema: str | None = None) -> Procedure | None:
        """A procedure that the schema defines; without `schema` from the current or the unnamed database."""
        for key in (self.current, "") if schema is None else (schema.lower(),):
            database = self.databases.get(key)
            if database and (procedure := database.procedures.get(name.lower())):
                return procedure
        return None

    def has_sequence(self, name: str, schema: str | None = None) -> bool:
        """True if the schema defines the sequence; without `schema` in the current or the unnamed database."""
        keys = (self.current, "") if schema is None else (schema.lower(),)
        return any(key in self.databases and name.lower() in self.databases[key].sequences for key in keys)

    def procedures(self) -> Iterator[Procedure]:
        """Every stored procedure."""
        for database in self.databases.values():
            yield from database.procedures.values()

    def snapshot(self) -> "Catalog":
        """Return a copy that is independent of later changes.

        The analysis caches results for a catalog's tables, so a query in the middle of a schema is analysed against
        a copy.
        """
        copy = Catalog(self._view_columns)
        copy.current = self.current
        copy.server = self.server
        for key, database in self.databases.items():
            copied = copy.databases[key] = Database(database.name)
            copied.functions.update(database.functions)
            copied.procedures.update(database.procedures)
            copied.sequences.update(database.sequences)
            for table in database.tables.values():
                copied.put(table.copied(copy))
        return copy

    def tables(self) -> Iterator[Table]:
        """Every table and view, database by database, in order of creation."""
        for database in self.databases.values():
            yield from database.tables.values()

    def resolve_view(self, table: Table) -> list[Column]:
        """Resolve the columns of a view; `Table.columns` keeps them.

        Raises SqlError, also for a view that refers to itself.
        """
        view = table.view
        if view is None:
            return table.columns
        if table in self._resolving:
            names = " -> ".join(each.name for each in (*self._resolving, table))
            raise SqlError(
                f"view '{table.name}' is defined by itself: {names}", view.query.start, view.query.end
            )
        self._resolving.append(table)
        try:
            results = self._view_columns(
                view.query, self, view.text, schema=table.schema, columns=view.columns, as_table=False
            )
        finally:
            self._resolving.pop()
        return [column_of_result(result) for result in results]

    def created_columns(self, query: Query, text: str, schema: str | None) -> tuple[ResultColumn, ...]:
        """Return the columns of a table that is created from a query. Raises SqlError with offsets in `text`."""
        return self._view_columns(query, self, text, schema=schema, columns=(), as_table=True)


def column_of_result(result: ResultColumn) -> Column:
    """Convert a query's result column to a column of a view."""
    return Column(
        name=result.name,
        type=result.type,
        nullable=result.nullable,
        has_default=True,
        source_column=result.source_column,
    )
