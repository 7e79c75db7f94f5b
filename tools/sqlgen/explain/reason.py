"""A reason: one step of a proof, with the steps that it rests on."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tools.sqlgen.types.json_shape import JsonAny, JsonArray, JsonObject, JsonScalar, JsonShape, JsonTuple
from tools.sqlgen.types.sql_type import SqlType

_SNIPPET = 48
_DEPTH = 6


class Reason(Struct, frozen=True):
    """The reason that an expression can be NULL, or that it cannot."""

    nullable: bool
    text: str
    causes: "tuple[Reason, ...]" = ()
    """Reasons about operands. They all have the same `nullable`."""

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The reason and its causes, indented; a repeated cause once."""
        yield "  " * depth + self.text
        if depth < _DEPTH:
            seen: set[str] = set()
            for cause in self.causes:
                if cause.text not in seen and cause.text != self.text:
                    seen.add(cause.text)
                    yield from cause.lines(depth + 1)


def agreeing(nullable: bool, reasons: Sequence[Reason]) -> tuple[Reason, ...]:  # noqa: FBT001 - the one value that decides
    return tuple(reason for reason in reasons if reason.nullable == nullable)


def snippet(text: str, start: int, end: int) -> str:
    """The source text of an expression on one line, shortened in the middle."""
    found = " ".join(text[start:end].split())
    if len(found) <= _SNIPPET:
        return found
    half = (_SNIPPET - 3) // 2
    return f"{found[:half]}...{found[-half:]}"


def type_text(sql_type: SqlType) -> str:
    """A SQL type as DDL writes it: `DECIMAL(10,2)`, `BIGINT UNSIGNED`."""
    if sql_type.is_bool:
        return "BOOLEAN"
    name = sql_type.name
    if sql_type.values:
        name += "(" + ", ".join(f"'{value}'" for value in sql_type.values) + ")"
    elif name == "DECIMAL" and sql_type.precision is not None:
        name += f"({sql_type.precision},{sql_type.scale or 0})"
    elif name in {"TIME", "DATETIME", "TIMESTAMP"} and sql_type.scale:
        name += f"({sql_type.scale})"
    elif sql_type.length is not None and name in {"CHAR", "VARCHAR", "BINARY", "VARBINARY", "BIT", "VECTOR"}:
        name += f"({sql_type.length})"
    return f"{name} UNSIGNED" if sql_type.unsigned and name != "YEAR" else name


def json_text(shape: JsonShape) -> str | None:
    """A JSON value that the query builds, as `tuple[Struct(id, name), ...]`; None if the query does not fix a shape."""
    match shape:
        case JsonArray():
            return f"tuple[{json_text(shape.element) or 'Any'}, ...]"
        case JsonTuple():
            return f"tuple[{', '.join(json_text(each) or 'Any' for each in shape.elements)}]"
        case JsonObject():
            return f"Struct({', '.join(each.name for each in shape.fields)})"
        case JsonScalar():
            return type_text(shape.type)
        case JsonAny():
            return None
