"""Plans the rows of queries: one value, the Struct of a table, or a Struct of the query's own."""

from collections.abc import Callable, Sequence

from tools.sqlgen.emit.models import Model, Models
from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.python_types import annotation, decode, python_type
from tools.sqlgen.emit.shapes import Shape, Shaper, closed, indirect, lenient
from tools.sqlgen.emit.text import struct
from tools.sqlgen.input.config import Config
from tools.sqlgen.ir.names import camel_case, constant_case, identifier, unique
from tools.sqlgen.ir.query import AnalysedQuery, EmbedGroup, ResultColumn

Decode = Callable[[str], str]
"""Returns an expression, given the name of the variable that holds the driver's row or value."""


class RowField:
    """One field of a row."""

    def __init__(
        self, name: str, annotation: str, decode: Decode, columns: Sequence[int], *, closed: bool
    ) -> None:
        self.name = name
        self.annotation = annotation
        self.decode = decode
        self.columns = columns
        self.closed = closed


class Row:
    """The type of a query's rows, and how one is made from the driver's row."""

    def __init__(
        self,
        annotation: str,
        fields: Sequence[RowField],
        *,
        scalar: Decode | None = None,
        arguments: Callable[[str], list[str]] | None = None,
        own: bool = False,
    ) -> None:
        """One of `scalar` and `arguments` is given."""
        self.annotation = annotation
        self.fields = fields
        self.scalar = scalar
        """Makes the value, for a row that is one value."""
        self.arguments = arguments
        """Makes the arguments of the Struct's constructor."""
        self.own = own
        """True if this module defines the Struct."""

    def decode(self, row: str) -> str:
        """Return the expression that makes a row of the driver's row in the variable `row`."""
        if self.scalar is not None:
            return self.scalar(row)
        head, arguments, tail = self.constructor(row)
        return f"{head}{', '.join(arguments)}{tail}"

    def constructor(self, row: str) -> tuple[str, list[str], str]:
        """Return the same in three: `Row(`, the arguments, `)`. For a scalar, the expression, nothing, nothing."""
        if self.arguments is None:
            return self.decode(row), [], ""
        return f"{self.annotation}(", self.arguments(row), ")"


