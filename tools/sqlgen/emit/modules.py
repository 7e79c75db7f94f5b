"""Writes one generated module: the functions of a query file."""

from collections.abc import Iterator, Sequence

from tools.sqlgen.emit.functions import Function
from tools.sqlgen.emit.models import Models
from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.orders import OrderWriter, local_names
from tools.sqlgen.emit.parameters import Argument, argument_names, arguments
from tools.sqlgen.emit.rows import Row, RowWriter
from tools.sqlgen.emit.statements import StatementWriter, fixed_text, is_fixed
from tools.sqlgen.emit.text import header, literal, struct
from tools.sqlgen.input.config import Config
from tools.sqlgen.ir.names import camel_case, constant_case, identifier
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.lower.template import Template
from tools.sqlgen.types.json_shape import JsonArray, JsonObject, JsonShape, JsonTuple

_WITHOUT_ROWS = frozenset({":exec", ":execrows", ":execlastid", ":execresult"})
_WITH_PARAMS_STRUCT = frozenset({":batch", ":copyfrom"})
_BATCH_LOCALS = ("conn", "cursor", "row", "items", "item", "results")
_LOCALS = (*_BATCH_LOCALS, "rows", "args", "sql", "after", "order", "value", "values")
"""Variables of the generated functions."""

_COPY_DOC = (
    "Inserts all rows with a few multi-row INSERTs: all or nothing only inside a transaction of the caller.",
    "Returns the number of rows that the server counted.",
)


def module_text(source: str, queries: Sequence[CompiledQuery], config: Config, models: Models) -> str:
    """Return the whole module, not formatted yet. `source` is the path of the query file in the header."""
    namespace = ModuleNamespace(name for query in queries for name in _own_names(query))
    namespace.reserve(query.source.row.value for query in queries if query.source.row)
    writer = _ModuleWriter(namespace, config, models)
    for query in queries:
        writer.add(query)
    blocks = [*writer.blocks, writer.querier()] if config.querier else writer.blocks
    top = f'{header(source)}"""The queries of {source}."""\n'
    return "\n".join([top, f"{namespace.imports()}\n", "\n\n".join(blocks)])


def _own_names(query: CompiledQuery) -> Iterator[str]:
    """Yield the names that a query brings into its module, except those of its classes."""
    names = argument_names(query.analysed, _macro_names(query))
    yield query.function
    yield from names
    yield from (f"if_{name}" for name in names)
    yield from local_names(query, names).values()
    for index, column in enumerate(query.analysed.columns):
        yield identifier(column.name, f"column_{index + 1}")
        yield from (identifier(key, "field") for key in _json_keys(column.json))
    yield from (embed.table for embed in query.analysed.embeds)
    yield from _LOCALS


def _json_keys(shape: JsonShape | None) -> Iterator[str]:
    match shape:
        case JsonObject():
            for field in shape.fields:
                yield field.name
                yield from _json_keys(field.shape)
        case JsonArray():
            yield from _json_keys(shape.element)
        case JsonTuple():
            for element in shape.elements:
                yield from _json_keys(element)
        case _:
            return


def _macro_names(query: CompiledQuery) -> tuple[str, ...]:
    """Return the parameters that the query's macros add to the function."""
    if query.source.command in _WITH_PARAMS_STRUCT:
        return ()
    return (*(("order",) if query.has_orders else ()), *(("after",) if query.has_cursor else ()))


