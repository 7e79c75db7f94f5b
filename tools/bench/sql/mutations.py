"""Changes that make a right statement wrong, most of the time: each is one change of its tokens.

The server decides if the changed statement is wrong; see wrong.py.
"""

import random
import re
from collections.abc import Callable, Sequence

from msgspec import Struct

TOKEN = re.compile(
    r"""
      '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*` | /\*.*?\*/ | \#[^\n]* | --[ \t][^\n]*
    | @@?[\w.$]+ | [A-Za-z_$][\w$]* | \d+(?:\.\d+)?(?:[eE][+-]?\d+)? | \.\d+ | <=> | ->>? | := | << | >> | <> | != | <=
    | >= | \|\| | && | \s+ | .
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset(
    """
    ALL AND ANY AS ASC BETWEEN BINARY BY CASE CAST CHAR COLLATE CROSS CURRENT DATE DAY DEFAULT DELETE
    DESC DISTINCT DIV DUPLICATE ELSE END ESCAPE EXCEPT EXISTS FALSE FOLLOWING FOR FROM FULL GROUP HAVING
    HOUR IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN KEY LATERAL LEFT LIKE LIMIT LOCK MOD MONTH
    NATURAL NOT NULL OF OFFSET ON OR ORDER OUTER OVER PARTITION PRECEDING RANGE RECURSIVE REGEXP REPLACE
    RIGHT RLIKE ROW ROWS SELECT SEPARATOR SET SHARE SIGNED STRAIGHT_JOIN TABLE THEN TRUE UNBOUNDED UNION
    UNSIGNED UPDATE USING VALUES WHEN WHERE WINDOW WITH XOR YEAR
    """.split()  # noqa: SIM905 - a list of words is read like a text
)
_CLAUSES = frozenset(("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"))
_AGGREGATES = ("SUM", "MAX", "COUNT", "AVG")


class Words(Struct, frozen=True):
    """Names that a change can put into a statement."""

    columns: tuple[str, ...]
    tables: tuple[str, ...]


class Statement(Struct, frozen=True):
    """A statement as tokens; joined, they are its text. `solid` are the indexes of those that are not blank."""

    tokens: tuple[str, ...]
    solid: tuple[int, ...]

    def at(self, *words: str) -> list[int]:
        """The indexes of these words, in any case."""
        return [index for index in self.solid if self.tokens[index].upper() in words]

    def names(self) -> list[int]:
        """The indexes of words that are no keywords."""
        return [
            index
            for index in self.solid
            if re.match(r"[A-Za-z_`]", self.tokens[index]) and self.tokens[index].upper() not in _KEYWORDS
        ]

    def after(self, index: int) -> int | None:
        """The index of the next token that is not blank."""
        return next((each for each in self.solid if each > index), None)

    def calls(self) -> list[tuple[int, int]]:
        """The indexes of the name and the closing parenthesis of each function call."""
        return [
            (index, self.closing(index + 1))
            for index in self.names()
            if self.tokens[index + 1 : index + 2] == ("(",)
        ]

    def closing(self, index: int) -> int:
        """The index of the parenthesis that closes the one at `index`."""
        depth = 0
        for each in range(index, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.tokens[each], 0)
            if depth == 0:
                return each
        return len(self.tokens) - 1


def statement_of(sql: str) -> Statement:
    tokens = tuple(TOKEN.findall(sql))
    solid = tuple(
        index
        for index, token in enumerate(tokens)
        if not token.isspace() and not token.startswith(("/*", "--", "#"))
    )
    return Statement(tokens, solid)


Change = Callable[[Statement, Words, random.Random], str | None]
"""Returns the changed text; None if the statement has no place for the change."""


def _with(statement: Statement, changes: dict[int, str]) -> str:
    return "".join(changes.get(index, token) for index, token in enumerate(statement.tokens))


def _misspelt(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = [index for index in statement.names() if len(statement.tokens[index].strip("`")) > 1]
    if not places:
        return None
    index = rng.choice(places)
    name = statement.tokens[index]
    quote = "`" if name.startswith("`") else ""
    bare = name.strip("`")
    cut = rng.randrange(len(bare))
    changed = bare[:cut] + bare[cut + 1 :] if rng.random() < 0.5 and len(bare) > 2 else f"{bare}x"
    return _with(statement, {index: f"{quote}{changed}{quote}"})


def _other_column(statement: Statement, words: Words, rng: random.Random) -> str | None:
    known = {name.lower() for name in words.columns}
    places = [i for i in statement.names() if statement.tokens[i].strip("`").lower() in known]
    return _with(statement, {rng.choice(places): rng.choice(words.columns)}) if places else None


def _other_qualifier(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = [i for i in statement.names() if statement.tokens[i + 1 : i + 2] == (".",)]
    aliases = sorted({statement.tokens[index] for index in places})
    if len(aliases) < 2:
        return None
    index = rng.choice(places)
    return _with(
        statement, {index: rng.choice([each for each in aliases if each != statement.tokens[index]])}
    )


def _other_table(statement: Statement, words: Words, rng: random.Random) -> str | None:
    known = {name.lower() for name in words.tables}
    places = [i for i in statement.names() if statement.tokens[i].strip("`").lower() in known]
    return _with(statement, {rng.choice(places): rng.choice(words.tables)}) if places else None


def _left_out(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    return _with(statement, {rng.choice(statement.solid): " "})


def _doubled(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    index = rng.choice(statement.solid)
    return _with(statement, {index: f"{statement.tokens[index]} {statement.tokens[index]}"})


def _swapped(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    at = rng.randrange(len(statement.solid) - 1)
    one, other = statement.solid[at], statement.solid[at + 1]
    return _with(statement, {one: f"{statement.tokens[other]} ", other: f" {statement.tokens[one]}"})


def _clause_span(statement: Statement, start: int) -> tuple[int, int]:
    """The tokens of a clause: up to the next clause of the same depth, or the end of the parenthesis."""
    depth = 0
    for index in range(start + 1, len(statement.tokens)):
        token = statement.tokens[index]
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0 or (depth == 0 and token.upper() in _CLAUSES | {"UNION", "EXCEPT", "INTERSECT", "FOR"}):
            return start, index
    return start, len(statement.tokens)


def _clause_doubled(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = statement.at(*_CLAUSES)
    if not places:
        return None
    start, end = _clause_span(statement, rng.choice(places))
    clause = "".join(statement.tokens[start:end])
    return _with(statement, {end - 1: f"{statement.tokens[end - 1]} {clause} "})


def _clause_moved(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = statement.at(*_CLAUSES)
    if len(places) < 2:
        return None
    start, end = _clause_span(statement, rng.choice(places))
    clause = "".join(statement.tokens[start:end])
    kept = [*statement.tokens[:start], *statement.tokens[end:]]
    targets = [index for index, token in enumerate(kept) if token.upper() in _CLAUSES]
    if not targets:
        return None
    at = rng.choice(targets)
    return "".join([*kept[:at], f" {clause} ", *kept[at:]])


def _clause_left_out(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = statement.at("FROM", "GROUP", "ON")
    if not places:
        return None
    start, end = _clause_span(statement, rng.choice(places))
    return "".join([*statement.tokens[:start], *statement.tokens[end:]])


def _argument_added(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    calls = statement.calls()
    if not calls:
        return None
    _, closing = rng.choice(calls)
    return _with(statement, {closing: rng.choice((", 1)", ", 'x')", ", 1, 2, 3)", ", *)", ", NULL)"))})


def _argument_left_out(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    calls = [(name, end) for name, end in statement.calls() if end > name + 2]
    if not calls:
        return None
    name, closing = rng.choice(calls)
    commas = [i for i in range(name + 2, closing) if statement.tokens[i] == ","]
    start = rng.choice(commas) if commas else name + 2
    end = next((i for i in commas if i > start), closing)
    return "".join([*statement.tokens[:start], *statement.tokens[end:]])


def _star_argument(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    calls = [(name, end) for name, end in statement.calls() if end > name + 2]
    if not calls:
        return None
    name, closing = rng.choice(calls)
    inside = rng.choice(
        ("*", "DISTINCT " + "".join(statement.tokens[name + 2 : closing]), "(SELECT 1, 2)", "ALL 1")
    )
    return "".join([*statement.tokens[: name + 2], inside, *statement.tokens[closing:]])


def _other_function(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    calls = statement.calls()
    if len(calls) < 1:
        return None
    index, _ = rng.choice(calls)
    others = (
        "SUM",
        "COUNT",
        "MAX",
        "LENGTH",
        "NOW",
        "CONCAT",
        "IF",
        "ROW_NUMBER",
        "COALESCE",
        "DATE",
        "GROUPING",
        "NULLIF",
    )
    return _with(statement, {index: rng.choice(others)})


def _windowed(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    calls = statement.calls()
    if not calls:
        return None
    _, closing = rng.choice(calls)
    return _with(
        statement,
        {closing: rng.choice((") OVER ()", ") OVER w", ") OVER (ORDER BY 1)", ") OVER (PARTITION BY x)"))},
    )


def _without_over(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = statement.at("OVER")
    if not places:
        return None
    index = rng.choice(places)
    following = statement.after(index)
    if following is None:
        return None
    end = statement.closing(following) if statement.tokens[following] == "(" else following
    return "".join([*statement.tokens[:index], *statement.tokens[end + 1 :]])


def _aggregate_in_condition(statement: Statement, words: Words, rng: random.Random) -> str | None:
    places = statement.at("WHERE", "ON")
    if not places:
        return None
    index = rng.choice(places)
    call = f"{rng.choice(_AGGREGATES)}({rng.choice(words.columns)})"
    return _with(statement, {index: f"{statement.tokens[index]} {call} > 0 AND"})


def _aggregated(statement: Statement, words: Words, rng: random.Random) -> str | None:
    known = {name.lower() for name in words.columns}
    places = [
        i
        for i in statement.names()
        if statement.tokens[i].lower() in known and statement.tokens[i - 1] != "."
    ]
    if not places:
        return None
    index = rng.choice(places)
    return _with(statement, {index: f"{rng.choice(_AGGREGATES)}({statement.tokens[index]})"})


def _ungrouped(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = [
        i
        for i in statement.at("GROUP")
        if (by := statement.after(i)) and statement.tokens[by].upper() == "BY"
    ]
    if not places:
        return None
    start, end = _clause_span(statement, rng.choice(places))
    commas = [i for i in range(start, end) if statement.tokens[i] == ","]
    if not commas:
        return "".join([*statement.tokens[:start], " GROUP BY 1 + 1 ", *statement.tokens[end:]])
    cut = rng.choice(commas)
    stop = next((i for i in commas if i > cut), end)
    return "".join([*statement.tokens[:cut], " ", *statement.tokens[stop:]])


def _selected(statement: Statement, words: Words, rng: random.Random) -> str | None:
    places = statement.at("SELECT")
    if not places:
        return None
    index = rng.choice(places)
    item = rng.choice((rng.choice(words.columns), "1", "*", "COUNT(*)", f"MAX({rng.choice(words.columns)})"))
    return _with(statement, {index: f"{statement.tokens[index]} {item},"})


def _parenthesis(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    index = rng.choice(statement.solid)
    token = statement.tokens[index]
    return _with(
        statement,
        {index: rng.choice((f"({token}", f"{token})", f"({token})", f"{token}()", f"(({token}), 1)"))},
    )


def _other_width(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    tail = rng.choice(
        (" UNION SELECT 1", " UNION ALL SELECT 1, 2, 3", " EXCEPT SELECT *", " INTERSECT SELECT 1, 2")
    )
    return "".join(statement.tokens) + tail


def _other_literal(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = [i for i in statement.solid if re.match(r"['\d?]", statement.tokens[i])]
    if not places:
        return None
    value = rng.choice(
        ("'abc'", "'2020-13-01'", "-1", "NULL", "x'0g'", "1.5e", "(1, 2)", "(SELECT 1, 2)", "DEFAULT", "''")
    )
    return _with(statement, {rng.choice(places): value})


def _other_keyword(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    places = [i for i in statement.solid if statement.tokens[i].upper() in _KEYWORDS]
    if not places:
        return None
    return _with(statement, {rng.choice(places): rng.choice(sorted(_KEYWORDS))})


def _bad_position(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    tail = rng.choice(
        (
            " ORDER BY 99",
            " LIMIT -1",
            " LIMIT x",
            " ORDER BY nosuch",
            " HAVING nosuch > 1",
            " FOR UPDATE OF nosuch",
            " LIMIT 1.5",
            " GROUP BY 0",
            " GROUP BY COUNT(*)",
            " OFFSET 5",
        )
    )
    return "".join(statement.tokens) + tail


def _same_alias(statement: Statement, words: Words, rng: random.Random) -> str | None:
    places = statement.at("JOIN")
    if not places:
        return None
    index = rng.choice(places)
    table = rng.choice(words.tables)
    return _with(
        statement,
        {
            index: rng.choice(
                (
                    f"JOIN {table} {statement.tokens[index]}",
                    f"JOIN {table} ON nosuch = 1 {statement.tokens[index]}",
                    f"LEFT JOIN {table} JOIN",
                )
            )
        },
    )


def _using(statement: Statement, words: Words, rng: random.Random) -> str | None:
    places = statement.at("ON")
    if not places:
        return None
    start, end = _clause_span(statement, rng.choice(places))
    end = min([i for i in statement.at("JOIN", "LEFT", "INNER", "RIGHT", "CROSS") if i > start] + [end])
    return "".join(
        [*statement.tokens[:start], f" USING ({rng.choice(words.columns)}) ", *statement.tokens[end:]]
    )


def _spaced_call(statement: Statement, _words: Words, rng: random.Random) -> str | None:
    calls = statement.calls()
    if not calls:
        return None
    index, _ = rng.choice(calls)
    return _with(statement, {index: f"{statement.tokens[index]} "})


CHANGES: dict[str, Change] = {
    "a name misspelt": _misspelt,
    "another column": _other_column,
    "another qualifier": _other_qualifier,
    "another table": _other_table,
    "a token left out": _left_out,
    "a token doubled": _doubled,
    "two tokens swapped": _swapped,
    "a clause doubled": _clause_doubled,
    "a clause moved": _clause_moved,
    "a clause left out": _clause_left_out,
    "an argument added": _argument_added,
    "an argument left out": _argument_left_out,
    "another argument": _star_argument,
    "another function": _other_function,
    "a window added": _windowed,
    "a window left out": _without_over,
    "an aggregate in a condition": _aggregate_in_condition,
    "a column aggregated": _aggregated,
    "a group left out": _ungrouped,
    "an item selected": _selected,
    "parentheses": _parenthesis,
    "a set operation": _other_width,
    "another literal": _other_literal,
    "another keyword": _other_keyword,
    "a clause at the end": _bad_position,
    "another join": _same_alias,
    "USING instead of ON": _using,
    "a blank before a parenthesis": _spaced_call,
}


def changed(sql: str, change: str, words: Words, rng: random.Random) -> str | None:
    """Apply the change of that name to a statement; returns None if there is no place for it."""
    statement = statement_of(sql)
    if len(statement.solid) < 2:
        return None
    text = CHANGES[change](statement, words, rng)
    return None if text is None or text == sql else text


def column_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the distinct names that need no quotes."""
    return tuple(sorted({name for name in columns if re.fullmatch(r"[A-Za-z_]\w*", name)}))
