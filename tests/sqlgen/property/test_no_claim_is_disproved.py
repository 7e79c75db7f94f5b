"""Random queries over random rows: a NULL in a column said to be not null, or a wrong type, fails.

SQLGEN_PROPERTY_SEED chooses other worlds (default 1), SQLGEN_PROPERTY_SECONDS how long to go on (default 15).
Run alone with `-s` to see the summary, e.g. with SQLGEN_PROPERTY_SECONDS=600, and on a server that nobody
else needs: random queries find bugs of the server too, and some of those end it.
"""

import os
import time

from tests.sqlgen.property.soundness import Tally, check_world
from tools.sqlgen.verify.wire import Client

SEED = int(os.environ.get("SQLGEN_PROPERTY_SEED", "1"))
SECONDS = float(os.environ.get("SQLGEN_PROPERTY_SECONDS", "15"))
QUERIES_A_WORLD = 250


def test_no_claim_about_a_random_query_is_disproved_by_the_server(client: Client) -> None:
    tally = Tally()
    end = time.monotonic() + SECONDS
    world = 0
    while time.monotonic() < end:
        check_world(client, SEED * 100_000 + world, QUERIES_A_WORLD, tally)
        world += 1
    print(f"\n{world} worlds from seed {SEED}: {tally.summary()}")  # noqa: T201  (what `-s` is for)
    assert not tally.faults, tally.summary() + "\n\n" + "\n\n".join(tally.faults)
    assert tally.nulls_seen > 100, "the rows showed hardly any NULL: the test would prove nothing"