class RowWriter:
    """Plans the rows of one module, and collects the definitions that they need."""

    def __init__(self, namespace: ModuleNamespace, config: Config, models: Models) -> None:
        self.namespace = namespace
        self.config = config
        self.models = models
        self.shaper = Shaper(namespace, config, models)
        self.blocks: list[str] = []
        self._model_decoders: dict[tuple[str, str], str] = {}

    def row(self, query: AnalysedQuery, function: str, shared: str | None) -> Row:
        """Return the row of a query with columns. `shared` is the name from a `-- row:` annotation."""
        if len(query.columns) == 1 and shared is None and query.columns[0].embed is None:
            field = self._column(query.columns[0], 0, camel_case(function), function, set())
            return Row(field.annotation, [field], scalar=field.decode)
        if query.whole_table is not None and shared is None:
            return self._model_row(self.models.model(query.whole_table))
        if shared is None and all(column.embed == 0 for column in query.columns):
            field = self._embed(query, 0, set())
            return Row(field.annotation, [field], scalar=field.decode)
        name = shared or self.namespace.define(f"{camel_case(function)}Row")
        fields = self._fields(query, name, function)
        return Row(name, fields, arguments=_arguments(fields, len(query.columns)), own=True)

    def define(self, row: Row) -> None:
        """Write the Struct of a row with `own`."""
        lines = [f"{field.name}: {field.annotation}" for field in row.fields]
        base = self.namespace.ref("msgspec", "Struct")
        self.blocks.append(
            struct(row.annotation, lines, base, closed=all(field.closed for field in row.fields))
        )

    def _fields(self, query: AnalysedQuery, name: str, function: str) -> list[RowField]:
        fields: list[RowField] = []
        taken: set[str] = set()
        for index, column in enumerate(query.columns):
            if column.embed is None:
                fields.append(self._column(column, index, name, function, taken))
            elif index == 0 or query.columns[index - 1].embed != column.embed:
                fields.append(self._embed(query, column.embed, taken))
        return fields

    def _column(
        self, column: ResultColumn, index: int, owner: str, function: str, taken: set[str]
    ) -> RowField:
        name = unique(identifier(column.name, f"column_{index + 1}"), taken)
        taken.add(name)
        if column.json is not None:
            shape = self.shaper.plan(column.json, owner + camel_case(name))
            self.blocks += self.shaper.structs(shape)
            if not _is_raw(shape):
                return self._json(column, index, name, function, shape)
        type_ = python_type(column.type, column.source_column, self.config, self.models)
        if type_.kind == "json":
            decoder = self._decoder(f"{function}_{name}", annotation(type_, self.namespace), strict=True)
            return self._field(
                column, index, name, annotation(type_, self.namespace), f"{decoder}.decode", closed=False
            )

        def expression(value: str) -> str:
            return decode(type_, value, self.namespace)

        return self._nullable(
            column, index, name, annotation(type_, self.namespace), expression, closed=type_.closed
        )

    def _json(self, column: ResultColumn, index: int, name: str, function: str, shape: Shape) -> RowField:
        """Return the field of a JSON column whose shape is known. SQL NULL is not part of the shape."""
        wire = self.shaper.annotation(shape, wire=True, bare=column.nullable)
        decoder = self._decoder(f"{function}_{name}", wire, strict=not lenient(shape))

        def expression(value: str) -> str:
            return self.shaper.convert(shape, f"{decoder}.decode({value})", bare=True)

        public = self.shaper.annotation(shape, bare=True)
        return self._nullable(column, index, name, public, expression, closed=closed(shape))

    def _decoder(self, name: str, type_: str, *, strict: bool) -> str:
        constant = self.namespace.define(f"_{constant_case(name)}")
        decoder = self.namespace.ref("msgspec.json", "Decoder")
        arguments = type_ if strict else f"{type_}, strict={self.namespace.ref('', 'False')}"
        self.blocks.append(f"{constant}: {decoder}[{type_}] = {decoder}({arguments})\n")
        return constant

    def _field(
        self, column: ResultColumn, index: int, name: str, text: str, function: str, *, closed: bool
    ) -> RowField:
        return self._nullable(column, index, name, text, lambda value: f"{function}({value})", closed=closed)

    def _nullable(
        self, column: ResultColumn, index: int, name: str, text: str, expression: Decode, *, closed: bool
    ) -> RowField:
        def whole(row: str) -> str:
            value = f"{row}[{index}]"
            made = expression(value)
            return f"None if {value} is None else {made}" if column.nullable and made != value else made

        full = f"{text} | None" if column.nullable and text not in {"Any", "None"} else text
        return RowField(name, full, whole, [index], closed=closed)

    def _embed(self, query: AnalysedQuery, number: int, taken: set[str]) -> RowField:
        group = query.embeds[number]
        model = self.models.model(group.source)
        columns = [index for index, column in enumerate(query.columns) if column.embed == number]
        name = unique(identifier(group.table, f"table_{number + 1}"), taken)
        taken.add(name)
        cls = self.namespace.ref(".models", model.name)

        def expression(row: str) -> str:
            made = f"{cls}({', '.join(self._model_arguments(model, columns, row))})"
            return f"None if {_nothing(group, columns, row)} else {made}" if group.nullable else made

        text = f"{cls} | None" if group.nullable else cls
        return RowField(name, text, expression, columns, closed=model.closed)

    def _model_row(self, model: Model) -> Row:
        cls = self.namespace.ref(".models", model.name)
        fields = [
            RowField(field.name, "", lambda _: "", [index], closed=field.type.closed)
            for index, field in enumerate(model.fields)
        ]
        columns = range(len(fields))
        return Row(cls, fields, arguments=lambda row: self._model_arguments(model, columns, row))

    def _model_arguments(self, model: Model, columns: Sequence[int], row: str) -> list[str]:
        values: list[str] = []
        for field, index in zip(model.fields, columns, strict=True):
            value = f"{row}[{index}]"
            if field.type.kind == "json":
                made = self._model_json(model, field.name, annotation(field.type, self.namespace), value)
            else:
                made = decode(field.type, value, self.namespace)
            values.append(
                f"None if {value} is None else {made}" if field.nullable and made != value else made
            )
        return values

    def _model_json(self, model: Model, field: str, type_: str, value: str) -> str:
        key = (model.name, field)
        if key not in self._model_decoders:
            self._model_decoders[key] = self._decoder(f"{model.name}_{field}", type_, strict=True)
        return f"{self._model_decoders[key]}.decode({value})"


def _arguments(fields: Sequence[RowField], width: int) -> Callable[[str], list[str]]:
    """Return the constructor's arguments: `*row` if each of the `width` columns is a field without conversion."""

    def arguments(row: str) -> list[str]:
        values = [field.decode(row) for field in fields]
        return [f"*{row}"] if values == [f"{row}[{index}]" for index in range(width)] else values

    return arguments


def row_signature(query: AnalysedQuery, models: Models) -> list[object]:
    """Return names, Python types, nullability and JSON shapes of a row. Rows with equal signatures are the same."""
    columns: list[object] = []
    for column in query.columns:
        type_ = python_type(column.type, column.source_column, models.config, models)
        group = None if column.embed is None else query.embeds[column.embed]
        columns.append((column.name.lower(), type_, column.nullable, column.json, group and group.table))
    return columns


def _is_raw(shape: Shape) -> bool:
    return not indirect(shape) and getattr(getattr(shape, "type", None), "kind", "") in {"raw", "json"}


def _nothing(group: EmbedGroup, columns: Sequence[int], row: str) -> str:
    """Return the condition that is true if an outer join found no row of the embedded table."""
    tested = columns if group.nullability_source is None else [group.nullability_source]
    return " and ".join(f"{row}[{index}] is None" for index in tested)
