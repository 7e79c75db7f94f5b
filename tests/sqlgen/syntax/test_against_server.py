"""The parser accepts what a server accepts, and refuses what it refuses."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.sqlgen.server import Server
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax import lexer
from tools.sqlgen.syntax import server as syntax_server
from tools.sqlgen.syntax.parser import parse_query, parse_schema

FOLDER = Path(__file__).parent / "statements"
ACCEPTED = ("expressions", "queries", "changes", "schema")
SCHEMA = re.compile(r"\s*(/\*!\d+ )?(CREATE|ALTER|DROP|RENAME|USE)\b", re.IGNORECASE)
MUTANTS = 400


def statements(name: str) -> list[str]:
    """The statements of a file, each ended by a `;` at the end of a line."""
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return [each for each in text.split(";\n") if each.strip()]


def accepts(text: str, on: syntax_server.Server | None = "mysql") -> bool:
    try:
        if SCHEMA.match(text):
            return not any(isinstance(each, SqlError) for each in parse_schema(text))
        parse_query(text, server=on)
    except SqlError:
        return False
    return True


@pytest.mark.parametrize("name", ACCEPTED)
async def test_what_the_server_accepts_is_accepted(server: Server, name: str) -> None:
    for statement in statements(name):
        assert await server.understands(statement), f"the server refuses: {statement}"
        assert accepts(statement), f"the parser refuses: {statement}"


async def test_what_the_server_refuses_is_refused(server: Server) -> None:
    for statement in statements("refused"):
        assert not await server.understands(statement), f"the server accepts: {statement}"
        assert not accepts(statement), f"the parser accepts: {statement}"


def test_what_older_servers_and_mariadb_accept_is_accepted() -> None:
    for statement in statements("elsewhere"):
        assert accepts(statement, on=None), f"the parser refuses: {statement}"


@pytest.mark.parametrize("name", ["expressions", "queries", "changes"])
async def test_mutants_are_judged_as_the_server_judges_them(server: Server, name: str) -> None:
    """Statements with a word more, less or changed: at most one in fifty is judged otherwise.

    The rest are known: the server stops reading at the first derived table without an alias, knows that
    LIMIT x names a variable of a procedure, and so on.
    """
    mutants = list(_mutants(statements(name), Random(name), MUTANTS))
    wrong = [mutant for mutant in mutants if await server.understands(mutant) != accepts(mutant)]
    assert len(mutants) > MUTANTS / 2
    assert len(wrong) <= len(mutants) / 50, "\n".join(wrong)


def _mutants(sources: list[str], random: Random, count: int) -> Iterator[str]:
    plain = [each for each in sources if not re.search(r"/\*|--|#|;", each)]
    words = [text[token.start : token.end] for text in plain for token in lexer.tokenize(text)[:-1]]
    for _ in range(count):
        source = random.choice(plain)
        tokens = [source[token.start : token.end] for token in lexer.tokenize(source)[:-1]]
        position = random.randrange(len(tokens))
        match random.randrange(4):
            case 0:
                del tokens[position]
            case 1:
                tokens.insert(position, random.choice(words))
            case 2:
                tokens[position] = random.choice(words)
            case _:
                tokens.insert(position, tokens[position])
        mutant = re.sub(r" ?\. ?(?=[\w`*])", ".", re.sub(r"(?<=\w) \(", "(", " ".join(tokens)))
        if re.match(r"(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES|TABLE|\()\b", mutant):
            yield mutant
