"""One generated function."""

from collections.abc import Sequence

from tools.sqlgen.emit.parameters import Argument
from tools.sqlgen.emit.rows import Row
from tools.sqlgen.emit.scope import Scope
from tools.sqlgen.emit.statements import StatementWriter, is_fixed
from tools.sqlgen.emit.text import docstring
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.variants import Template


class Function:
    """The signature of a query's function, and the text of its body."""

    def __init__(
        self, name: str, command: str, query: AnalysedQuery, row: Row | None, scope: Scope, doc: Sequence[str]
    ) -> None:
        self.name = name
        self.command = command
        self.query = query
        self.row = row
        self.scope = scope
        self.doc = list(doc)
        self.parameters: list[str] = []
        self.locals: set[str] = set()
        self.stream_cursor: tuple[str, str] = ("", "")

    # --- signature ---

    def row_annotation(self) -> str:
        assert self.row is not None
        return self.row.annotation

    def result(self) -> str:
        """The annotation of what the function returns."""
        match self.command:
            case ":exec":
                return "None"
            case ":execrows" | ":execlastid" | ":copyfrom":
                return self.scope.ref("", "int")
            case ":execresult":
                return self.scope.ref(".connection", "ExecResult")
            case ":stream":
                return f"{self.scope.ref('collections.abc', 'AsyncGenerator')}[{self.row_annotation()}, None]"
            case ":batch":
                return f"{self.scope.ref('', 'list')}[{self._batch_item()}]"
            case ":many":
                return f"{self.scope.ref('', 'list')}[{self.row_annotation()}]"
            case _:
                return self._one()

    def _one(self) -> str:
        text = self.row_annotation()
        return (
            text
            if self.query.cardinality == "one" or text.endswith("| None") or text == "Any"
            else f"{text} | None"
        )

    def _batch_item(self) -> str:
        if self.row is None:
            return self.scope.ref("", "int")
        return (
            self._one()
            if self.query.cardinality in {"one", "zero_or_one"}
            else f"{self.scope.ref('', 'list')}[{self.row.annotation}]"
        )

    def signature(self, *, method: bool = False) -> str:
        """`async def f(conn: Connection, *, id: UUID) -> Row`, without the colon."""
        first = ["self"] if method else []
        connection = f"conn: {self.scope.ref('.connection', 'Connection')}"
        rest = ["*", *self.parameters] if self.parameters else []
        keyword = "def" if method and self.command == ":stream" else "async def"
        return f"{keyword} {self.name}({', '.join([*first, connection, *rest])}) -> {self.result()}"

    def method(self) -> str:
        """The function as a method of the module's Querier."""
        return f"    {self.signature(method=True)}: ...\n"

    # --- body ---

    def local(self, name: str) -> str:
        """A variable's name that no parameter has."""
        while name in self.locals:
            name += "_"
        return name

    def text(self, template: Template, writer: StatementWriter) -> str:
        setup, sql, values = self._statement(template, writer)
        lines = self._body(setup, sql, values)
        body = "".join(f"    {line}\n" for line in lines)
        return f"{self.signature()}:\n{self.docstring()}{body}"

    def docstring(self) -> str:
        return docstring(self.doc)

    @staticmethod
    def _statement(template: Template, writer: StatementWriter) -> tuple[list[str], str, str]:
        if is_fixed(template):
            sql, values = writer.fixed(template)
            return [], sql, values
        return writer.pieces(template), writer.sql, f"tuple({writer.values})"

    def _body(self, setup: list[str], sql: str, values: str) -> list[str]:
        cursor = self.local("cursor")
        values = (
            values.replace("tuple(", f"{self.scope.ref('', 'tuple')}(", 1)
            if values.startswith("tuple(")
            else values
        )
        execute = f"await {cursor}.execute({sql}, {values})"
        if self.command == ":batch":
            return self._batch(setup, execute, cursor)
        kind = (
            f"conn.cursor({self.scope.ref(*self.stream_cursor)})"
            if self.command == ":stream"
            else "conn.cursor()"
        )
        lines = [*setup, f"async with {kind} as {cursor}:", f"    {execute}"]
        return lines + self._finish(cursor)

    def _finish(self, cursor: str) -> list[str]:
        row = self.local("row")
        int_ = self.scope.ref("", "int")
        match self.command:
            case ":exec":
                return []
            case ":execrows":
                return [f"    return {int_}({cursor}.rowcount)"]
            case ":execlastid":
                return [f"    return {cursor}.lastrowid"]
            case ":execresult":
                result = self.scope.ref(".connection", "ExecResult")
                return [f"    return {result}({cursor}.rowcount, {cursor}.lastrowid)"]
            case ":stream":
                return [
                    f"    while {self.local('rows')} := await {cursor}.fetchmany(256):",
                    f"        for {row} in {self.local('rows')}:",
                    f"            yield {self._decoded(row)}",
                ]
            case ":many":
                rows = self.local("rows")
                return [
                    f"    {rows} = await {cursor}.fetchall()",
                    f"return [{self._decoded(row)} for {row} in {rows}]",
                ]
            case _:
                lines = [f"    {row} = await {cursor}.fetchone()"]
                if self.query.cardinality != "one":
                    lines += [f"if {row} is None:", "    return None"]
                return [*lines, *self._returned(row)]

    def _returned(self, row: str) -> list[str]:
        made = self._decoded(row)
        if not made.startswith(f"{row}["):
            return [f"return {made}"]
        value = self.local("value")  # what the driver gives has no type of its own
        return [f"{value}: {self.row_annotation()} = {made}", f"return {value}"]

    def _single(self, row: str) -> str:
        """The expression for the row that a query with at most one has."""
        made = self._decoded(row)
        return made if self.query.cardinality == "one" else f"None if {row} is None else {made}"

    def _decoded(self, row: str) -> str:
        assert self.row is not None
        return self.row.decode(row)

    def _batch(self, setup: list[str], execute: str, cursor: str) -> list[str]:
        int_, list_ = self.scope.ref("", "int"), self.scope.ref("", "list")
        lines = [
            f"results: {list_}[{self._batch_item()}] = []",
            f"async with conn.cursor() as {cursor}:",
            "    for item in items:",
        ]
        inner = [*setup, execute]
        if self.row is None:
            inner.append(f"results.append({int_}({cursor}.rowcount))")
        elif self.query.cardinality in {"one", "zero_or_one"}:
            inner += [f"row = await {cursor}.fetchone()", f"results.append({self._single('row')})"]
        else:
            inner.append(f"results.append([{self._decoded('row')} for row in await {cursor}.fetchall()])")
        return [*lines, *(f"        {line}" for line in inner), "return results"]


def parameter_list(arguments: Sequence[Argument], scope: Scope) -> list[str]:
    return [argument.declaration(scope) for argument in arguments]
