"""An error that neither the driver nor the network documents ends no watch and no confirmation."""

import asyncio

import pytest

from product_dashboard.database.confirmation import Confirmations
from product_dashboard.database.driver import MySQLConnection
from product_dashboard.database.primary import NoPrimary, PrimaryWatch
from product_dashboard.database_url import Server
from product_dashboard.errors import DatabaseUnavailable
from tests.waiting import PATIENCE_S, eventually

SERVER = Server("127.0.0.1", 3306)


async def test_after_an_unexpected_error_the_next_confirmation_is_tried() -> None:
    asked = 0

    async def connect() -> MySQLConnection:
        nonlocal asked
        asked += 1
        raise RuntimeError("a fault of the driver")

    confirmations = Confirmations(connect, 1.0)
    async with asyncio.timeout(PATIENCE_S):
        for number in (1, 2):
            with pytest.raises(DatabaseUnavailable):
                await confirmations.wait(confirmations.begin(), SERVER)
            assert asked == number
    await confirmations.close()


async def test_after_an_unexpected_error_the_watch_asks_again() -> None:
    asked = 0

    async def connect(server: Server) -> MySQLConnection:
        nonlocal asked
        asked += 1
        raise RuntimeError(f"a fault of the driver at {server}")

    async def has_asked_again() -> bool:
        return asked > 1

    watch = PrimaryWatch([SERVER], connect)
    with pytest.raises(NoPrimary, match="a fault of the driver"):
        await watch.find()
    await eventually(has_asked_again)
    await watch.close()
