"""The explanation of one query: its rows, its columns and its parameters, each with the reasons."""

from collections.abc import Iterator

from msgspec import Struct

from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.emit.parameters import argument_names
from tools.sqlgen.emit.python_types import EnumNames, display, python_type
from tools.sqlgen.explain.nullability import Nullability
from tools.sqlgen.explain.parameters import parameter_source
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.reason import Reason, json_text, type_text
from tools.sqlgen.explain.rows import ROWS, row_reasons
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.query_files import QuerySource
from tools.sqlgen.ir.query import AnalysedQuery, ResultColumn
from tools.sqlgen.syntax.parser import parse_query


class ColumnExplanation(Struct, frozen=True):
    name: str
    sql_type: str
    python: str
    reason: Reason
    start: int
    end: int


class ParameterExplanation(Struct, frozen=True):
    name: str
    sql_type: str
    python: str
    source: str


class QueryExplanation(Struct, frozen=True):
    name: str
    command: str
    rows: str
    row_reasons: tuple[str, ...]
    columns: tuple[ColumnExplanation, ...]
    parameters: tuple[ParameterExplanation, ...]


class Explainer:
    """Explains the queries of one project."""

    def __init__(self, catalog: Catalog, config: Config, enums: EnumNames, places: SchemaPlaces) -> None:
        self._catalog = catalog
        self._config = config
        self._enums = enums
        self.places = places

    def analyse(self, text: str, source: QuerySource, *, line_offset: int = 0) -> AnalysedSource | None:
        """Analyse a query; None if its statement cannot be parsed."""
        if source.sql_end <= source.sql_start:
            return None
        try:
            statement = parse_query(text, source.sql_start, source.sql_end)
        except SqlError:
            return None  # the diagnostics of the file report it
        return AnalysedSource(
            statement, self._catalog, text, self.places, orders=source.orders, line_offset=line_offset
        )

    def explain(self, source: QuerySource, analysed: AnalysedSource) -> QueryExplanation | None:
        """Explain an analysed query; None if the analysis found an error."""
        query = analysed.query
        if query is None:
            return None
        return QueryExplanation(
            source.name,
            source.command,
            ROWS[query.cardinality],
            tuple(row_reasons(analysed)),
            tuple(self._columns(query, analysed)),
            tuple(self.parameters(query, analysed)),
        )

    def _columns(self, query: AnalysedQuery, analysed: AnalysedSource) -> Iterator[ColumnExplanation]:
        nullability = Nullability(analysed)
        for index, column in enumerate(query.columns):
            reason = nullability.of_column(index)
            if reason is not None:
                python = self._python(column)
                yield ColumnExplanation(
                    column.name, type_text(column.type), python, reason, column.start, column.end
                )

    def _python(self, column: ResultColumn) -> str:
        """The type of a row's field. The Structs of JSON that the query builds are shown by their fields."""
        if column.json is not None and (text := json_text(column.json)):
            return f"{text} | None" if column.nullable else text
        found = python_type(column.type, column.source_column, self._config, self._enums)
        return display(found, nullable=column.nullable)

    def parameters(self, query: AnalysedQuery, analysed: AnalysedSource) -> Iterator[ParameterExplanation]:
        for name, parameter in zip(argument_names(query, ()), query.parameters, strict=True):
            found = python_type(parameter.type, parameter.source_column, self._config, self._enums)
            python = "bool" if parameter.is_flag else display(found, nullable=parameter.nullable)
            if parameter.is_slice:
                python = f"Sequence[{python}]"
            if parameter.optional and not parameter.is_flag:
                python += " | UnsetType"
            yield ParameterExplanation(
                name, type_text(parameter.type), python, parameter_source(analysed, parameter)
            )
