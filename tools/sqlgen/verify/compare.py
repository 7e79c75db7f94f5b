"""Compares the inferred columns and parameters with the server's description of a prepared statement."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tools.sqlgen.diagnostics import Severity
from tools.sqlgen.ir.query import AnalysedQuery, Parameter
from tools.sqlgen.lower.rendering import Argument, SliceItems
from tools.sqlgen.lower.template import Value
from tools.sqlgen.types.sql_type import TypeClass, type_class
from tools.sqlgen.verify.server import Description

_NUMBERS: frozenset[TypeClass] = frozenset({"int", "bool", "decimal", "float", "bit"})


class Finding(Struct, frozen=True):
    """A fault, and its place in the file."""

    start: int
    end: int
    message: str
    hint: str | None = None
    severity: Severity = "error"


def column_findings(
    query: AnalysedQuery, described: Description, text: str, *, json_is_text: bool = False
) -> Iterator[Finding]:
    """Compare names and types of the result columns.

    `text` is the text of the query's file. `json_is_text` is true for MariaDB, whose JSON is a LONGTEXT.
    """
    ours, theirs = query.columns, described.columns
    if len(ours) != len(theirs):
        names = ", ".join(column.name for column in theirs)
        first = ours[0] if ours else None
        message = f"{len(ours)} columns are inferred, the server gives {len(theirs)}: {names or 'none'}"
        yield Finding(first.start if first else 0, first.end if first else 0, message)
        return
    for column, answer in zip(ours, theirs, strict=True):
        if column.name != answer.name and not _has_comment(text[column.start : column.end]):
            yield Finding(
                column.start, column.end, f"inferred name '{column.name}', the server's is '{answer.name}'"
            )
        inferred = type_class(column.type)
        stored_as_text = json_is_text and (inferred, answer.type_class) == ("json", "string")
        if not same_class(inferred, answer.type_class) and not stored_as_text:
            message = f"column '{column.name}' is inferred as {inferred}, the server says {answer.type_class}"
            yield Finding(column.start, column.end, message)


def _has_comment(sql: str) -> bool:
    """True if an expression holds a comment: its text, which names the column, then differs from the sent text."""
    return any(mark in sql for mark in ("/*", "--", "#"))


def parameter_findings(
    query: AnalysedQuery, arguments: Sequence[Argument], described: Description
) -> Iterator[Finding]:
    """Number and types of the parameters of one variant."""
    slots = list(parameter_slots(query, arguments))
    if len(slots) != len(described.parameters):
        message = f"{len(slots)} parameters are sent, the server takes {len(described.parameters)}"
        yield Finding(0, 0, message)
        return
    for parameter, answer in zip(slots, described.parameters, strict=True):
        if parameter is None:
            continue
        inferred = type_class(parameter.type)
        if not _parameter_fits(parameter, inferred, answer.type_class):
            start, end = parameter.uses[0] if parameter.uses else (0, 0)
            name = parameter.name or parameter.suggested_name or "?"
            message = f"parameter '{name}' is inferred as {inferred}, the server says {answer.type_class}"
            yield Finding(start, end, message)


def parameter_slots(query: AnalysedQuery, arguments: Sequence[Argument]) -> Iterator[Parameter | None]:
    """Yield the parameter of each `?`; None for a field of a cursor."""
    for argument in arguments:
        match argument:
            case Value():
                yield query.parameters[argument.parameter]
            case SliceItems():
                yield from [query.parameters[argument.parameter]] * argument.count
            case _:
                yield None


def same_class(inferred: TypeClass, answered: TypeClass) -> bool:
    """True if the classes agree. The server's only boolean is TINYINT(1), and a bare NULL has no type."""
    return answered in {inferred, "any"} or {inferred, answered} == {"int", "bool"}


def _parameter_fits(parameter: Parameter, inferred: TypeClass, answered: TypeClass) -> bool:
    """True if the inferred class of a parameter is compatible with the server's.

    The server types each `?` separately: as text if nothing else determines it, as a number beside a number. The
    compiler considers all uses of a name, so that its type may be more precise, but not of another family.
    """
    if same_class(inferred, answered) or {inferred, answered} <= _NUMBERS:
        return True
    if answered == "string" or (inferred, answered) == ("datetime", "date"):
        # A date beside INTERVAL 1 DAY, which takes a DATETIME too, as another use of the name shows.
        return len(parameter.uses) > 1 or inferred in {"bytes", "json"}
    return (inferred, answered) == ("string", "json")
