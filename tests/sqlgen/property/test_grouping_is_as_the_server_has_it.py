"""The queries of test_grouping.py, prepared by a server: it accepts and refuses the same ones."""

import pytest

from tests.sqlgen.analysis.grouped import ACCEPTED, REFUSED
from tests.sqlgen.analysis.reading import SCHEMA
from tools.sqlgen.verify.scratch import scratch_database
from tools.sqlgen.verify.wire import Client, ServerError

_GROUPING_ERRORS = {1054, 1055, 1140, 3065}
"""1054: HAVING reads only what is selected, grouped or aggregated."""


def test_the_server_accepts_and_refuses_the_same_grouped_queries(client: Client) -> None:
    with scratch_database(client):
        for statement in SCHEMA.read_text(encoding="utf-8").split(";"):
            if statement.strip():
                client.query(statement)
        for sql in ACCEPTED:
            client.release(client.prepare(sql))
        for sql in REFUSED:
            with pytest.raises(ServerError) as caught:
                client.release(client.prepare(sql))
            assert caught.value.args[0] in _GROUPING_ERRORS, sql
