"""A listener gets everything in few events, and listeners are bounded."""

import asyncio

import pytest

from product_dashboard.errors import Overloaded, Unavailable
from product_dashboard.events.listeners import TOPICS, Listeners
from product_dashboard.events.schemas import Change

SOON = 10.0
NOW = 0.0


async def test_the_first_event_comes_at_once_and_names_everything() -> None:
    with Listeners(1).join() as listener:
        assert await listener.next(SOON) == Change(TOPICS, "up")


async def test_what_a_slow_listener_has_missed_is_one_event() -> None:
    listeners = Listeners(1)
    with listeners.join() as listener:
        await listener.next(SOON)
        for _ in range(1000):
            listeners.tell(["orders"], "up")
            listeners.tell(["products"], "up")
        assert await listener.next(SOON) == Change(("products", "orders"), "up")
        assert await listener.next(NOW) is None


async def test_nothing_is_told_if_nothing_has_changed() -> None:
    listeners = Listeners(1)
    with listeners.join() as listener:
        await listener.next(SOON)
        listeners.tell([], "up")
        assert await listener.next(NOW) is None


async def test_another_state_of_the_cache_is_an_event_and_new_listeners_are_told_it() -> None:
    listeners = Listeners(2)
    with listeners.join() as listener:
        await listener.next(SOON)
        listeners.tell([], "down")
        assert await listener.next(SOON) == Change((), "down")
        with listeners.join() as late:
            assert await late.next(SOON) == Change(TOPICS, "down")


async def test_one_more_than_the_limit_is_refused_until_one_has_left() -> None:
    listeners = Listeners(1)
    with listeners.join():
        with pytest.raises(Overloaded), listeners.join():
            pass
        assert len(listeners) == 1
    with listeners.join():
        assert len(listeners) == 1


async def test_the_end_wakes_every_listener_and_refuses_new_ones() -> None:
    listeners = Listeners(2)
    with listeners.join() as one, listeners.join() as other:
        await one.next(SOON)
        waiting = asyncio.create_task(one.next(SOON))
        await asyncio.sleep(0)
        listeners.end()
        assert await waiting is None
        assert await other.next(SOON) is None
        assert one.is_over
        assert other.is_over
    with pytest.raises(Unavailable), listeners.join():
        pass


async def test_it_waits_until_there_is_a_listener() -> None:
    listeners = Listeners(1)
    waiting = asyncio.create_task(listeners.wait_for_listener())
    await asyncio.sleep(0)
    assert not waiting.done()
    with listeners.join():
        await waiting
