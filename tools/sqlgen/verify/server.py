"""A statement's description by a live server, in the compiler's own terms.

The server's types of columns and parameters are reliable. Its NOT NULL flag is not: it is wrong, for example,
about constants of derived tables in outer joins. So the flag is only a hint.
"""

from msgspec import Struct

from tools.sqlgen.types.sql_type import TypeClass
from tools.sqlgen.verify import wire
from tools.sqlgen.verify.wire import Client, Definition


class ServerColumn(Struct, frozen=True):
    name: str
    type_class: TypeClass
    not_null_hint: bool
    definition: Definition


class ServerParameter(Struct, frozen=True):
    type_class: TypeClass
    unsigned: bool
    definition: Definition


class Description(Struct, frozen=True):
    """The answer to COM_STMT_PREPARE."""

    columns: tuple[ServerColumn, ...]
    parameters: tuple[ServerParameter, ...]


_CLASSES: dict[int, TypeClass] = {
    0: "decimal",
    wire.NEWDECIMAL: "decimal",
    wire.TINY: "int",
    wire.SHORT: "int",
    wire.LONG: "int",
    wire.INT24: "int",
    wire.LONGLONG: "int",
    wire.YEAR: "int",
    wire.FLOAT: "float",
    wire.DOUBLE: "float",
    wire.NULL: "any",
    wire.TIMESTAMP: "datetime",
    wire.DATETIME: "datetime",
    wire.DATE: "date",
    14: "date",
    wire.TIME: "time",
    wire.BIT: "bit",
    wire.JSON: "json",
    wire.VECTOR: "vector",
    wire.GEOMETRY: "geometry",
    wire.ENUM: "string",
    wire.SET: "string",
}


def type_class(definition: Definition) -> TypeClass:
    """The class of a value so described: `bool` for TINYINT(1), `any` for a bare NULL.

    >>> type_class(Definition(name="n", type_code=wire.TINY, flags=0, charset=63, length=1, decimals=0))
    'bool'
    """
    if definition.type_code == wire.TINY and definition.length == 1:
        return "bool"
    known = _CLASSES.get(definition.type_code)
    if known is not None:
        return known
    if definition.flags & (wire.FLAG_ENUM | wire.FLAG_SET):
        return "string"
    return "bytes" if definition.charset == wire.BINARY_CHARSET else "string"


def describe(client: Client, sql: str) -> Description:
    """Prepare `sql` (parameters as `?`), read its description, and let the server forget it.

    Raises:
        ServerError: the server refuses the statement.

    """
    statement = client.prepare(sql)
    client.release(statement)
    return description(statement)


def description(statement: wire.Statement) -> Description:
    """Return the description of a statement that stays prepared."""
    columns = tuple(
        ServerColumn(
            name=column.name,
            type_class=type_class(column),
            not_null_hint=bool(column.flags & wire.FLAG_NOT_NULL),
            definition=column,
        )
        for column in statement.columns
    )
    parameters = tuple(
        ServerParameter(type_class=type_class(item), unsigned=item.unsigned, definition=item)
        for item in statement.parameters
    )
    return Description(columns=columns, parameters=parameters)
