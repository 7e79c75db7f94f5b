"""Writes one generated function: its signature, and the calls of the driver's cursor."""

from collections.abc import Collection, Sequence

from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.rows import Row
from tools.sqlgen.emit.statements import Statement
from tools.sqlgen.emit.text import docstring, filled, joined
from tools.sqlgen.lower.query import CompiledQuery

_FETCH = 256
"""Rows that a :stream reads at once."""


class Function:
    """Writes the function of one query."""

    def __init__(
        self,
        query: CompiledQuery,
        row: Row | None,
        parameters: Sequence[str],
        taken: Collection[str],
        namespace: ModuleNamespace,
        stream_cursor: str,
    ) -> None:
        """`parameters` are declarations, `taken` their names. `stream_cursor` is `module:Class` of :stream."""
        self.name = query.function
        self.command = query.source.command
        self.cardinality = query.analysed.cardinality
        self.doc = query.source.doc
        self._row = row
        self.parameters = parameters
        self.taken = taken
        self.namespace = namespace
        self.stream_cursor = stream_cursor

    @property
    def row(self) -> Row:
        assert self._row is not None
        return self._row

    # --- signature ---

    def signature(self, *, method: bool = False) -> str:
        """Return `async def f(conn: Connection, *, id: UUID) -> Row`, without the colon."""
        first = ["self"] if method else []
        connection = f"conn: {self.namespace.ref('.connection', 'Connection')}"
        rest = ["*", *self.parameters] if self.parameters else []
        keyword = "def" if method and self.command == ":stream" else "async def"
        return f"{keyword} {self.name}({', '.join([*first, connection, *rest])}) -> {self.result()}"

    def method(self) -> str:
        """Return the function as a method of the module's Querier."""
        return f"    {self.signature(method=True)}: ...\n"

    def result(self) -> str:
        """Return the annotation of the function's result."""
        match self.command:
            case ":exec":
                return "None"
            case ":execrows" | ":execlastid" | ":copyfrom":
                return self.namespace.ref("", "int")
            case ":execresult":
                return self.namespace.ref(".connection", "ExecResult")
            case ":stream":
                return (
                    f"{self.namespace.ref('collections.abc', 'AsyncGenerator')}[{self.row.annotation}, None]"
                )
            case ":batch":
                return self._list_of(self._batch_item())
            case ":many":
                return self._list_of(self.row.annotation)
            case _:
                return self._one()

    def _list_of(self, item: str) -> str:
        return f"{self.namespace.ref('', 'list')}[{item}]"

    def _one(self) -> str:
        text = self.row.annotation
        always = self.cardinality == "one" or text.endswith("| None") or text == "Any"
        return text if always else f"{text} | None"

    def _batch_item(self) -> str:
        if self._row is None:
            return self.namespace.ref("", "int")
        return self._list_of(self.row.annotation) if self.cardinality == "many" else self._one()

    # --- body ---

    def text(self, statement: Statement) -> str:
        """Return the whole function."""
        body = self._batch(statement) if self.command == ":batch" else self._body(statement)
        return f"{self.signature()}:\n{docstring(self.doc)}" + "".join(f"    {line}\n" for line in body)

    def copyfrom_text(self, constant: str, values: Sequence[str], doc: Sequence[str]) -> str:
        """Return the whole function of a :copyfrom. `constant` holds head, row and tail of the INSERT."""
        insert = self.namespace.ref(".runtime", "insert_rows")
        made = (
            filled("values = ((", values, ") for row in rows)", 4)
            if len(values) > 1
            else [f"values = ({joined(values)} for row in rows)"]
        )
        body = [
            *made,
            "async with conn.cursor() as cursor:",
            f"    return await {insert}(cursor, *{constant}, values, {len(values)})",
        ]
        return f"{self.signature()}:\n{docstring([*self.doc, *doc])}" + "".join(f"    {x}\n" for x in body)

    def _local(self, name: str) -> str:
        """Return a variable's name that no parameter has."""
        while name in self.taken:
            name += "_"
        return name

    def _body(self, statement: Statement) -> list[str]:
        cursor = self._local("cursor")
        kind = ""
        if self.command == ":stream":
            module, _, name = self.stream_cursor.partition(":")
            kind = self.namespace.ref(module, name)
        return [
            *statement.setup,
            f"async with conn.cursor({kind}) as {cursor}:",
            *_shifted(_execute(statement, cursor, 8)),
            *self._finish(cursor),
        ]

    def _finish(self, cursor: str) -> list[str]:
        row, rows, int_ = self._local("row"), self._local("rows"), self.namespace.ref("", "int")
        match self.command:
            case ":exec":
                return []
            case ":execrows":
                return [f"    return {int_}({cursor}.rowcount)"]
            case ":execlastid":
                return [f"    return {cursor}.lastrowid"]
            case ":execresult":
                result = self.namespace.ref(".connection", "ExecResult")
                return [f"    return {result}({cursor}.rowcount, {cursor}.lastrowid)"]
            case ":stream":
                head, arguments, tail = self.row.constructor(row)
                return [
                    f"    while {rows} := await {cursor}.fetchmany({_FETCH}):",
                    f"        for {row} in {rows}:",
                    *_shifted(filled(f"yield {head}", arguments, tail, 16), 12),
                ]
            case ":many":
                head, arguments, tail = self.row.constructor(row)
                made = filled(f"return [{head}", arguments, f"{tail} for {row} in {rows}]", 4)
                return [f"    {rows} = await {cursor}.fetchall()", *made]
            case _:
                lines = [f"    {row} = await {cursor}.fetchone()"]
                if self.cardinality != "one":
                    lines += [f"if {row} is None:", "    return None"]
                return [*lines, *self._only(row)]

    def _only(self, row: str) -> list[str]:
        head, arguments, tail = self.row.constructor(row)
        if not head.startswith(f"{row}["):
            return filled(f"return {head}", arguments, tail, 4)
        value = self._local("value")  # the driver's value has the type Any
        return [f"{value}: {self.row.annotation} = {head}", f"return {value}"]

    def _batch(self, statement: Statement) -> list[str]:
        inner = [*statement.setup, *_execute(statement, "cursor", 12)]
        if self._row is None:
            inner.append(f"results.append({self.namespace.ref('', 'int')}(cursor.rowcount))")
        elif self.cardinality == "many":
            inner.append(f"results.append([{self.row.decode('row')} for row in await cursor.fetchall()])")
        else:
            made = self.row.decode("row")
            made = made if self.cardinality == "one" else f"None if row is None else {made}"
            inner += ["row = await cursor.fetchone()", f"results.append({made})"]
        return [
            f"results: {self._list_of(self._batch_item())} = []",
            "async with conn.cursor() as cursor:",
            "    for item in items:",
            *_shifted(inner, 8),
            "return results",
        ]


def _execute(statement: Statement, cursor: str, indent: int) -> list[str]:
    """Return the lines that send a statement; `indent` is their indentation in the function."""
    call = f"await {cursor}.execute({statement.sql}, "
    if statement.args:
        return [f"{call}{statement.args})"]
    if len(statement.values) == 1:
        return [f"{call}{joined(statement.values)})"]
    return filled(f"{call}(", statement.values, "))", indent)


def _shifted(lines: Sequence[str], spaces: int = 4) -> list[str]:
    return [f"{' ' * spaces}{line}" for line in lines]
