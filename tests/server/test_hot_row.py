"""Many buyers of one product: lists and readiness are answered as ever, and each buyer is served or refused for now."""

import asyncio
from http import HTTPStatus

from tests.server.conftest import Start
from tools.bench.http.hot_row import make_order, measure
from tools.bench.http.server_process import ServerProcess


async def test_many_buyers_of_one_product_make_no_read_and_no_readiness_fail(start: Start) -> None:
    service = await (await start(DB_POOL_SIZE="4", LOG_REQUESTS="false")).listening()
    server = ServerProcess("127.0.0.1", service.port, service.process.pid)
    order = await asyncio.to_thread(make_order, server)
    findings = await measure(server, order, buyers=60, readers=2, seconds=1.5)
    assert findings.problems == []
    assert findings.buyers.statuses[HTTPStatus.CREATED] > 0
    assert findings.readiness.statuses.keys() == {HTTPStatus.OK}
