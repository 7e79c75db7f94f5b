"""Random queries over random rows: a NULL in a column inferred as not null, or a wrong type, fails.

SQLGEN_PROPERTY_SEED chooses other worlds (default 1), SQLGEN_PROPERTY_WORLDS their number (default 8).
Run it with `-s` and no other tests to see the summary, for example with SQLGEN_PROPERTY_WORLDS=500, and on a
server of its own: random queries also find bugs of the server, and some of those crash it.
"""

import os

from tests.sqlgen.property.soundness import Tally, check_world
from tools.sqlgen.verify.wire import Client

SEED = int(os.environ.get("SQLGEN_PROPERTY_SEED", "1"))
WORLDS = int(os.environ.get("SQLGEN_PROPERTY_WORLDS", "8"))
QUERIES_A_WORLD = 250


def test_no_claim_about_a_random_query_is_disproved_by_the_server(client: Client) -> None:
    tally = Tally()
    for world in range(WORLDS):
        check_world(client, SEED * 100_000 + world, QUERIES_A_WORLD, tally)
    print(f"\n{WORLDS} worlds from seed {SEED}: {tally.summary()}")  # noqa: T201  (what `-s` is for)
    assert not tally.faults, tally.summary() + "\n\n" + "\n\n".join(tally.faults)
    assert tally.nulls_seen > 100, "the rows showed hardly any NULL: the test would prove nothing"
