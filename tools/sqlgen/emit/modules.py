"""One generated module: the functions of a query file."""

from collections.abc import Sequence

from msgspec import Struct

from tools.sqlgen.emit.functions import Function, parameter_list
from tools.sqlgen.emit.models import Models
from tools.sqlgen.emit.orders import OrderWriter
from tools.sqlgen.emit.parameters import Argument, argument_names, arguments
from tools.sqlgen.emit.rows import Row, RowWriter
from tools.sqlgen.emit.scope import Scope
from tools.sqlgen.emit.statements import StatementWriter
from tools.sqlgen.emit.text import header, joined, literal, struct
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.query_files import QuerySource
from tools.sqlgen.ir.names import camel_case, constant_case, identifier, snake_case
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.types.json_shape import JsonArray, JsonObject, JsonShape, JsonTuple
from tools.sqlgen.variants import AfterPart, OrderPart, Template, Text


class CompiledQuery(Struct, frozen=True):
    """A query that is right: what the file says, what it means, and how its text is cut."""

    source: QuerySource
    analysed: AnalysedQuery
    template: Template
    row_part: tuple[int, int] | None = None
    """Of :copyfrom: where in the template's one text-and-values run the row's parenthesis begins and ends."""

    @property
    def function(self) -> str:
        return snake_case(self.source.name)

    @property
    def ordered(self) -> bool:
        return any(isinstance(part, OrderPart | AfterPart) for part in self.template)

    @property
    def has_cursor(self) -> bool:
        return any(isinstance(part, AfterPart) for part in self.template)


def module_text(source: str, queries: Sequence[CompiledQuery], config: Config, models: Models) -> str:
    """The whole module, not laid out yet. `source` is the query file as the header names it."""
    scope = Scope(name for query in queries for name in _own_names(query))
    scope.reserve(query.source.row.value for query in queries if query.source.row)
    writer = _ModuleWriter(scope, config, models)
    for query in queries:
        writer.add(query)
    body = "\n\n".join(writer.blocks)
    querier = writer.querier()
    top = f'{header(source)}"""The queries of {source}."""\n'
    return f"{top}\n\n{scope.imports()}\n\n{body}\n\n{querier}"


def _own_names(query: CompiledQuery) -> list[str]:
    """The names that a query brings into its module, except those of its classes."""
    names = [query.function, *argument_names(query.analysed, _macro_names(query))]
    for index, column in enumerate(query.analysed.columns):
        names.append(identifier(column.name, f"column_{index + 1}"))
        names += [identifier(key, "field") for key in _json_keys(column.json)]
    names += [embed.table for embed in query.analysed.embeds]
    return [
        *names,
        "conn",
        "cursor",
        "row",
        "rows",
        "results",
        "items",
        "item",
        "args",
        "sql",
        "after",
        "order",
        "value",
    ]


def _json_keys(shape: JsonShape | None) -> list[str]:
    match shape:
        case JsonObject():
            return [key for field in shape.fields for key in (field.name, *_json_keys(field.shape))]
        case JsonArray():
            return _json_keys(shape.element)
        case JsonTuple():
            return [key for each in shape.elements for key in _json_keys(each)]
        case _:
            return []


def _macro_names(query: CompiledQuery) -> tuple[str, ...]:
    if query.source.command in {":batch", ":copyfrom"}:
        return ()
    return (*(("order",) if query.ordered else ()), *(("after",) if query.has_cursor else ()))


