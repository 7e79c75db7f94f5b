"""The corpus of hard queries under tests/sqlgen/corpus: its files, and what each query is expected to be.

A query file names its schema in its first line (`-- schema: shop`) and is itself a valid input of the
compiler. What is expected of a query stands in comments under its name:

    -- name: orders_with_customer :many
    -- => id int, name string null
    -- params: since datetime, name string null
    -- rows: many
    SELECT ...

`=>` lists the result columns (`=> -` for a statement without a result); a name that is not one word goes
into backticks. Without a mark a value is never NULL. `null` says that NULL comes back for the rows that the
corpus holds; `null?` that it may, although no row of the corpus shows it. `-- error: text` is a refusal, of
the server too; `-- error(compiler): text` one of the compiler's own rules, which the server does not share.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

from msgspec import Struct

from tools.sqlgen.model import TypeClass

ROOT = Path(__file__).resolve().parents[3] / "tests" / "sqlgen" / "corpus"

_NAME = re.compile(r"^-- name: (?P<name>\S+) (?P<command>:\w+)\s*$")
_DIRECTIVE = re.compile(
    r"^-- (?P<key>=>|params:|rows:|error:|error\(compiler\):|given:|with:)\s*(?P<value>.*)$"
)
_ITEM = re.compile(
    r"\s*(?:`(?P<quoted>(?:[^`]|``)+)`|(?P<bare>\S+)) (?P<type>\w+)(?P<null> null\??)?\s*(?:,|$)"
)


class Expected(Struct, frozen=True):
    """A result column or a parameter as it should be."""

    name: str
    type_class: TypeClass
    nullable: bool
    seen: bool = True
    """Whether the corpus's rows show a NULL there (nullable columns alone)."""


class Case(Struct, frozen=True):
    """One query of the corpus."""

    file: str
    schema: str
    name: str
    command: str
    text: str
    """The statement without its header and without its semicolon."""
    header: str
    line: int
    columns: tuple[Expected, ...] = ()
    parameters: tuple[Expected, ...] = ()
    rows: str | None = None
    error: str | None = None
    compiler_only: bool = False
    """The server accepts the statement: the refusal is a rule of the compiler."""
    given: tuple[str, ...] = ()
    """Statements that add rows before the query runs."""
    values: tuple[str, ...] = ()
    """Python tuples of parameter values to run it with, besides the usual ones."""

    @property
    def id(self) -> str:
        return f"{self.file}.{self.name}"

    @property
    def source(self) -> str:
        """The query as a file of its own."""
        return f"{self.header}\n{self.text};\n"


def load(root: Path = ROOT) -> list[Case]:
    """All cases, in the order of the files and the lines.

    Raises:
        ValueError: a file or an expectation is not of the form that the module's docstring gives.

    """
    return [case for path in sorted((root / "queries").glob("*.sql")) for case in _cases(path)]


def schema_files(schema: str, root: Path = ROOT) -> Path:
    """The DDL of a schema; its rows are in `<schema>.rows.sql` beside it."""
    return root / "schemas" / f"{schema}.sql"


def statements(text: str) -> Iterator[str]:
    """The statements of a schema or row file: each ends with a semicolon at the end of a line."""
    for part in re.split(r";[ \t]*(?:\n|$)", text):
        lines = [line for line in part.splitlines() if line.strip() and not line.startswith("-- ")]
        if lines:
            yield "\n".join(lines)


def _cases(path: Path) -> Iterator[Case]:
    lines = path.read_text().splitlines()
    if not lines or not lines[0].startswith("-- schema: "):
        raise ValueError(f"{path}:1: the first line must be '-- schema: NAME'")
    schema = lines[0].removeprefix("-- schema: ").strip()
    starts = [index for index, line in enumerate(lines) if line.startswith("-- name:")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        try:
            yield _case(path.stem, schema, lines[start:end], start + 1)
        except ValueError as error:
            raise ValueError(f"{path}:{start + 1}: {error}") from error


def _case(file: str, schema: str, lines: list[str], line: int) -> Case:
    head = _NAME.match(lines[0])
    if head is None:
        raise ValueError(f"not a query name: {lines[0]!r}")
    body = next(index for index, text in enumerate(lines) if not text.startswith("-- "))
    directives: dict[str, list[str]] = {}
    for text in lines[1:body]:
        found = _DIRECTIVE.match(text)
        if found:
            directives.setdefault(found["key"], []).append(found["value"])
    error = directives.get("error:") or directives.get("error(compiler):")
    if error is None and "=>" not in directives:
        raise ValueError(f"{head['name']} expects neither columns (-- =>) nor an error (-- error:)")
    return Case(
        file=file,
        schema=schema,
        name=head["name"],
        command=head["command"],
        text="\n".join(lines[body:]).strip().removesuffix(";"),
        header="\n".join(lines[:body]),
        line=line,
        columns=tuple(_expected(", ".join(directives.get("=>", [])))),
        parameters=tuple(_expected(", ".join(directives.get("params:", [])))),
        rows=directives["rows:"][0] if "rows:" in directives else None,
        error=error[0] if error else None,
        compiler_only="error(compiler):" in directives,
        given=tuple(directives.get("given:", ())),
        values=tuple(directives.get("with:", ())),
    )


def _expected(text: str) -> Iterator[Expected]:
    text = text.strip()
    position = 0
    while position < len(text) and text != "-":
        item = _ITEM.match(text, position)
        if item is None or item["type"] not in get_args(TypeClass):
            raise ValueError(f"expected 'name type [null|null?], ...' at {text[position:]!r}")
        name = item["quoted"].replace("``", "`") if item["quoted"] else item["bare"]
        mark = (item["null"] or "").strip()
        yield Expected(name, cast("TypeClass", item["type"]), nullable=bool(mark), seen=mark != "null?")
        position = item.end()