class _ModuleWriter:
    def __init__(self, namespace: ModuleNamespace, config: Config, models: Models) -> None:
        self.namespace = namespace
        self.config = config
        self.models = models
        self.rows = RowWriter(namespace, config, models)
        self.blocks = self.rows.blocks
        self.methods: list[str] = []
        self.shared: dict[str, Row] = {}

    def add(self, query: CompiledQuery) -> None:
        """Add the definitions of one query: row, types, constants, function."""
        row = self._row(query)
        given = arguments(query.analysed, self.config, self.models, _macro_names(query))
        match query.source.command:
            case ":copyfrom":
                function = self._copyfrom(query, given)
            case ":batch":
                function = self._batch(query, row, given)
            case _:
                function = self._single(query, row, given)
        self.methods.append(function.method())

    def querier(self) -> str:
        """Return the Protocol with every function of the module. The module itself satisfies it."""
        name = self.namespace.define("Querier")
        protocol = self.namespace.ref("typing", "Protocol")
        doc = '    """The functions of this module, for a fake in tests. The module itself is a Querier."""\n'
        return f"class {name}({protocol}):\n{doc}\n" + "\n".join(self.methods)

    def _row(self, query: CompiledQuery) -> Row | None:
        if not query.analysed.columns or query.source.command in _WITHOUT_ROWS:
            return None
        shared = query.source.row.value if query.source.row else None
        if shared and shared in self.shared:
            return self.shared[shared]
        row = self.rows.row(query.analysed, query.function, shared)
        if row.own:
            self.rows.define(row)
        if shared:
            self.shared[shared] = row
        return row

    def _single(self, query: CompiledQuery, row: Row | None, given: Sequence[Argument]) -> Function:
        """Add a query whose function sends one statement."""
        names = [argument.name for argument in given]
        parameters = [argument.declaration(self.namespace) for argument in given]
        orders = None
        if query.has_orders:
            orders = OrderWriter(query, names, self.namespace, self.config, self.models)
            self.blocks += orders.types()
            parameters += orders.parameters()
        function = self._function(query, row, parameters, names)
        taken = {*names, *(orders.locals.values() if orders else ())}
        writer = StatementWriter(self.namespace, given, orders, taken=taken)
        if orders and orders.cursor:
            self.blocks.append(orders.values_text())
        self._add_function(query, function, writer)
        if orders and orders.cursor and row:
            self.blocks.append(orders.cursor_text(row))
        return function

    def _batch(self, query: CompiledQuery, row: Row | None, given: Sequence[Argument]) -> Function:
        """Add a query whose function sends one statement for each item."""
        iterable = self.namespace.ref("collections.abc", "Iterable")
        parameter = f"items: {iterable}[{self._params_struct(query, given)}]"
        function = self._function(query, row, [parameter], ())
        self._add_function(
            query, function, StatementWriter(self.namespace, given, None, owner="item.", taken=_BATCH_LOCALS)
        )
        return function

    def _copyfrom(self, query: CompiledQuery, given: Sequence[Argument]) -> Function:
        """Add a query whose function sends multi-row INSERTs."""
        constant = self.namespace.define(constant_case(query.function))
        parts = ", ".join(literal(fixed_text(part)) for part in _insert_parts(query))
        self.blocks.append(f"{constant} = ({parts})\n")
        iterable = self.namespace.ref("collections.abc", "Iterable")
        parameter = f"rows: {iterable}[{self._params_struct(query, given)}]"
        function = self._function(query, None, [parameter], ())
        values = StatementWriter(self.namespace, given, None, owner="row.").values(query.template)
        self.blocks.append(function.copyfrom_text(constant, values, _COPY_DOC))
        return function

    def _function(
        self, query: CompiledQuery, row: Row | None, parameters: Sequence[str], names: Sequence[str]
    ) -> Function:
        return Function(query, row, parameters, names, self.namespace, self.config.stream_cursor)

    def _add_function(self, query: CompiledQuery, function: Function, writer: StatementWriter) -> None:
        if not is_fixed(query.template):
            self.blocks.append(function.text(writer.composed(query.template)))
            return
        constant = self.namespace.define(constant_case(query.function))
        definition = f"{constant} = {literal(fixed_text(query.template))}\n"
        text = function.text(writer.fixed(query.template, constant))  # may add decoders to the blocks
        self.blocks += [definition, text]

    def _params_struct(self, query: CompiledQuery, given: Sequence[Argument]) -> str:
        name = self.namespace.define(f"{camel_case(query.function)}Params")
        fields = [argument.declaration(self.namespace) for argument in given]
        closed = all(a.type.closed and not a.parameter.is_slice for a in given)
        base = self.namespace.ref("msgspec", "Struct")
        unit = "row" if query.source.command == ":copyfrom" else "statement"
        doc = [f"Parameters of one {unit} of {query.function}."]
        self.blocks.append(struct(name, fields, base, closed=closed, options=", kw_only=True", doc=doc))
        return name


def _insert_parts(query: CompiledQuery) -> tuple[Template, Template, Template]:
    """Return the head, the parenthesis of one row, and the tail of an INSERT."""
    assert query.row_part is not None
    start, end = query.row_part
    return query.template[:start], query.template[start:end], query.template[end:]