class _ModuleWriter:
    def __init__(self, scope: Scope, config: Config, models: Models) -> None:
        self.scope = scope
        self.config = config
        self.models = models
        self.blocks: list[str] = []
        self.methods: list[str] = []
        self.shared: dict[str, Row] = {}
        self.rows = RowWriter(scope, config, models)
        self.rows.blocks = self.blocks

    def add(self, query: CompiledQuery) -> None:
        """The definitions of one query: row, types, constants, function."""
        row = self._row(query)
        given = arguments(query.analysed, self.config, self.models, _macro_names(query))
        function = Function(
            query.function, query.source.command, query.analysed, row, self.scope, query.source.doc
        )
        module, _, name = self.config.stream_cursor.partition(":")
        function.stream_cursor = (module, name)
        if query.source.command == ":copyfrom":
            self._copyfrom(query, function, given)
        else:
            self._function(query, function, given)
        self.methods.append(function.method())

    def _row(self, query: CompiledQuery) -> Row | None:
        if not query.analysed.columns or query.source.command in {
            ":exec",
            ":execrows",
            ":execlastid",
            ":execresult",
        }:
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

    def _params_struct(self, query: CompiledQuery, given: Sequence[Argument]) -> str:
        name = self.scope.define(f"{camel_case(query.function)}Params")
        fields = parameter_list(given, self.scope)
        closed = all(argument.type.closed for argument in given) and not any(
            a.parameter.is_slice for a in given
        )
        base = self.scope.ref("msgspec", "Struct")
        doc = [f"What one statement of {query.function} is given."]
        self.blocks.append(struct(name, fields, base, closed=closed, options=", kw_only=True", doc=doc))
        return name

    def _function(self, query: CompiledQuery, function: Function, given: Sequence[Argument]) -> None:
        batch = query.source.command == ":batch"
        orders = query.source.orders
        constant = self.scope.define(constant_case(query.function))
        statement = StatementWriter(constant, self.scope, given, orders, owner="item." if batch else "")
        order_writer = None
        if query.ordered:
            order_writer = OrderWriter(
                query.analysed, orders, query.function, self.scope, self.config, self.models
            )
            if query.has_cursor:
                order_writer.define_cursors()
                statement.after_values = order_writer.values
            self.blocks += order_writer.types()
        if batch:
            params = self._params_struct(query, given)
            iterable = self.scope.ref("collections.abc", "Iterable")
            function.parameters = [f"items: {iterable}[{params}]"]
        else:
            function.parameters = parameter_list(given, self.scope)
            function.locals = {argument.name for argument in given}
            if order_writer:
                function.parameters += self._order_parameters(order_writer)
        text = function.text(query.template, statement)
        self.blocks.append("".join(statement.constants))
        if order_writer and order_writer.cursors and function.row:
            cursor_functions = order_writer.functions(function.row)
            self.blocks += [cursor_functions[1], text, cursor_functions[0]]
        else:
            self.blocks.append(text)

    @staticmethod
    def _order_parameters(writer: OrderWriter) -> list[str]:
        parameters = [f"order: {writer.type}"]
        return [*parameters, f"after: {writer.cursor} | None = None"] if writer.cursors else parameters

    def _copyfrom(self, query: CompiledQuery, function: Function, given: Sequence[Argument]) -> None:
        constant = self.scope.define(constant_case(query.function))
        head, row, tail = (_plain_sql(part) for part in _insert_parts(query))
        self.blocks.append(f"{constant} = ({literal(head)}, {literal(row)}, {literal(tail)})\n")
        params = self._params_struct(query, given)
        iterable = self.scope.ref("collections.abc", "Iterable")
        function.parameters = [f"rows: {iterable}[{params}]"]
        function.doc += ["", *_COPY_DOC] if function.doc else _COPY_DOC
        statement = StatementWriter(constant, self.scope, given, (), owner="row.")
        values = statement.row_values(query.template)
        insert = self.scope.ref(".runtime", "insert_rows")
        columns = len(values)
        self.blocks.append(
            f"{function.signature()}:\n{function.docstring()}"
            f"    values = ({joined(values)} for row in rows)\n"
            f"    async with conn.cursor() as cursor:\n"
            f"        return await {insert}(cursor, *{constant}, values, {columns})\n"
        )

    def querier(self) -> str:
        """The Protocol with every function of the module, which the module itself satisfies."""
        name = self.scope.define("Querier")
        protocol = self.scope.ref("typing", "Protocol")
        doc = '    """The functions of this module, for a fake in tests; the module itself is one."""\n'
        return f"class {name}({protocol}):\n{doc}\n" + "\n".join(self.methods)


_COPY_DOC = [
    "Sent as INSERTs of many rows each: all or nothing only inside a transaction of the caller's.",
    "Returns the number of rows that the server counted.",
]


def _insert_parts(query: CompiledQuery) -> tuple[Template, Template, Template]:
    assert query.row_part is not None
    start, end = query.row_part
    return query.template[:start], query.template[start:end], query.template[end:]


def _plain_sql(parts: Template) -> str:
    return "".join(part.sql.replace("%", "%%") if isinstance(part, Text) else "%s" for part in parts)
