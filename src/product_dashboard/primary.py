"""The *primary*: the one of several database servers that takes writes. Everything is asked there, reads too.

MySQL: the servers are the members of one group (Group Replication with a single primary).
MariaDB: one server and its asynchronous replicas, of which exactly one has `read_only=OFF`.

What is promised with a group

- An acknowledged write is on every later primary: a COMMIT is answered after a majority has the transaction.
- No read is stale, no matter what the network does: `confirmation` says how.
- A server that says of itself that it is not the primary, or has no majority, is not asked: new connections check it,
  and `PrimaryWatch` closes existing ones when it learns of it, in use or not.
- Multi-primary mode is refused: the cache's epoch row is locked on one server (cache/README.md, "What it rests on").

What is not promised

- A majority whose members fail at the same moment may take acknowledged writes with it, and so may an administrator who
  ends its absence with `group_replication_force_members`.
- MariaDB has neither a majority nor messages through it. A replica that is made primary may lack acknowledged writes.
  A primary that was replaced is recognized when it is read only; until then it answers with old rows, and takes
  writes that the new one lacks. Two servers that take writes are seen if both answer: then neither is used.
- With one server in the URL none of this is checked. Behind a proxy or a name that follows the primary, the operator
  sees to it that it leads to the right server.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple
from weakref import WeakSet

import structlog
from asyncmy.errors import MySQLError

from product_dashboard import deadline
from product_dashboard.database_url import Server
from product_dashboard.driver import REFUSED_FOR_GOOD, MySQLConnection

log = structlog.stdlib.get_logger()

BEFORE: Final = "SET SESSION group_replication_consistency = 'BEFORE'"
"""Makes each transaction of the session begin with a message through the group. Only for members of a group."""

_ASK_MEMBER: Final = """\
SELECT
    @@global.group_replication_single_primary_mode,
    @@global.super_read_only,
    MAX(IF(m.member_id = @@server_uuid, m.member_state, NULL)),
    MAX(IF(m.member_id = @@server_uuid, m.member_role, NULL)),
    SUM(m.member_state <> 'UNREACHABLE'),
    COUNT(*),
    MAX(s.view_id)
FROM performance_schema.replication_group_members AS m
LEFT JOIN performance_schema.replication_group_member_stats AS s
    ON s.member_id = m.member_id AND m.member_id = @@server_uuid"""
_ASK_MARIADB: Final = "SELECT @@global.read_only"

_UNKNOWN_VARIABLE: Final = 1193
_TABLE_DENIED: Final = 1142
_EVERY_S: Final = 0.5
_SEARCHES_EVERY_S: Final = 0.1
_ASK_S: Final = 1.0


class View(NamedTuple):
    """The group's membership as a server knows it. Later ones are greater; all are equal for MariaDB."""

    incarnation: int
    number: int


class NotPrimary(Exception):
    """A server is not to be used; the message says why. `for_good`: waiting does not help."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class NoPrimary(Exception):
    """None of the servers is to be used; the message has the reason of each."""

    def __init__(self, reasons: Iterable[tuple[Server, Exception]]) -> None:
        reasons = list(reasons)
        super().__init__("; ".join(f"{server}: {reason}" for server, reason in reasons))
        answers = [reason for _, reason in reasons if isinstance(reason, NotPrimary)]
        self.for_good = bool(answers) and all(answer.for_good for answer in answers)


def is_member(version: str) -> bool:
    """Return True if a server of this version must be a member of a group: MySQL, not MariaDB."""
    return "mariadb" not in version.lower()


def question(version: str) -> str:
    """Return the statement that asks a server of this version what it is; `view_of` reads its row."""
    return _ASK_MEMBER if is_member(version) else _ASK_MARIADB


def view_of(row: Sequence[Any]) -> View:
    """Return the view of a primary that has its group's majority. Raises NotPrimary for any other server."""
    if len(row) == 1:
        if row[0]:
            raise NotPrimary("read only")
        return View(0, 0)
    single_primary, read_only, state, role, reachable, members, view = row
    if state in {None, "OFFLINE"}:
        raise NotPrimary("not in a group")
    if not single_primary:
        raise NotPrimary(
            "its group has several primaries; the service needs one: "
            "SELECT group_replication_switch_to_single_primary_mode()",
            for_good=True,
        )
    if state != "ONLINE":
        raise NotPrimary(f"a member that is {state}")
    if 2 * int(reachable) <= int(members):
        raise NotPrimary(f"no majority: {reachable} of {members} members are reachable")
    if role != "PRIMARY":
        raise NotPrimary("a secondary")
    if read_only:
        raise NotPrimary("elected, and not yet writable")
    incarnation, _, number = str(view).partition(":")
    return View(int(incarnation), int(number))


