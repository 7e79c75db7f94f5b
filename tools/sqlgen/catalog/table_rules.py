"""MySQL's rules for a table as a whole: keys, generated columns, checks, foreign keys."""

from collections.abc import Callable, Iterator

from tools.sqlgen.catalog import Check, Column, ForeignKey, Key, Table
from tools.sqlgen.syntax.ast import Call, ColumnRef, Expr, Query, SystemVariable, UserVariable
from tools.sqlgen.syntax.parser.keywords import AGGREGATES
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.declared import character_bytes
from tools.sqlgen.types.sql_type import SqlType, family
from tools.sqlgen.types.type_table import INT_BITS, MOST_BYTES

Fault = tuple[str, str]
"""A message, and the name in the statement that it is about."""
FindTable = Callable[[str, str | None], Table | None]

_CHANGING = frozenset(
    """
    BENCHMARK CONNECTION_ID CURDATE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURTIME DATABASE FOUND_ROWS
    GET_LOCK LAST_INSERT_ID LOAD_FILE LOCALTIME LOCALTIMESTAMP NOW RAND RELEASE_LOCK ROW_COUNT SCHEMA SESSION_USER SLEEP
    SYSDATE SYSTEM_USER UNIX_TIMESTAMP USER UTC_DATE UTC_TIME UTC_TIMESTAMP UUID UUID_SHORT VERSION
    """.split()  # noqa: SIM905 - a list of words is read like a text
)
"""The functions that neither a generated column nor a check can call."""
_KEY_BYTES = 3072
_ROW_BYTES = 65_535


def table_faults(table: Table, find: FindTable, *, checks_foreign_keys: bool) -> Iterator[Fault]:
    """Yield what is wrong with an InnoDB table after a statement has created or changed it."""
    yield from _automatic(table)
    for column in table.columns:
        yield from _generated(table, column)
        yield from _defaulted(table, column)
    for check in table.checks:
        yield from _checked(table, check)
    for key in table.keys:
        yield from _expressed(table, key) if key.functional else _keyed(table, key)
    yield from _measured(table)
    if checks_foreign_keys:
        for foreign_key in table.foreign_keys:
            yield from _referenced(table, foreign_key, find)


def _defaulted(table: Table, column: Column) -> Iterator[Fault]:
    for name in sorted(names_in(column.default)) if column.default is not None else ():
        if table.column(name) is None:
            yield f"unknown column '{name}' in the default of '{column.name}'", name


def _measured(table: Table) -> Iterator[Fault]:
    if table.columns and all(column.invisible for column in table.columns):
        yield "a table needs a visible column", table.columns[0].name
    if sum(_row_bytes(column.type) for column in table.columns) > _ROW_BYTES:
        yield f"the columns are longer than a row can be, {_ROW_BYTES} bytes: use TEXT or BLOB", table.name


def _automatic(table: Table) -> Iterator[Fault]:
    automatic = [column for column in table.columns if column.auto_increment]
    for column in automatic[1:]:
        yield f"'{table.name}' has two AUTO_INCREMENT columns", column.name
    for column in automatic[:1]:
        if not any(key.columns[:1] == (column.name,) and not key.expression_first for key in table.keys):
            yield f"AUTO_INCREMENT column '{column.name}' must be the first of a key", column.name


def names_in(expr: Expr) -> set[str]:
    return {node.column.lower() for node in walk(expr) if isinstance(node, ColumnRef)}


def _impure(expr: Expr, place: str, name: str) -> Iterator[Fault]:
    for node in walk(expr):
        if isinstance(node, Query):
            yield f"{place} cannot have a subquery", name
        elif isinstance(node, (UserVariable, SystemVariable)):
            yield f"{place} cannot read a variable", name
        elif isinstance(node, Call) and node.name.upper() in AGGREGATES:
            yield f"{place} cannot aggregate", name
        elif isinstance(node, Call) and node.name.upper() in _CHANGING:
            yield f"{place} cannot call {node.name.upper()}", name


def _generated(table: Table, column: Column) -> Iterator[Fault]:
    if column.generated is None:
        return
    place = f"generated column '{column.name}'"
    position = {each.name.lower(): index for index, each in enumerate(table.columns)}
    for name in sorted(names_in(column.generated)):
        source = table.column(name)
        if source is None:
            yield f"unknown column '{name}' in {place}", name
        elif source.auto_increment:
            yield f"{place} cannot read the AUTO_INCREMENT column '{name}'", name
        elif source.generated is not None and position[name] >= position[column.name.lower()]:
            yield f"{place} can only read generated columns before it, not '{name}'", name
    yield from _impure(column.generated, place, column.name)


def _checked(table: Table, check: Check) -> Iterator[Fault]:
    place = f"CHECK {check.name}" if check.name else "a CHECK"
    for name in sorted(names_in(check.condition)):
        source = table.column(name)
        if source is None:
            yield f"unknown column '{name}' in {place}", name
        elif source.auto_increment:
            yield f"{place} cannot read the AUTO_INCREMENT column '{name}'", name
        elif check.column is not None and name != check.column.lower():
            yield (
                f"the CHECK of column '{check.column}' reads '{name}': write it as a CHECK of the table",
                name,
            )
    yield from _impure(check.condition, place, table.name)


def _expressed(table: Table, key: Key) -> Iterator[Fault]:
    """Faults of a key with expressions."""
    for expr in key.expressions:
        if isinstance(expr, ColumnRef):
            yield "a functional key needs an expression: write the column without parentheses", expr.column
        for name in sorted(names_in(expr)):
            if table.column(name) is None:
                yield f"unknown column '{name}' in a functional key", name
    if key.kind == "PRIMARY":
        yield "a primary key has columns, not expressions", table.name


