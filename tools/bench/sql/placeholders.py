"""Rewrites a query of the corpus into SQL that the server accepts: every macro becomes `?` or plain SQL.

It uses nothing of the compiler on purpose: an input of the comparison must not come from the program that is
compared.
"""

import re

_TOKEN = re.compile(
    r"""
      (?P<skip>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`)
    | (?P<comment>/\*(?!!)(?!\+).*?\*/|--[ \t][^\n]*|--$|\#[^\n]*)
    | sqlc\.(?P<macro>arg|narg|slice|embed|order_by|after|optional)\s*\(
    | :(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<assign>:=)
    | (?P<mark>\?)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def positional(sql: str) -> tuple[str, tuple[str | None, ...]]:
    """The statement with only `?` as parameters, and the name that each `?` replaces.

    Optional conditions are kept; an order becomes `1`, a cursor condition TRUE, and `sqlc.embed(t)` `t.*`.

    >>> positional("SELECT :a, '?', sqlc.narg('b')")
    ("SELECT ?, '?', ?", ('a', 'b'))
    """
    out: list[str] = []
    names: list[str | None] = []
    position = 0
    while found := _TOKEN.search(sql, position):
        out.append(sql[position : found.start()])
        position = found.end()
        if found["comment"]:
            out.append(" ")
        elif found["macro"] == "optional":
            condition, position = _argument(sql, position)
            text, inner = positional(_without_flag(condition))
            out.append(f"({text})")
            names.extend(inner)
        elif found["macro"]:
            argument, position = _argument(sql, position)
            argument = argument.strip().strip("'\"`")
            out.append(_macro(found["macro"], argument))
            if found["macro"] in {"arg", "narg", "slice"}:
                names.append(argument)
        elif found["name"]:
            out.append("?")
            names.append(found["name"])
        elif found["mark"]:
            out.append("?")
            names.append(None)
        else:
            out.append(found[0])
    out.append(sql[position:])
    return "".join(out), tuple(names)


def _macro(macro: str, argument: str) -> str:
    return {"embed": f"{argument}.*", "order_by": "1", "after": "TRUE"}.get(macro, "?")


def _argument(sql: str, start: int) -> tuple[str, int]:
    """The text up to the parenthesis that closes the one before `start`, and the offset after it."""
    depth, position = 1, start
    while depth:
        if sql[position] in "'\"`":
            position = sql.index(sql[position], position + 1)
        depth += {"(": 1, ")": -1}.get(sql[position], 0)
        position += 1
    return sql[start : position - 1], position


def _without_flag(condition: str) -> str:
    """`a = 1, :flag` -> `a = 1`: a comma outside parentheses separates the flag."""
    depth = 0
    for index, character in enumerate(condition):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            return condition[:index]
    return condition
