"""Signatures of functions and macros, and the call around an offset."""

from msgspec import Struct

from tools.sqlgen.functions.rules import Rule
from tools.sqlgen.functions.table import FUNCTIONS
from tools.sqlgen.syntax import lexer

_LETTERS = {
    "s": "text", "i": "integer", "n": "decimal", "f": "number", "d": "date", "m": "datetime", "t": "time",
    "j": "json", "b": "bytes", "g": "geometry", "v": "vector", "a": "value", "c": "condition", "u": "unit",
    "p": "value",
}  # fmt: skip

MACROS: dict[str, tuple[tuple[str, ...], str]] = {
    "arg": (("name",), "A parameter; `:name` is short for it."),
    "narg": (("name",), "A parameter that takes None."),
    "slice": (("name",), "A parameter that takes a sequence, in an IN list or in FIELD."),
    "optional": (
        ("condition", "[:flag]"),
        "A condition that is left out of the text if its parameters are not given.",
    ),
    "embed": (("table",), "All columns of a table as one field, its Struct."),
    "after": (("table",), "The cursor condition of the orders in `-- order:`."),
    "order_by": (("table",), "The ORDER BY of the orders in `-- order:`."),
}


class Signature(Struct, frozen=True):
    label: str
    parameters: tuple[str, ...]
    doc: str = ""


class CallAt(Struct, frozen=True):
    """A call whose parentheses are around an offset; `argument` is the index of the argument there."""

    name: str
    argument: int


def signature_of(name: str) -> Signature | None:
    """The signature of a function, or of a macro such as `sqlc.arg`; None for an unknown name."""
    macro = MACROS.get(name.lower().removeprefix("sqlc.")) if name.lower().startswith("sqlc.") else None
    if macro is not None:
        return Signature(f"{name}({', '.join(macro[0])})", macro[0], macro[1])
    rule = FUNCTIONS.get(name.upper())
    return _of_rule(name.upper(), rule) if rule is not None else None


def _of_rule(name: str, rule: Rule) -> Signature:
    signature = rule.signature
    parameters = [_LETTERS[letter] for letter in signature.letters]
    parameters = [text if index < signature.least else f"[{text}]" for index, text in enumerate(parameters)]
    if signature.repeat:
        parameters.append("...")
    doc = {"aggregate": "An aggregate.", "window": "A window function: it needs OVER (...)."}.get(
        rule.kind, ""
    )
    return Signature(f"{name}({', '.join(parameters)})", tuple(parameters), doc)


def call_at(text: str, start: int, offset: int) -> CallAt | None:
    """The innermost call around an offset, from the tokens between `start` and the offset."""
    tokens = [token for token in lexer.tokenize(text, start, offset) if token.kind != lexer.END]
    depth = commas = 0
    for index in range(len(tokens) - 1, -1, -1):
        match tokens[index].word:
            case ")":
                depth += 1
            case "(" if depth:
                depth -= 1
            case "(":
                name = _name_before(text, tokens, index)
                return CallAt(name, commas) if name else None
            case "," if depth == 0:
                commas += 1
            case _:
                pass
    return None


def _name_before(text: str, tokens: list[lexer.Token], index: int) -> str | None:
    """`sqlc.arg` or `CONCAT` in front of a parenthesis."""
    if index == 0 or tokens[index - 1].kind != lexer.WORD:
        return None
    name = text[tokens[index - 1].start : tokens[index - 1].end]
    if index > 2 and tokens[index - 2].word == "." and tokens[index - 3].word == "SQLC":  # noqa: PLR2004 - sqlc . name (
        return f"sqlc.{name}"
    return name
