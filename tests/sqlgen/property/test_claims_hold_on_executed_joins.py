"""Random joins over random small tables with keys and NULLs: each claim about their rows holds for the rows.

Functional dependencies, keys, numbers of rows, NOT NULL and one value a group. SQLGEN_PROPERTY_SEED chooses other
worlds (default 1), SQLGEN_PROPERTY_JOINS their number (default 1500). Needs no server.
"""

import os
import random
import sqlite3

from tests.sqlgen.property.executed import Executed
from tests.sqlgen.property.joins import Generator, World, smaller
from tools.sqlgen.diagnostics import SqlError

SEED = int(os.environ.get("SQLGEN_PROPERTY_SEED", "1"))
JOINS = int(os.environ.get("SQLGEN_PROPERTY_JOINS", "1500"))
_TRIALS = 500


def test_every_claim_about_a_random_join_holds_for_its_rows() -> None:
    compared = 0
    for number in range(JOINS):
        generator = Generator(random.Random(SEED * 1_000_000 + number))
        tables = generator.tables()
        world = World(tables, generator.block(tables))
        faults = Executed(world, number).faults()
        compared += faults is not None
        if faults:
            world, faults = _smallest(world, number, faults)
            raise AssertionError(f"seed {SEED}, world {number}: {faults[0]}\n\n{world}")
    assert compared > JOINS * 0.7, f"only {compared} of {JOINS} queries were valid"


def _smallest(world: World, number: int, faults: list[str]) -> tuple[World, list[str]]:
    """Leave out parts of the world for as long as a claim stays wrong, in at most `_TRIALS` trials."""
    waiting = smaller(world)
    for _ in range(_TRIALS):
        candidate = next(waiting, None)
        if candidate is None:
            break
        try:
            found = Executed(candidate, number).faults()
        except (sqlite3.Error, SqlError, AssertionError, KeyError):
            continue  # not a valid world
        if found:
            world, faults, waiting = candidate, found, smaller(candidate)
    return world, faults
