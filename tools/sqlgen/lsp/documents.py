"""One query file in memory: its queries are independent, so only the changed ones are compiled again."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from tools.sqlgen.diagnostics import Diagnostic, SqlError
from tools.sqlgen.driver.compile import CheckedQuery, checked_file
from tools.sqlgen.driver.project import Project
from tools.sqlgen.explain.query import Explainer
from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.input.query_files import QuerySource, mark_duplicates, query_starts, read_queries


class Compiled:
    """One query of a chunk, checked; offsets are into the chunk's text."""

    def __init__(self, text: str, checked: CheckedQuery, explainer: Explainer) -> None:
        self.text = text
        self.checked = checked
        self._explainer = explainer
        self._analysed: AnalysedSource | None = None
        self._is_analysed = False

    def analysed(self, first_line: int) -> AnalysedSource | None:
        """The analysed statement, for a chunk that begins on that line (from 0); None if it cannot be parsed."""
        if not self._is_analysed:
            self._analysed = self._explainer.analyse(self.text, self.checked.source)
            self._is_analysed = True
        if self._analysed is not None:
            self._analysed.line_offset = first_line
        return self._analysed


class Unit(Struct, frozen=True):
    """A query at its place in a file."""

    query: Compiled
    start: int
    """Offset of the chunk in the file."""
    source: QuerySource
    """The query with offsets into the file."""
    first_line: int
    """Line of the chunk, from 0."""

    @property
    def end(self) -> int:
        return self.start + len(self.query.text)

    @property
    def analysed(self) -> AnalysedSource | None:
        return self.query.analysed(self.first_line)


class Document:
    """A query file: its text, its queries, and its findings.

    A chunk is the text from one name line to the next. Each chunk is compiled once for as long as it is in the file.
    """

    def __init__(self, path: str, project: Project, explainer: Explainer) -> None:
        self.path = path
        self.text = ""
        self.units: tuple[Unit, ...] = ()
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.compiled = 0
        """The number of queries that the last update compiled."""
        self._project = project
        self._explainer = explainer
        self._starts: list[int] = []
        self._chunks: dict[str, tuple[Compiled, ...]] = {}

    def update(self, text: str) -> None:
        """Take a new text, and compile the queries whose text is new."""
        self._starts = _chunk_starts(self.text, self._starts, text)
        known, self._chunks, self.compiled = self._chunks, {}, 0
        self.text = text
        units = list(self._units(known))
        sources = mark_duplicates([unit.source for unit in units])
        self.units = tuple(
            unit if unit.source is source else replace(unit, source=source)
            for unit, source in zip(units, sources, strict=True)
        )
        file = checked_file(self.path, text, list(map(_at_its_place, self.units)), self._project.models)
        self.diagnostics = file.diagnostics

    def _units(self, known: dict[str, tuple[Compiled, ...]]) -> Iterator[Unit]:
        line = 0
        bounds = [0, *self._starts, len(self.text)]
        for start, end in pairwise(bounds):
            text = self.text[start:end]
            found = known.get(text)
            if found is None:
                found = self._chunks.get(text) or tuple(self._compile(text))
            self._chunks[text] = found
            for query in found:
                yield Unit(query, start, _moved_source(query.checked.source, start), line)
            line += text.count("\n")

    def _compile(self, text: str) -> Iterator[Compiled]:
        for source in read_queries(text):
            self.compiled += 1
            yield Compiled(text, self._project.check_query(text, source), self._explainer)

    def unit_at(self, offset: int) -> Unit | None:
        """The query around an offset: from its name line to the next one."""
        return next((unit for unit in reversed(self.units) if unit.start <= offset <= unit.end), None)


def _chunk_starts(old: str, old_starts: list[int], new: str) -> list[int]:
    """The offsets of the name lines of a text; only the changed part of it is read again.

    The text before the change is divided as before. The text after it is, too, if the name line that follows the
    change is still a comment of its own: a quote or comment that was opened and not closed can include it.
    """
    before = _common_prefix(old, new)
    after = _common_suffix(old[before:], new[before:])
    first = bisect_right(old_starts, before) - 2
    kept, begin = (old_starts[:first], old_starts[first]) if first >= 0 else ([], 0)
    moved = [start + len(new) - len(old) for start in old_starts if start > len(old) - after]
    if moved:
        line_end = new.find("\n", moved[0])
        found = query_starts(new, begin, len(new) if line_end < 0 else line_end)
        if found and found[-1] == moved[0]:
            return [*kept, *found[:-1], *moved]
    return [*kept, *query_starts(new, begin)]


def _common_prefix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.endswith(other[len(other) - middle :]):
            low = middle
        else:
            high = middle - 1
    return low


def _at_its_place(unit: Unit) -> CheckedQuery:
    """The result of a chunk with offsets into the file."""
    checked = unit.query.checked
    findings = [_moved(each, unit.start) for each in checked.errors]
    duplicates = unit.source.errors[len(checked.source.errors) :]
    return replace(checked, source=unit.source, errors=(*findings, *duplicates))


def _moved_source(source: QuerySource, by: int) -> QuerySource:
    """The source with offsets into the file. Orders and annotations except the row keep those of the chunk."""
    return replace(
        source,
        start=source.start + by,
        end=source.end + by,
        command_start=source.command_start + by,
        command_end=source.command_end + by,
        sql_start=source.sql_start + by,
        sql_end=source.sql_end + by,
        row=source.row and replace(source.row, start=source.row.start + by, end=source.row.end + by),
        errors=tuple(_moved(each, by) for each in source.errors),
    )


def _moved(error: SqlError, by: int) -> SqlError:
    return SqlError(error.message, error.start + by, error.end + by, error.hint, error.severity)
