"""Writes the named orders of a query: their Literal type, the table of their SQL, and the cursor."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.python_types import EnumNames, PyType, annotation, encode, python_type
from tools.sqlgen.emit.rows import Row
from tools.sqlgen.emit.text import docstring, filled, joined, literal, struct
from tools.sqlgen.input.annotations import NamedOrder
from tools.sqlgen.input.config import Config
from tools.sqlgen.ir.names import camel_case, constant_case, identifier, unique
from tools.sqlgen.ir.query import OrderColumn
from tools.sqlgen.lower.keyset import after_cursor_sql, order_by_sql
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.lower.template import AfterCursor, OrderBy, flat_parts

_Key: TypeAlias = tuple[type[OrderBy] | type[AfterCursor], str | None]


class _Field(Struct, frozen=True):
    """A field of the cursor."""

    name: str
    type: PyType
    column: OrderColumn
    optional: bool
    """True if some orders do not use the column."""


class _Group(Struct, frozen=True):
    """Orders with the same columns, in any directions."""

    orders: tuple[NamedOrder, ...]
    fields: tuple[_Field, ...]


class OrderWriter:
    """Writes the definitions for a query with `-- order:` annotations."""

    def __init__(
        self,
        query: CompiledQuery,
        taken: Iterable[str],
        namespace: ModuleNamespace,
        config: Config,
        enums: EnumNames,
    ) -> None:
        """`taken` are the names of the function's parameters."""
        self.namespace = namespace
        self.function = query.function
        self.orders = query.source.orders
        self.groups = self._groups(query, config, enums)
        self.locals = local_names(query, taken)
        base = camel_case(query.function)
        self.type = namespace.define(f"{base}Order")
        self.table = namespace.define(constant_case(f"{query.function}_orders"))
        self.cursor = namespace.define(f"{base}Cursor") if query.has_cursor else ""
        if self.cursor:
            self.make_cursor = namespace.define(f"{query.function}_cursor")
            self.values_function = namespace.define(f"_{query.function}_after")
            namespace.reserve(field.name for field in self.fields)

    @property
    def fields(self) -> list[_Field]:
        return list({field.name: field for group in self.groups for field in group.fields}.values())

    def _groups(self, query: CompiledQuery, config: Config, enums: EnumNames) -> list[_Group]:
        columns = {column.name.lower(): column for column in query.analysed.order_columns}
        keys = {order.name: tuple(key.column.lower() for key in order.keys) for order in self.orders}
        fields: dict[str, _Field] = {}
        taken = {"order"}
        for name in dict.fromkeys(name for names in keys.values() for name in names):
            column = columns[name]
            field = unique(identifier(column.name, "key"), taken)
            taken.add(field)
            type_ = python_type(column.type, column.source_column, config, enums)
            in_all = all(name in names for names in keys.values())
            fields[name] = _Field(field, type_, column, not in_all)
        members: dict[tuple[str, ...], list[NamedOrder]] = {}
        for order in self.orders:
            members.setdefault(keys[order.name], []).append(order)
        return [
            _Group(tuple(orders), tuple(fields[name] for name in names)) for names, orders in members.items()
        ]

    # --- in the function ---

    def parameters(self) -> list[str]:
        """Return the parameters that choose the order and the page."""
        parameters = [f"order: {self.type}"]
        return [*parameters, f"after: {self.cursor} | None = None"] if self.cursor else parameters

    def local(self, part: OrderBy | AfterCursor) -> str:
        """Return the function's variable with the SQL of a part in the chosen order."""
        return self.locals[type(part), part.alias]

    def lookup(self) -> str:
        """Return the line that reads the SQL of the chosen order from the table."""
        return f"{', '.join(self.locals.values())} = {self.table}[order]"

    def cursor_values(self) -> str:
        """Return the expression for the values of the cursor's condition."""
        return f"{self.values_function}({'after' if len(self.orders) == 1 else 'after, order'})"

    # --- beside the function ---

    def types(self) -> list[str]:
        """Return the Literal type, the cursor class and the table."""
        alias, choice = self.namespace.ref("typing", "TypeAlias"), self.namespace.ref("typing", "Literal")
        names = [literal(order.name) for order in self.orders]
        blocks = ["\n".join(filled(f"{self.type}: {alias} = {choice}[", names, "]", 0)) + "\n"]
        if self.cursor:
            blocks.append(self._cursor_class())
        return [*blocks, self._table()]

    def _table(self) -> str:
        str_ = self.namespace.ref("", "str")
        columns = list(self.locals)
        entries: list[str] = []
        for order in self.orders:
            texts = [literal(_sql(order, *column)) for column in columns]
            entries.append(f"{literal(order.name)}: {texts[0] if len(texts) == 1 else joined(texts)}")
        kind = (
            str_
            if len(columns) == 1
            else f"{self.namespace.ref('', 'tuple')}[{', '.join([str_] * len(columns))}]"
        )
        dict_ = self.namespace.ref("", "dict")
        heading = "" if len(columns) == 1 else f"    # {', '.join(self.locals.values())}\n"
        lines = "".join(f"    {entry},\n" for entry in entries)
        return f"{self.table}: {dict_}[{self.type}, {kind}] = {{\n{heading}{lines}}}\n"

    def _cursor_class(self) -> str:
        fields = [f"order: {self.type}"]
        for field in sorted(self.fields, key=lambda field: field.optional):
            text = annotation(field.type, self.namespace)
            if field.optional:
                unset, unset_type = (self.namespace.ref("msgspec", name) for name in ("UNSET", "UnsetType"))
                text += f" | {unset_type} = {unset}"
            fields.append(f"{field.name}: {text}")
        if len(self.groups) > 1:
            none = self.namespace.ref("", "None")
            fields += [
                "",
                f"def __post_init__(self) -> {none}:",
                f"    {self.values_function}(self, self.order)  # raises ValueError if a column is missing",
            ]
        doc = [f"The end of a page of {self.function}: the last row's values of the columns of its order."]
        closed = all(field.type.closed for field in self.fields)
        base = self.namespace.ref("msgspec", "Struct")
        return struct(self.cursor, fields, base, closed=closed, options=", kw_only=True", doc=doc)

    def _values(self, group: _Group) -> str:
        """Return the tuple of the values. A value that is converted and used again is kept in a variable."""
        _, keys = after_cursor_sql(group.orders[0], None)
        values: list[str] = []
        kept: dict[str, str] = {}
        for field in (group.fields[key] for key in keys):
            value = f"after.{field.name}"
            made = encode(field.type, value, self.namespace)
            if field.name not in kept and made != value and field is not group.fields[-1]:
                kept[field.name] = unique(field.name, {"after", "order"})
                values.append(f"{kept[field.name]} := {made}")
            else:
                values.append(kept.get(field.name, made))
        return joined(values)

    def values_text(self) -> str:
        """Return the function that gives the values of the cursor's condition."""
        str_, error = self.namespace.ref("", "str"), self.namespace.ref("", "ValueError")
        result = f"{self.namespace.ref('', 'tuple')}[{self.namespace.ref('typing', 'Any')}, ...]"
        doc = docstring([f"Values of the condition for the rows of {self.function} after a cursor."]).rstrip()
        last = f"    return {self._values(self.groups[-1])}\n"
        if len(self.orders) == 1:
            return "\n".join([f"def {self.values_function}(after: {self.cursor}) -> {result}:", doc, last])
        lines = [
            f"def {self.values_function}(after: {self.cursor}, order: {str_}) -> {result}:",
            doc,
            "    if after.order != order:",
            f'        raise {error}(f"the cursor is of another order than {{order}}: {{after}}")',
        ]
        if len(self.groups) == 1:
            return "\n".join([*lines, last])
        for group in self.groups:
            condition = _is_one_of(group.orders)
            for field in group.fields:
                if field.optional:
                    condition += f" and after.{field.name} is not {self.namespace.ref('msgspec', 'UNSET')}"
            lines += [f"    if {condition}:", f"        return {self._values(group)}"]
        lines.append(f'    raise {error}(f"the cursor lacks a column of the order {{order}}: {{after}}")\n')
        return "\n".join(lines)

    def cursor_text(self, row: Row) -> str:
        """Return the function that makes a cursor of a row."""
        doc = f"The cursor of the page that ends with `row`, for `after` of {self.function}."
        lines = [
            f"def {self.make_cursor}(row: {row.annotation}, order: {self.type}) -> {self.cursor}:",
            docstring([doc]).rstrip(),
        ]
        for group in self.groups:
            values = [f"{field.name}={_field_of(row, field.column)}" for field in group.fields]
            made = f"return {self.cursor}({', '.join(['order=order', *values])})"
            if group is self.groups[-1]:
                lines.append(f"    {made}\n")
            else:
                lines += [f"    if {_is_one_of(group.orders)}:", f"        {made}"]
        return "\n".join(lines)


