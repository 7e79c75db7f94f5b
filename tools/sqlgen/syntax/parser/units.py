"""Units of time, and the lookahead for the function INTERVAL."""

from tools.sqlgen.syntax.ast import Unit
from tools.sqlgen.syntax.parser.cursor import Parser
from tools.sqlgen.syntax.parser.keywords import UNITS

_TSI = "SQL_TSI_"


def parse_unit(p: Parser) -> Unit:
    token = p.token
    return Unit(token.start, token.end, parse_unit_name(p))


def parse_unit_name(p: Parser) -> str:
    word = p.token.word.removeprefix(_TSI)
    if word not in UNITS:
        p.unexpected("a unit such as DAY or HOUR")
    p.advance()
    return word


def at_interval_function(p: Parser) -> bool:
    """True if the function INTERVAL(a, b, ...) is next, and not an interval with its value in parentheses."""
    if p.peek().word != "(":
        return False
    depth = 0
    for token in p.tokens[p.index + 1 :]:
        if token.word == "(":
            depth += 1
        elif token.word == ")":
            depth -= 1
        elif token.word == "," and depth == 1:
            return True
        if depth == 0:
            break
    return False
