"""The process of the service is killed between any two steps of an order; a retry then finds one order, or makes it."""

import asyncio

import httpx

from product_dashboard.database import Database
from tests.idempotency.conftest import Counter
from tests.idempotency.proxy import Proxy, Session, commit_of, statement_of
from tests.server.conftest import Service, Start
from tests.shop import data_of
from tests.waiting import PATIENCE_S

STEPS = {
    "claim": statement_of("INSERT IGNORE INTO idempotency_keys"),
    "insert": statement_of("INSERT INTO orders "),
    "keep": statement_of("UPDATE idempotency_keys"),
    "COMMIT": commit_of("orders"),
}


async def test_after_a_kill_at_any_step_a_retry_leaves_one_order(
    start: Start, proxy: Proxy, direct: Database, key: str
) -> None:
    service = await started(start, proxy)
    async with client_of(service) as client:
        counter = await Counter.opened(client, direct)
    made = 0
    for name, step in STEPS.items():
        for is_before in (True, False):
            one = f"{key}-{name}-{is_before}"
            proxy.fired.clear()
            (proxy.before if is_before else proxy.after)(step, killing(service))
            async with client_of(service) as client:
                try:
                    answer = await client.post(
                        "/api/v1/orders", json=counter.body(), headers={"Idempotency-Key": one}
                    )
                except httpx.TransportError:
                    pass
                else:
                    raise AssertionError(f"{name}: {answer.text}")
            assert proxy.fired.is_set(), name
            is_committed = name == "COMMIT" and not is_before
            service = await started(start, proxy)
            async with client_of(service) as client:
                retried = await placed(client, counter, one)
            data_of(retried, 201)
            assert ("idempotency-replayed" in retried.headers) is is_committed, name
            made += 1
            assert await counter.orders() == made, name


def killing(service: Service) -> "Kill":
    return Kill(service)


class Kill:
    """Kills the service with SIGKILL, and loses the statement or its answer."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, session: Session, _: bytes) -> None:
        self._service.process.kill()
        await self._service.process.wait()
        session.cut()


async def started(start: Start, proxy: Proxy) -> Service:
    return await (await start(DATABASE_URL=proxy.url, DB_STATEMENT_CACHE="0")).listening()


def client_of(service: Service) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.port}", timeout=20)


async def placed(client: httpx.AsyncClient, counter: Counter, key: str) -> httpx.Response:
    """Retry while the transaction of the killed process is still open on the server."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await client.post(
                "/api/v1/orders", json=counter.body(), headers={"Idempotency-Key": key}
            )
            if answer.status_code != 409:
                return answer
            await asyncio.sleep(0.05)
