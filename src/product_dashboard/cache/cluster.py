"""A link to a Redis Cluster: one connection to each master, believed only as a whole.

The cluster's identity is a digest of which run id serves which slots. Anything that changes it, a failover or one
slot that moves, makes it another server to the cache, which then begins a new epoch.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from product_dashboard.cache.clock import now
from product_dashboard.cache.connection import Argument, Connection, Reply, items
from product_dashboard.cache.endpoint import Address, Dialled, Target, connect, dial_master
from product_dashboard.cache.errors import LinkDown, Refused
from product_dashboard.cache.link import Backoff, BreakerState, Listener, MessageLine, failed, run_script
from product_dashboard.cache.scripts import Script
from product_dashboard.cache.space import Space

log = logging.getLogger(__name__)

SLOTS = 16384
_HEALTHY = 5.0
_MOVED = ("MOVED", "ASK ", "TRYAGAIN", "CROSSSLOT", "CLUSTERDOWN")


@dataclass(frozen=True, slots=True)
class SlotRange:
    """Slots `first` to `last`, both included, and the master that serves them."""

    first: int
    last: int
    master: Address


@dataclass(frozen=True, slots=True)
class Topology:
    """All slots, connected."""

    nodes: tuple[Connection, ...]
    by_slot: tuple[int, ...]  # slot -> index into nodes
    identity: str

    def node(self, slot: int) -> Connection:
        return self.nodes[self.by_slot[slot]]


class ClusterLink:
    """A link that is up while every slot's master is connected and none has sent us elsewhere."""

    buckets = 64

    def __init__(
        self, target: Target, channels: Sequence[str], listener: Listener, *, timeout: float
    ) -> None:
        self.server: str | None = None
        self.breaker: BreakerState = "half_open"
        self.opened = 0
        self._target = target
        self._listener = listener
        self._timeout = timeout
        self._topology: Topology | None = None
        self._sent_before = 0
        self._messages = MessageLine(target, channels, listener, timeout)
        self._tasks: list[asyncio.Task[None]] = []
        self._first = asyncio.Event()

    @property
    def listening(self) -> bool:
        return self._messages.listening

    async def start(self) -> None:
        """Begin; returns when the first try to connect is over, however it ended."""
        self._tasks = [
            asyncio.create_task(self._keep(), name="cache-link"),
            asyncio.create_task(self._messages.keep(self._any_master), name="cache-messages"),
        ]
        await self._first.wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Transports that were given up close their sockets in the next turn of the loop.
        await asyncio.sleep(0)

    def get(self, space: Space, name: str) -> asyncio.Future[Reply]:
        topology = self._topology
        if topology is None or space.server != self.server:
            return failed(LinkDown("the cluster is not connected"))
        return topology.node(space.slot(space.bucket(name))).get(space.value(name))

    def fetch(
        self, space: Space, keys: Sequence[bytes], buckets: Sequence[int]
    ) -> asyncio.Future[list[Reply]]:
        topology = self._topology
        if topology is None or space.server != self.server:
            return failed(LinkDown("the cluster is not connected"))
        nodes = [topology.node(space.slot(bucket)) for bucket in buckets]
        if all(node is nodes[0] for node in nodes):
            return nodes[0].fetch(keys)
        return asyncio.ensure_future(_fetch_apart(nodes, keys))

    async def script(
        self, script: Script, space: Space, bucket: int, keys: Sequence[bytes], arguments: Sequence[Argument]
    ) -> Reply:
        node = self._connected(space, bucket)
        try:
            return await run_script(node, script, keys, arguments)
        except Refused as error:
            self._follow(error)
            raise

    async def command(self, space: Space, bucket: int, *arguments: Argument) -> Reply:
        node = self._connected(space, bucket)
        try:
            return await node.command(*arguments)
        except Refused as error:
            self._follow(error)
            raise

    def commands_sent(self) -> int:
        nodes = self._topology.nodes if self._topology else ()
        return self._sent_before + sum(node.sent for node in nodes)

    # -- insides

    def _connected(self, space: Space, bucket: int) -> Connection:
        if self._topology is None or space.server != self.server:
            raise LinkDown("the cluster is not connected")
        return self._topology.node(space.slot(bucket))

    def _follow(self, error: Refused) -> None:
        """A node that does not serve a slot any more: what we know of the cluster is out of date."""
        if str(error).startswith(_MOVED):
            self._drop(f"the cluster changed: {error}")

    async def _keep(self) -> None:
        backoff = Backoff()
        while True:
            try:
                topology = await self._connect()
            except (LinkDown, Refused, OSError) as error:
                if not self._first.is_set():
                    log.warning("cache: the cluster cannot be used, reading from the database: %s", error)
                    self.opened += 1
                self.breaker = "open"
                self._first.set()
                await backoff.pause()
                self.breaker = "half_open"
                continue
            await self._live(topology, backoff)

    async def _live(self, topology: Topology, backoff: Backoff) -> None:
        self._topology, self.server, self.breaker = topology, topology.identity, "closed"
        self._listener.changed()
        self._first.set()
        log.info("cache: connected to a cluster of %d masters", len(topology.nodes))
        since = now()
        try:
            done, _ = await asyncio.wait(
                [node.lost for node in topology.nodes], return_when="FIRST_COMPLETED"
            )
            log.warning(
                "cache: the cluster is gone or changed, reading from the database: %s", done.pop().result()
            )
        finally:
            self._drop("one of its nodes is gone")
            self.breaker = "open"
            self.opened += 1
            self._listener.changed()
        if now() - since > _HEALTHY:
            backoff.reset()
        else:
            await backoff.pause()

    def _drop(self, reason: str) -> None:
        topology, self._topology, self.server = self._topology, None, None
        if topology is not None:
            self._sent_before += sum(node.sent for node in topology.nodes)
            for node in topology.nodes:
                node.abort(reason)

    async def _connect(self) -> Topology:
        ranges = await self._slot_ranges()
        masters = sorted({part.master for part in ranges})
        dialled = await asyncio.gather(*(self._dial(master) for master in masters), return_exceptions=True)
        links = [found for found in dialled if isinstance(found, Dialled)]
        failures = [found for found in dialled if isinstance(found, BaseException)]
        if failures:
            for link in links:
                link.connection.abort("the cluster is not complete")
            raise failures[0]
        return _topology(ranges, dict(zip(masters, links, strict=True)))

    async def _dial(self, master: Address) -> Dialled:
        return await dial_master(self._target, master, timeout=self._timeout, many=False)

    async def _slot_ranges(self) -> list[SlotRange]:
        reasons: list[str] = []
        for address in self._target.addresses:
            try:
                connection = await connect(self._target, address, timeout=self._timeout)
            except LinkDown as error:
                reasons.append(str(error))
                continue
            try:
                return _read_ranges(await connection.command("CLUSTER", "SLOTS"), address[0])
            except (LinkDown, Refused) as error:
                reasons.append(str(error))
            finally:
                connection.abort("asked")
        raise LinkDown("no node tells the cluster's slots: " + "; ".join(reasons))

    async def _any_master(self) -> Address:
        return (await self._slot_ranges())[0].master


