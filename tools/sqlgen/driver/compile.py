"""The stages of one query and of one query file: parse, analyse, validate, lower."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from tools.sqlgen.analysis import analyse
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import Diagnostic, SqlError
from tools.sqlgen.driver.depth import at_any_depth
from tools.sqlgen.emit.models import Models
from tools.sqlgen.emit.modules import module_text
from tools.sqlgen.emit.rows import row_signature
from tools.sqlgen.emit.text import header
from tools.sqlgen.input.annotations import QUERY_NAME
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.query_files import QuerySource, read_queries
from tools.sqlgen.ir.names import snake_case
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.lower.query import CompiledQuery, lower_query
from tools.sqlgen.syntax import ast
from tools.sqlgen.syntax.parser import parse_query
from tools.sqlgen.validate.commands import check_cardinality, check_command
from tools.sqlgen.validate.values import check_values

T = TypeVar("T")


class CheckedQuery(Struct, frozen=True):
    """One query after all stages, or after the last stage that succeeded."""

    source: QuerySource
    statement: ast.QueryStatement | None
    analysed: AnalysedQuery | None
    compiled: CompiledQuery | None
    """None if there is an error."""
    errors: tuple[SqlError, ...]
    """Errors and warnings, in the order of the text."""


class CheckedFile(Struct, frozen=True):
    path: str
    text: str
    queries: tuple[CheckedQuery, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def compiled(self) -> list[CompiledQuery]:
        return [query.compiled for query in self.queries if query.compiled]

    @property
    def failed(self) -> bool:
        return any(each.severity == "error" for each in self.diagnostics)


def check_file(path: str, text: str, catalog: Catalog, models: Models) -> CheckedFile:
    """Check every query of one file; `models` decide whether queries that share a row have the same types."""
    return checked_file(
        path, text, [_noted(path, text, each, catalog) for each in read_queries(text)], models
    )


def checked_file(path: str, text: str, checked: Sequence[CheckedQuery], models: Models) -> CheckedFile:
    """Put the checked queries of one file together, with the findings about several of them."""
    queries = tuple(checked)
    findings = [(query.source.name, error) for query in queries for error in query.errors]
    findings += _same_functions(queries)
    findings += _different_rows(queries, models)
    diagnostics = sorted(
        Diagnostic(path, each.start, each.end, each.message, each.hint, each.severity, name or None)
        for name, each in findings
    )
    return CheckedFile(path, text, queries, tuple(diagnostics))


def _noted(path: str, text: str, source: QuerySource, catalog: Catalog) -> CheckedQuery:
    try:
        return check_query(text, source, catalog)
    except Exception as error:
        error.add_note(f"while compiling the query '{source.name}' of {path}: a fault of the compiler")
        raise


def check_query(text: str, source: QuerySource, catalog: Catalog) -> CheckedQuery:
    """Run one query of a file's text through all stages; a stage needs the results of those before it."""
    try:
        return at_any_depth(lambda: _check_query(text, source, catalog))
    except RecursionError:
        error = SqlError("this query is nested too deeply", source.sql_start, source.sql_end, _NESTED_HINT)
        return CheckedQuery(source, None, None, None, (*source.errors, error))


_NESTED_HINT = "MySQL refuses it too: write IN for a chain of OR, or split the query"


def _check_query(text: str, source: QuerySource, catalog: Catalog) -> CheckedQuery:
    errors = list(source.errors)
    statement = analysed = compiled = None
    if source.sql_end > source.sql_start:
        span = (source.sql_start, source.sql_end)
        statement = _collect(errors, lambda: parse_query(text, *span, server=catalog.server))
    if statement is not None:
        analysed, found = analyse(statement, catalog, text, orders=source.orders)
        errors += found
        if analysed is not None:
            errors += check_command(source, statement, analysed)
            errors += check_values(source, analysed, catalog.server)
            many = check_cardinality(source, analysed)
            errors += [many] if many else []
            compiled = _collect(errors, lambda: lower_query(text, source, statement, analysed))
    failed = any(error.severity == "error" for error in errors)
    return CheckedQuery(source, statement, analysed, None if failed else compiled, tuple(errors))


def _collect(errors: list[SqlError], stage: Callable[[], T]) -> T | None:
    try:
        return stage()
    except SqlError as error:
        errors.append(error)
        return None


def _same_functions(queries: tuple[CheckedQuery, ...]) -> list[tuple[str, SqlError]]:
    """Report queries with different names whose functions would have the same name."""
    first: dict[str, str] = {}
    errors: list[tuple[str, SqlError]] = []
    for query in queries:
        source = query.source
        if not QUERY_NAME.fullmatch(source.name):
            continue
        function = snake_case(source.name)
        other = first.setdefault(function, source.name)
        if other != source.name:
            error = SqlError(
                f"'{source.name}' and '{other}' would both be the function {function}",
                source.start,
                source.end,
            )
            errors.append((source.name, error))
    return errors


def _different_rows(queries: tuple[CheckedQuery, ...], models: Models) -> list[tuple[str, SqlError]]:
    """Queries that ask for a shared row, but have other columns than the first that does."""
    first: dict[str, tuple[str, list[object]]] = {}
    errors: list[tuple[str, SqlError]] = []
    for query in queries:
        row = query.source.row
        if row is None or query.analysed is None or not query.analysed.columns:
            continue
        columns = row_signature(query.analysed, models)
        name, expected = first.setdefault(row.value, (query.source.name, columns))
        if columns != expected:
            message = f"{row.value} is the row of '{name}', which has other columns or types"
            error = SqlError(message, row.start, row.end, "give this query a row name of its own")
            errors.append((query.source.name, error))
    return errors


def module_of(file: CheckedFile, config: Config, models: Models) -> str:
    """Return the Python module of a file without errors, not formatted."""
    if not file.queries:
        return header(file.path)
    return module_text(file.path, file.compiled, config, models)
