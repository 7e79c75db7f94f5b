"""The optional layer in the process's own memory, as strict as Redis itself. Off unless asked for.

A process believes its memory only under a lease that it holds in Redis' registry. A writer ends all leases, names
what is invalid, and waits before COMMIT until every holder has acknowledged or its lease (at most a second) is over.
"""

import asyncio
import contextlib
import secrets
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from product_dashboard.cache.clock import now, wall_ms
from product_dashboard.cache.connection import Reply, items
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.link import Link
from product_dashboard.cache.request import Request
from product_dashboard.cache.scripts import ACTIVATE, ANNOUNCE, FORGET, PREPARE, REGISTER
from product_dashboard.cache.space import Space
from product_dashboard.cache.trust import GATE_KEPT_MS, Trust
from product_dashboard.cache.values import Stored

LEASE: Final = 1.0  # the same in every process: writers wait this long for one that is silent
_DRIFT: Final = 1.05
_RENEW: Final = 0.3


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in memory and the tags it stands and falls with."""

    stored: Stored
    tags: tuple[str, ...]


class Local:
    """What this process remembers, and its right to."""

    def __init__(self, link: Link, trust: Trust, *, prefix: str, entries: int) -> None:
        self.changes = 0  # grows with everything that might make a reply under way too old to be remembered
        self._link = link
        self._trust = trust
        self._channel = f"{prefix}:local"
        self._most = entries
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._until = 0.0
        self._space: Space | None = None
        self._seen = ""
        self._tokens: deque[str] = deque([secrets.token_hex(8)], maxlen=8)  # the last one is current
        self._tasks: set[asyncio.Task[None]] = set()
        self._renewing: asyncio.Task[None] | None = None

    # -- readers

    def get(self, name: str) -> Stored | None:
        """A remembered value that may be believed now. The caller has found that Redis itself may be."""
        if now() >= self._until or self._space is not self._trust.space:
            return None
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.stored.fresh_until_ms <= wall_ms():
            del self._entries[name]
            return None
        self._entries.move_to_end(name)
        return entry.stored

    def ticket(self) -> int | None:
        """To be taken when a read is sent to Redis, and given to `keep` with its result."""
        return self.changes if now() < self._until and self._space is self._trust.space else None

    def keep(self, request: Request, stored: Stored, ticket: int | None) -> None:
        """Remember a value, unless something was invalidated since its read was sent."""
        if ticket is None or ticket != self.changes or request.policy.watched:
            return
        self._entries[request.name] = Entry(stored, request.tags)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    # -- messages

    def heard(self, message: bytes) -> None:
        """A writer is about to commit: forget, acknowledge, and ask for a new lease."""
        number, acknowledge, *targets = message.decode("utf-8", "replace").split("\n")
        self._stop()
        for target in targets:
            self._forget(target)
        self._seen = number
        task = asyncio.create_task(self._acknowledge(acknowledge, number), name="cache-local")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def deaf(self) -> None:
        """Messages were lost or Redis is another: what is remembered is worth nothing."""
        self._stop()
        self._entries.clear()
        self._seen = ""

    # -- life

    def start(self) -> None:
        self._renewing = asyncio.create_task(self._renew(), name="cache-local-renew")

    async def close(self) -> None:
        self.deaf()
        tasks = [*self._tasks, *([self._renewing] if self._renewing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- insides

    def _stop(self) -> None:
        """The lease is over: the next one gets a new token, so that this one cannot be prolonged."""
        self._until = 0.0
        self.changes += 1
        self._tokens.append(secrets.token_hex(8))

    def _forget(self, target: str) -> None:
        kind, name = target[:1], target[1:]
        if kind == "v":
            self._entries.pop(name, None)
            return
        for held in [held for held, entry in self._entries.items() if name in entry.tags]:
            del self._entries[held]

    async def _acknowledge(self, channel: str, number: str) -> None:
        space = self._trust.space
        with contextlib.suppress(LinkDown, Refused):  # then the writer waits the lease out
            await self._link.command(space, 0, "PUBLISH", channel, " ".join((number, *self._tokens)))
            await self._register()

    async def _renew(self) -> None:
        while True:
            with contextlib.suppress(LinkDown, Refused):
                if await self._trust.ensure() and self._link.listening:
                    await self._register()
            await asyncio.sleep(_RENEW)

    async def _register(self) -> None:
        """Get or prolong the lease. Its time counts from when it was asked for."""
        space = self._trust.space
        if space is not self._space:
            self.deaf()
            self._space = space
        for _ in range(2):
            asked, changes = now(), self.changes
            *before, token = self._tokens
            arguments = (token, self._seen, str(secrets.randbits(40)), *before)
            state, number = _state(
                await self._link.script(REGISTER, space, 0, (space.registry(),), arguments)
            )
            if state < 0:
                await self._found_again(space, number)
                return
            if self.changes != changes or not self._link.listening:
                return  # a writer or a deaf moment came in between: the next turn asks again
            if state == 1:
                self._until = asked + LEASE
                return
            self.deaf()
            self._seen = number

    async def _found_again(self, space: Space, marker: str) -> None:
        """Begin a lost registry anew, once every lease that it may have held is over."""
        self.deaf()
        key = space.registry()
        if not marker:
            found = await self._link.script(PREPARE, space, 0, (key,), (secrets.token_hex(8), GATE_KEPT_MS))
            marker = found.decode() if isinstance(found, bytes) else ""
        await asyncio.sleep(LEASE * _DRIFT)
        await self._link.script(ACTIVATE, space, 0, (key,), (marker,))


class Announcer:
    """The writer's side: everybody who believes his memory has let go of it before COMMIT."""

    def __init__(self, *, prefix: str) -> None:
        self.channel = f"{prefix}:ack:{secrets.token_hex(8)}"
        self._local_channel = f"{prefix}:local"
        self._open = 0
        self._acknowledged: dict[str, set[str]] = {}  # by number of the announcement
        self._news = asyncio.Event()

    def heard(self, message: bytes) -> None:
        """A process acknowledged. This may come before the reply that tells the announcement's number."""
        if self._open:
            number, *tokens = message.decode("utf-8", "replace").split(" ")
            self._acknowledged.setdefault(number, set()).update(tokens)
            self._news.set()

    async def announce(self, link: Link, space: Space, targets: Sequence[str]) -> None:
        """Return when nobody believes a memory of `targets` any more. Raises LinkDown or Refused."""
        arguments = (self._local_channel, self.channel, str(secrets.randbits(40)), *targets)
        self._open += 1
        try:
            reply = items(await link.script(ANNOUNCE, space, 0, (space.registry(),), arguments))
            known, number, *tokens = (part.decode() if isinstance(part, bytes) else part for part in reply)
            if known != 1:
                await asyncio.sleep(LEASE * _DRIFT)
            elif tokens:
                await self._wait_for(link, space, str(number), {str(token) for token in tokens})
        except ValueError as error:
            raise Refused("a script answered nonsense") from error
        finally:
            self._open -= 1
            if not self._open:
                self._acknowledged.clear()

    async def _wait_for(self, link: Link, space: Space, number: str, tokens: set[str]) -> None:
        try:
            async with asyncio.timeout(LEASE * _DRIFT):
                while not tokens <= self._acknowledged.get(number, set()):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            silent = tokens - self._acknowledged.get(number, set())
            await link.script(FORGET, space, 0, (space.registry(),), tuple(silent))


def _state(reply: Reply) -> tuple[int, str]:
    match items(reply):
        case [int() as state, bytes() as number]:
            return state, number.decode("utf-8", "replace")
        case _:
            raise Refused(f"a script answered {reply!r}")
