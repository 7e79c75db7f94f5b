"""Reads the corpus of hard queries in tests/sqlgen/corpus, with the expected result of each query.

The first line of a query file names its schema (`-- schema: shop`); the file is also a valid input of the
compiler. The comments below the name of a query are its expected result:

    -- name: orders_with_customer :many
    -- => id int, name string null
    -- params: since datetime, name string null
    -- rows: many
    SELECT ...

`=>` lists the result columns (`=> -` for a statement without a result); a name of several words is written in
backticks. `null` means that the rows of the corpus give a NULL there, `null?` that a NULL is possible although
those rows give none; without either the value is never NULL. `-- error: text` means that both the compiler and
the server refuse the statement; `-- error(compiler): text` that only the compiler does, by a rule of its own.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

from msgspec import Struct

from tools.sqlgen.types.sql_type import TypeClass

ROOT = Path(__file__).resolve().parents[3] / "tests" / "sqlgen" / "corpus"

_NAME = re.compile(r"^-- name: (?P<name>\S+) (?P<command>:\w+)\s*$")
_DIRECTIVE = re.compile(
    r"^-- (?P<key>=>|params:|rows:|error:|error\(compiler\):|given:|with:)\s*(?P<value>.*)$"
)
_ITEM = re.compile(
    r"\s*(?:`(?P<quoted>(?:[^`]|``)+)`|(?P<bare>\S+)) (?P<type>\w+)(?P<null> null\??)?\s*(?:,|$)"
)


class Expected(Struct, frozen=True):
    """An expected result column or parameter."""

    name: str
    type_class: TypeClass
    nullable: bool
    seen: bool = True
    """True if the rows of the corpus give a NULL there (only for nullable columns)."""


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
    """True if only the compiler refuses the statement, and the server accepts it."""
    given: tuple[str, ...] = ()
    """Statements to execute before the query, to add rows."""
    values: tuple[str, ...] = ()
    """Python tuples of parameter values to execute it with, in addition to the usual ones."""

    @property
    def id(self) -> str:
        return f"{self.file}.{self.name}"

    @property
    def source(self) -> str:
        """The text of a query file that has only this query."""
        return f"{self.header}\n{self.text};\n"


def load(root: Path = ROOT) -> list[Case]:
    """Read all cases, in the order of files and lines.

    Raises:
        ValueError: a file or an expected result does not have the form described in the docstring of the module.

    """
    return [case for path in sorted((root / "queries").glob("*.sql")) for case in _cases(path)]


def schema_files(schema: str, root: Path = ROOT) -> Path:
    """The path of a schema's DDL; `<schema>.rows.sql` next to it has the rows."""
    return root / "schemas" / f"{schema}.sql"


def statements(text: str) -> Iterator[str]:
    """Split a schema or row file into its statements, each of which ends with `;` at the end of a line."""
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