def _keyed(table: Table, key: Key) -> Iterator[Fault]:
    """Faults of a key of columns."""
    if len({name.lower() for name in key.columns}) < len(key.columns):
        yield f"a key has column '{key.columns[0]}' twice", key.columns[0]
        return
    total = 0
    for name, length in zip(key.columns, key.lengths or (None,) * len(key.columns), strict=True):
        column = table.column(name)
        if column is not None:
            yield from _key_part(key, column, length)
            total += _key_bytes(column.type, length)
    if key.kind in {"PRIMARY", "UNIQUE", "INDEX"} and total > _KEY_BYTES:
        yield (
            f"a key has at most {_KEY_BYTES} bytes: give a length, like {key.columns[0]}(100)",
            key.columns[0],
        )


def _key_part(key: Key, column: Column, length: int | None) -> Iterator[Fault]:
    kind = family(column.type)
    name = column.name
    if key.kind == "FULLTEXT":
        if kind not in {"string", "bytes"} or kind == "bytes":
            yield f"a FULLTEXT key takes texts, and '{name}' is {column.type.name}", name
        return
    if key.kind == "SPATIAL":
        if kind != "geometry":
            yield f"a SPATIAL key takes geometries, and '{name}' is {column.type.name}", name
        elif column.nullable:
            yield f"a SPATIAL key takes columns that are NOT NULL, and '{name}' can be NULL", name
        return
    if kind in {"json", "geometry", "vector"}:
        yield f"{column.type.name} column '{name}' cannot be in a key", name
    elif column.type.name in MOST_BYTES and length is None:
        yield f"{column.type.name} column '{name}' needs a length in a key: {name}(100)", name
    elif length is not None and (kind not in {"string", "bytes"} or length > (column.type.length or length)):
        yield f"the length {length} in a key does not fit column '{name}'", name


def _key_bytes(sql_type: SqlType, length: int | None) -> int:
    if family(sql_type) not in {"string", "bytes"}:
        return 8
    characters = length if length is not None else sql_type.length or 0
    return characters * character_bytes(sql_type.charset or "utf8mb4")


def _row_bytes(sql_type: SqlType) -> int:
    if sql_type.name in {"VARCHAR", "VARBINARY", "CHAR", "BINARY"}:
        size = (sql_type.length or 0) * character_bytes(sql_type.charset or "utf8mb4")
        return size + (2 if size > 255 else 1) * sql_type.name.startswith("VAR")  # noqa: PLR2004 - one byte of length
    return 9 if sql_type.name in MOST_BYTES else 1


# --- foreign keys -----------------------------------------------------------------------------------------


def refers(key: ForeignKey, table: Table) -> bool:
    """True if the foreign key refers to that table."""
    return key.parent_table.lower() == table.name.lower() and (key.parent_schema or "") == (
        table.schema or ""
    )


def _referenced(table: Table, key: ForeignKey, find: FindTable) -> Iterator[Fault]:
    parent = table if refers(key, table) else find(key.parent_table, key.parent_schema)
    names = key.parent_columns
    if parent is None or parent.is_view:
        yield f"a foreign key refers to the unknown table '{key.parent_table}'", key.parent_table
    elif names and len(names) != len(key.columns):
        yield f"a foreign key of {len(key.columns)} columns refers to {len(names)}", key.parent_table
    elif names:  # without names the server takes the parent's primary key
        yield from _paired(table, key, parent)
    if not _is_indexed(table, key):
        columns = ", ".join(key.columns)
        yield f"the foreign key on {columns} of '{table.name}' needs a key that begins with it", table.name


def _paired(table: Table, key: ForeignKey, parent: Table) -> Iterator[Fault]:
    """Faults of the columns of a foreign key beside those that they refer to."""
    parents = [parent.column(name) for name in key.parent_columns]
    for name, column in zip(key.parent_columns, parents, strict=True):
        if column is None:
            yield f"a foreign key refers to the unknown column '{key.parent_table}.{name}'", name
    children = [table.column(name) for name in key.columns]
    for child, column in zip(children, parents, strict=True):
        if child is None or column is None:
            continue
        if not _comparable(child.type, column.type):
            both = f"'{child.name}' ({child.type.name}) and '{column.name}' ({column.type.name})"
            yield f"the columns {both} of a foreign key have different types", child.name
        if key.sets_null and not child.nullable:
            yield f"ON ... SET NULL for column '{child.name}', which is NOT NULL", child.name
    folded = tuple(name.lower() for name in key.parent_columns)
    keys = [each for each in parent.keys if each.kind in {"PRIMARY", "UNIQUE"} and not each.functional]
    if None not in parents and not any(tuple(n.lower() for n in each.columns) == folded for each in keys):
        yield (
            f"a foreign key refers to '{key.parent_table}' by columns that are no unique key",
            key.parent_table,
        )


def _is_indexed(table: Table, key: ForeignKey) -> bool:
    width = len(key.columns)
    return any(
        sorted(each.columns[:width]) == sorted(key.columns) and not each.expression_first
        for each in table.keys
    )


def _comparable(child: SqlType, parent: SqlType) -> bool:
    if family(child) != family(parent):
        return False
    if child.name in INT_BITS:
        return child.name == parent.name and child.unsigned == parent.unsigned
    return True