async def _fetch_apart(nodes: Sequence[Connection], keys: Sequence[bytes]) -> list[Reply]:
    replies = await asyncio.gather(*(node.fetch((key,)) for node, key in zip(nodes, keys, strict=True)))
    return [reply for (reply,) in replies]


def _read_ranges(reply: Reply, asked: str) -> list[SlotRange]:
    """CLUSTER SLOTS as ranges. A node that does not know its own name is where we asked."""
    ranges: list[SlotRange] = []
    for part in items(reply):
        bounds = items(part)
        master = items(bounds[2]) if len(bounds) > 2 else []  # noqa: PLR2004 - first, last, master, replicas
        match bounds[:2], master[:2]:
            case [int() as first, int() as last], [host, int() as port]:
                name = host.decode() if isinstance(host, bytes) and host else asked
                ranges.append(SlotRange(first, last, (name, port)))
            case _:
                raise LinkDown(f"CLUSTER SLOTS answered {part!r}")
    if sum(part.last - part.first + 1 for part in ranges) != SLOTS:
        raise LinkDown("the cluster does not serve every slot")
    return ranges


def _topology(ranges: Sequence[SlotRange], links: dict[Address, Dialled]) -> Topology:
    places = {address: place for place, address in enumerate(links)}
    by_slot = [0] * SLOTS
    for part in ranges:
        by_slot[part.first : part.last + 1] = [places[part.master]] * (part.last - part.first + 1)
    lines = sorted(f"{part.first}-{part.last} {links[part.master].run_id}" for part in ranges)
    identity = hashlib.blake2b("\n".join(lines).encode(), digest_size=20).hexdigest()
    return Topology(tuple(link.connection for link in links.values()), tuple(by_slot), identity)