def local_names(query: CompiledQuery, taken: Iterable[str]) -> dict[_Key, str]:
    """For each different use of an order in the text, the name of the function's variable with its SQL.

    `sqlc.order_by(p)` -> order_by_p, `sqlc.after(q)` -> after_q; without an alias order_by and after_cursor.
    `taken` are the names of the function's parameters.
    """
    used = {"order", "after", *taken}
    names: dict[_Key, str] = {}
    for part in flat_parts(query.template):
        if isinstance(part, OrderBy | AfterCursor) and (type(part), part.alias) not in names:
            if part.alias is None:
                base = "order_by" if isinstance(part, OrderBy) else "after_cursor"
            else:
                base = f"{'order_by' if isinstance(part, OrderBy) else 'after'}_{identifier(part.alias, 'alias')}"
            name = unique(base, used)
            used.add(name)
            names[type(part), part.alias] = name
    return names


def _sql(order: NamedOrder, part: type[OrderBy] | type[AfterCursor], alias: str | None) -> str:
    sql = order_by_sql(order, alias) if part is OrderBy else after_cursor_sql(order, alias)[0]
    return sql.replace("%", "%%").replace("?", "%s")


def _is_one_of(orders: Sequence[NamedOrder]) -> str:
    names = [literal(order.name) for order in orders]
    return f"order == {names[0]}" if len(names) == 1 else f"order in {{{', '.join(names)}}}"


def _field_of(row: Row, column: OrderColumn) -> str:
    """Return the expression for an order column of a row; in an embedded table, a field of the field."""
    assert column.result is not None
    for field in row.fields:
        if column.result in field.columns:
            if row.scalar:
                return "row"
            if len(field.columns) == 1:
                return f"row.{field.name}"
            return f"row.{field.name}.{identifier(column.name, 'key')}"
    raise AssertionError(column)
