"""Named orders: their Literal type, a cursor Struct each, and the functions between rows and cursors."""

from collections.abc import Sequence

from msgspec import Struct

from tools.sqlgen.emit.python_types import EnumNames, PyType, annotation, encode, python_type
from tools.sqlgen.emit.rows import Row
from tools.sqlgen.emit.scope import Scope
from tools.sqlgen.emit.text import joined, literal, struct
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.query_files import NamedOrder
from tools.sqlgen.ir.names import camel_case, identifier
from tools.sqlgen.ir.query import AnalysedQuery, OrderColumn
from tools.sqlgen.variants import after_condition


class _Key(Struct, frozen=True):
    name: str
    type: PyType
    column: OrderColumn


class OrderWriter:
    """Writes what one query with `-- order:` lines needs besides its function."""

    def __init__(
        self,
        query: AnalysedQuery,
        orders: Sequence[NamedOrder],
        function: str,
        scope: Scope,
        config: Config,
        enums: EnumNames,
    ) -> None:
        self.orders = orders
        self.function = function
        self.scope = scope
        columns = {column.name.lower(): column for column in query.order_columns}
        self.keys = {
            order.name: [self._key(columns[key.column.lower()], config, enums) for key in order.keys]
            for order in orders
        }
        base = camel_case(function)
        self.type = scope.define(f"{base}Order")
        self.cursors: dict[str, str] = {}
        self.cursor = ""
        self.make_cursor = ""
        self.values = ""

    @staticmethod
    def _key(column: OrderColumn, config: Config, enums: EnumNames) -> _Key:
        return _Key(
            identifier(column.name, "key"), python_type(column.type, column.origin, config, enums), column
        )

    def define_cursors(self) -> None:
        base = camel_case(self.function)
        self.cursor = self.scope.define(f"{base}Cursor")
        self.cursors = {
            order.name: self.scope.define(f"{base}{camel_case(order.name)}Cursor") for order in self.orders
        }
        self.make_cursor = self.scope.define(f"{self.function}_cursor")
        self.values = self.scope.define(f"_{self.function}_after")
        self.scope.reserve(key.name for keys in self.keys.values() for key in keys)

    def types(self) -> list[str]:
        names = ", ".join(literal(order.name) for order in self.orders)
        alias = self.scope.ref("typing", "TypeAlias")
        blocks = [f"{self.type}: {alias} = {self.scope.ref('typing', 'Literal')}[{names}]\n"]
        if not self.cursors:
            return blocks
        for order in self.orders:
            fields = [f"{key.name}: {annotation(key.type, self.scope)}" for key in self.keys[order.name]]
            closed = all(key.type.closed for key in self.keys[order.name])
            tag = f', tag_field="order", tag={literal(order.name)}'
            doc = [f"Where a page in the order {order.name} ended."]
            base = self.scope.ref("msgspec", "Struct")
            blocks.append(struct(self.cursors[order.name], fields, base, closed=closed, options=tag, doc=doc))
        blocks.append(f"{self.cursor}: {alias} = {' | '.join(self.cursors.values())}\n")
        return blocks

    def functions(self, row: Row) -> list[str]:
        """`<query>_cursor`, and the values of the condition."""
        return [self._cursor_function(row), self._values_function()]

    def _cursor_function(self, row: Row) -> str:
        lines = [
            f"def {self.make_cursor}(row: {row.annotation}, order: {self.type}) -> {self.cursor}:\n",
            f'    """The cursor of the page that ends with a row, for `after` of {self.function}."""\n',
        ]
        last = len(self.orders) - 1
        for number, order in enumerate(self.orders):
            values = ", ".join(_field_of(row, key.column) for key in self.keys[order.name])
            made = f"return {self.cursors[order.name]}({values})\n"
            if number < last:
                lines.append(f"    if order == {literal(order.name)}:\n        {made}")
            else:
                lines.append(f"    {made}")
        return "".join(lines)

    def _values_function(self) -> str:
        str_ = self.scope.ref("", "str")
        any_, tuple_ = self.scope.ref("typing", "Any"), self.scope.ref("", "tuple")
        lines = [f"def {self.values}(after: {self.cursor}, order: {str_}) -> {tuple_}[{any_}, ...]:\n"]
        isinstance_ = self.scope.ref("", "isinstance")
        for order in self.orders:
            keys, cursor = self.keys[order.name], self.cursors[order.name]
            of_its_kind = f" and {isinstance_}(after, {cursor})" if len(self.orders) > 1 else ""
            places = after_condition(order, None)[1]
            values = joined(
                encode(keys[place].type, f"after.{keys[place].name}", self.scope) for place in places
            )
            lines.append(f"    if order == {literal(order.name)}{of_its_kind}:\n        return {values}\n")
        error = self.scope.ref("", "ValueError")
        lines.append(f'    raise {error}(f"the cursor is of another order than {{order}}: {{after}}")\n')
        return "".join(lines)


def _field_of(row: Row, column: OrderColumn) -> str:
    """The expression for an order column of a row; of an embedded table, a field of the field."""
    assert column.result is not None
    for field in row.fields:
        if column.result in field.columns:
            if row.scalar:
                return "row"
            if len(field.columns) == 1:
                return f"row.{field.name}"
            return f"row.{field.name}.{identifier(column.name, 'key')}"
    raise AssertionError(column)
