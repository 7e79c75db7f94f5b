"""Compares every function and operator, called with random arguments of all types, with the server.

SQLGEN_PROPERTY_SEED chooses other arguments, SQLGEN_CALLS the number of calls that the server accepts (default 3000).
"""

import os
import random
import secrets

from tests.sqlgen.corpus.oracle import Database
from tests.sqlgen.property.calls import TYPED_BY_VALUE, function_names, statements
from tests.sqlgen.property.soundness import Tally, statement_faults
from tools.bench.sql.judge import project_of
from tools.sqlgen.verify.wire import ServerError

SEED = int(os.environ.get("SQLGEN_PROPERTY_SEED", "1"))
CALLS = int(os.environ.get("SQLGEN_CALLS", "3000"))


def test_no_call_is_refused_mistyped_or_said_to_be_not_null_wrongly(modern_server_url: str) -> None:
    database = Database(modern_server_url, f"verify_calls_{secrets.token_hex(3)}", "events")
    project = project_of("events")
    tally = Tally()
    try:
        with database.holding(database.rows):
            for of, sql in statements(random.Random(SEED), function_names(database.client)):
                if not _is_valid(database, sql):
                    continue
                if tally.queries >= CALLS:
                    break
                for kind, text in statement_faults(database.client, sql, project, tally):
                    if not (kind == "wrong type" and of in TYPED_BY_VALUE):
                        tally.fault(kind, f"{text}\n    {sql}")
    finally:
        database.drop()
    print(f"\nfrom seed {SEED}: {tally.summary()}")  # noqa: T201  (what `-s` is for)
    assert not tally.faults, tally.summary() + "\n\n" + "\n\n".join(tally.faults)
    assert tally.executed > 500, "hardly any call was valid: the test would prove nothing"


def _is_valid(database: Database, sql: str) -> bool:
    """True if the server accepts the statement: random arguments fit few functions."""
    try:
        database.client.release(database.client.prepare(sql))
    except ServerError:
        return False
    return True