def refusal(error: Exception) -> Exception:
    """Return what a driver's error says about a server that was asked `question`: NotPrimary, or the error itself."""
    number, *_ = error.args or (None,)
    if number in REFUSED_FOR_GOOD:
        return NotPrimary(str(error.args[-1]), for_good=True)
    if number == _UNKNOWN_VARIABLE:
        return NotPrimary(
            "it does not have the plugin group_replication, so it is no member of a group", for_good=True
        )
    if number == _TABLE_DENIED:
        return NotPrimary(
            "the account must be allowed to SELECT from performance_schema.replication_group_members and "
            "performance_schema.replication_group_member_stats",
            for_good=True,
        )
    return error


class PrimaryWatch:
    """Asks all servers which of them is the primary, several times a second, and in a hurry when one has refused.

    A request waits for the first look only; after that `find` answers from the last one. A server that does not answer
    delays nobody: all are asked at the same time, on connections of the watch's own.
    """

    def __init__(
        self, servers: Sequence[Server], connect: Callable[[Server], Awaitable[MySQLConnection]]
    ) -> None:
        self._servers = servers
        self._connect = connect
        self._connections: dict[Server, MySQLConnection] = {}
        self._admitted: WeakSet[MySQLConnection] = WeakSet()
        self._primary: Server | None = None
        self._reasons: list[tuple[Server, Exception]] = []
        self._looked = asyncio.Event()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def primary(self) -> Server | None:
        """The primary at the last look; None if there was none."""
        return self._primary

    async def find(self) -> Server:
        """Return the primary at the last look. Raises NoPrimary."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="primary", context=deadline.detached())
        await self._looked.wait()
        if self._primary is None:
            raise NoPrimary(self._reasons)
        return self._primary

    async def admit(self, conn: MySQLConnection) -> None:
        """Accept a new connection. It is closed when its server is no longer the primary.

        Raises NotPrimary if it leads to another server than the primary, and the driver's errors.
        """
        async with conn.cursor() as cursor:
            await cursor.execute(question(conn.get_server_info()))
            view_of(await cursor.fetchone())
        if conn.server != self._primary:
            raise NotPrimary("another server has become the primary")
        self._admitted.add(conn)

    def hurry(self) -> None:
        """Look again soon: a server has refused a statement, or a connection was lost."""
        self._hurry.set()

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for conn in self._connections.values():
            conn.close()
        self._connections.clear()

    # -- internals

    async def _run(self) -> None:
        while True:
            self._hurry.clear()
            await self._look()
            self._looked.set()
            await asyncio.sleep(_SEARCHES_EVERY_S)
            if self._primary is not None:
                await self._pause()

    async def _pause(self) -> None:
        """Wait until the next look is due, or in a hurry."""
        try:
            async with asyncio.timeout(_EVERY_S * random.uniform(0.5, 1)):  # noqa: S311 - jitter
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        answers = dict(zip(self._servers, await asyncio.gather(*map(self._ask, self._servers)), strict=True))
        views = {server: answer for server, answer in answers.items() if isinstance(answer, View)}
        self._reasons = [
            (server, answer) for server, answer in answers.items() if isinstance(answer, Exception)
        ]
        primary = max(views, key=lambda server: views[server], default=None)
        if primary is not None and sum(view == views[primary] for view in views.values()) > 1:
            self._reasons += [(server, NotPrimary("takes writes, as others do")) for server in views]
            primary = None
        self._become(primary)
        for conn in list(self._admitted):
            # A server that did not answer in time may be busy: only its word, or a newer primary, ends its connections.
            if conn.server != primary and (primary or isinstance(answers[conn.server], NotPrimary | View)):
                conn.close()

    def _become(self, primary: Server | None) -> None:
        if primary == self._primary and self._looked.is_set():
            return
        previous, self._primary = self._primary, primary
        if primary is None:
            log.warning("database.no_primary", reason=str(NoPrimary(self._reasons)), previous=_text(previous))
        else:
            log.info("database.primary", server=str(primary), previous=_text(previous))

    async def _ask(self, server: Server) -> View | Exception:
        """Return what a server says of itself, or the error in place of an answer."""
        try:
            async with deadline.limit(_ASK_S, TimeoutError, insists=True):
                conn = self._connections.get(server) or await self._connect(server)
                self._connections[server] = conn
                async with conn.cursor() as cursor:
                    await cursor.execute(question(conn.get_server_info()))
                    row = await cursor.fetchone()
            return view_of(row)
        except NotPrimary as reason:
            return reason
        except (MySQLError, OSError) as error:  # a TimeoutError is an OSError
            if conn := self._connections.pop(server, None):
                conn.close()
            return refusal(error) if isinstance(error, MySQLError) else _told(error)


def _told(error: OSError) -> Exception:
    return TimeoutError(f"no answer within {_ASK_S:g} s") if isinstance(error, TimeoutError) else error


def _text(server: Server | None) -> str | None:
    return None if server is None else str(server)
