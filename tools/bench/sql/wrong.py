"""`python -m tools.bench wrong --database-url URL`: wrong statements, compared with what a server says at PREPARE.

Each statement is a right one of the corpus with one change. Of those that the server refuses, the compiler must
refuse more than 99 %; of those that the server accepts, it should refuse none.
"""

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.sqlgen.corpus.oracle import Database
from tools.bench.sql.corpus import Case, load
from tools.bench.sql.judge import project_of
from tools.bench.sql.mutations import CHANGES, Words, changed, column_names
from tools.bench.sql.placeholders import positional
from tools.sqlgen.analysis import analyse
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.syntax.parser import parse_query
from tools.sqlgen.verify.wire import ServerError

_SKIPPED = ("ROLLUP", "GROUPING", "INTO OUTFILE")
"""Statements with these can end the server itself, or write files."""
SYNTAX_ERROR = "1064"
EXAMPLES = 12
MOST_ACCEPTED = 0.01


@dataclass
class Tally:
    """Counts of a run, and examples of the differences."""

    refused: Counter[str] = field(default_factory=Counter[str])
    ungrammatical: int = 0
    """Of the refused ones, those with a syntax error."""
    accepted: Counter[str] = field(default_factory=Counter[str])
    missed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Change, statement, and the server's error, of those that only the server refuses."""
    too_strict: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Change, statement, and the compiler's error, of those that only the compiler refuses."""

    @property
    def share_missed(self) -> float:
        return len(self.missed) / max(1, self.refused.total())

    @property
    def share_too_strict(self) -> float:
        return len(self.too_strict) / max(1, self.accepted.total())

    def summary(self) -> str:
        grammatical = self.refused.total() - self.ungrammatical
        missed = sum(not reason.startswith(SYNTAX_ERROR) for _, _, reason in self.missed)
        refused, accepted = self.refused.total(), self.accepted.total()
        return "; ".join(
            (
                f"{refused} refused by the server",
                f"of these the compiler accepts {len(self.missed)} ({self.share_missed:.2%})",
                f"of the {grammatical} grammatical ones {missed} ({missed / max(1, grammatical):.2%})",
                f"{accepted} accepted by the server",
                f"of these the compiler refuses {len(self.too_strict)} ({self.share_too_strict:.2%})",
            )
        )


class World:
    """A schema of the corpus on the server and in the compiler."""

    def __init__(self, url: str, schema: str) -> None:
        self.database = Database(url, f"wrong_{schema}", schema)
        self.catalog: Catalog = project_of(schema).catalog
        # The compiler also finds a table that only another database has; the server does not.
        tables = [table for table in self.catalog.tables() if table.schema is None]
        self.words = Words(
            column_names([column.name for table in tables for column in table.columns]),
            column_names([table.name for table in tables]),
        )

    def server_error(self, sql: str) -> str | None:
        """Return why the server refuses to prepare the statement; None if it does not."""
        client = self.database.client
        try:
            client.release(client.prepare(sql))
        except ServerError as error:
            return f"{error.args[0]}: {error.args[-1]}"
        return None

    def compiler_error(self, sql: str) -> str | None:
        """Return why the compiler refuses the statement; None if it does not."""
        try:
            query, findings = analyse(parse_query(sql, server=self.catalog.server), self.catalog, sql)
        except SqlError as error:
            return error.message
        return None if query is not None else findings[0].message


def right_statements(world: World, cases: Sequence[Case]) -> list[str]:
    """Return the statements of the cases that both the server and the compiler accept."""
    found: list[str] = []
    for case in cases:
        sql, _ = positional(case.text)
        wanted = case.error is None and not any(word in sql.upper() for word in _SKIPPED)
        if wanted and world.server_error(sql) is None and world.compiler_error(sql) is None:
            found.append(sql)
    return found


def run(url: str, count: int, seed: int) -> Tally:
    """Compare `count` changed statements, spread over the schemas of the corpus."""
    rng = random.Random(seed)
    cases = load()
    tally = Tally()
    schemas = sorted({case.schema for case in cases})
    for schema in schemas:
        world = World(url, schema)
        try:
            right = right_statements(world, [case for case in cases if case.schema == schema])
            share = sum(case.schema == schema for case in cases) / len(cases)
            _compare(world, right, round(count * share), rng, tally)
        finally:
            world.database.drop()
    return tally


def _compare(world: World, right: Sequence[str], count: int, rng: random.Random, tally: Tally) -> None:
    seen: set[str] = set(right)
    done = 0
    names = list(CHANGES)
    while done < count:
        change = rng.choice(names)
        sql = changed(rng.choice(right), change, world.words, rng)
        if sql is None or sql in seen or any(word in sql.upper() for word in _SKIPPED):
            continue
        seen.add(sql)
        done += 1
        refusal, ours = world.server_error(sql), world.compiler_error(sql)
        if refusal is None:
            tally.accepted[change] += 1
            if ours is not None:
                tally.too_strict.append((change, sql, ours))
        else:
            tally.refused[change] += 1
            tally.ungrammatical += refusal.startswith(SYNTAX_ERROR)
            if ours is None:
                tally.missed.append((change, sql, refusal))


def main(argv: Sequence[str]) -> int:
    """Print the counts and examples; returns 1 if the compiler accepts 1 % or more of what the server refuses."""
    options = _parser().parse_args(argv)
    if not options.database_url:
        print("error: no server: give --database-url, or set DATABASE_URL", file=sys.stderr)
        return 2
    tally = run(options.database_url, options.count, options.seed)
    print(f"{options.count} statements, seed {options.seed}: {tally.summary()}")
    for title, examples in (
        ("accepted, though the server refuses", tally.missed),
        ("refused, though the server accepts", tally.too_strict),
    ):
        print(f"\n{title}:" if examples else "", end="\n" if examples else "")
        for change, sql, reason in examples[: options.examples]:
            print(f"- {change}: {' '.join(sql.split())}\n    {reason}")
    return 1 if tally.share_missed >= MOST_ACCEPTED else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench wrong", description=__doc__)
    parser.add_argument("--database-url", default=os.environ.get("DATABASE_URL"), help="a MySQL 9 server")
    parser.add_argument("--count", type=int, default=2000, help="statements (default: 2000)")
    parser.add_argument("--seed", type=int, default=1, help="of the random changes (default: 1)")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="differences to print (default: 12)")
    return parser
