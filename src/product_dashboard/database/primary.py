"""The *primary*: the one of several database servers that takes writes. Reads go there too, except as in `secondary`.

MySQL: the servers are the members of one group (Group Replication with a single primary).
MariaDB: one server and its asynchronous replicas, of which exactly one has `read_only=OFF`.

What is promised with a group

- An acknowledged write is on every later primary: a COMMIT is answered after a majority has the transaction.
- No read is stale, no matter what the network does: `confirmation` says how.
- A server that answers that it is not the primary, or has no majority, gets no statements: each new connection checks
  it, and `PrimaryWatch` closes existing ones when it notices, in use or not.
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
from product_dashboard.database.driver import REFUSED_FOR_GOOD, MySQLConnection, abort, is_mariadb
from product_dashboard.database_url import Server

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


_NO_GROUP: Final = View(0, 0)


class NotPrimary(Exception):
    """A server is not to be used; the message says why. `for_good`: waiting does not help."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Secondary(NotPrimary):
    """A server is an online member of its group, whose majority it sees, and not the primary."""

    def __init__(self) -> None:
        super().__init__("a secondary")


class NoPrimary(Exception):
    """None of the servers is to be used; the message has the reason of each."""

    def __init__(self, reasons: Iterable[tuple[Server, Exception]]) -> None:
        reasons = list(reasons)
        super().__init__("; ".join(f"{server}: {reason}" for server, reason in reasons))
        answers = [reason for _, reason in reasons if isinstance(reason, NotPrimary)]
        self.for_good = bool(answers) and all(answer.for_good for answer in answers)


def is_member(version: str) -> bool:
    """Return True if a server of this version must be a member of a group: MySQL, not MariaDB."""
    return not is_mariadb(version)


def question(version: str) -> str:
    """Return the statement that asks a server of this version what it is; `view_of` reads its row."""
    return _ASK_MEMBER if is_member(version) else _ASK_MARIADB


def view_of(row: Sequence[Any]) -> View:
    """Return the view of a primary that has its group's majority. Raises Secondary, or NotPrimary for other servers."""
    if len(row) == 1:
        if row[0]:
            raise NotPrimary("read only")
        return _NO_GROUP
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
        raise Secondary
    if read_only:
        raise NotPrimary("elected, and not yet writable")
    incarnation, _, number = str(view).partition(":")
    return View(int(incarnation), int(number))


def refusal(error: Exception) -> Exception:
    """Return what an error says about a server that was asked `question`: NotPrimary, or an error of the network."""
    if isinstance(error, TimeoutError):
        return TimeoutError(f"no answer within {_ASK_S:g} s")
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
    """Asks each server what it is, twice a second; more often while there is no primary.

    A request waits only until the servers have answered once. After that `find` knows from their last answers. Each
    server is asked on a connection of its own, so that one that does not answer delays no other.
    """

    def __init__(
        self, servers: Sequence[Server], connect: Callable[[Server], Awaitable[MySQLConnection]]
    ) -> None:
        self._servers = servers
        self._connect = connect
        self._answers: dict[Server, View | Exception] = {}
        self._admitted: WeakSet[MySQLConnection] = WeakSet()
        self._admitted_to_secondaries: WeakSet[MySQLConnection] = WeakSet()
        self._primary: Server | None = None
        self._secondaries: tuple[Server, ...] = ()
        self._decided = asyncio.Event()
        self._hurry = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def primary(self) -> Server | None:
        """The primary by the last answers; None if there is none."""
        return self._primary

    @property
    def secondaries(self) -> tuple[Server, ...]:
        """The secondaries by the last answers, in the order of the URL."""
        return self._secondaries

    async def find(self) -> Server:
        """Return the primary by the last answers. Raises NoPrimary."""
        if not self._tasks:
            context = deadline.detached()
            self._tasks = [
                asyncio.create_task(self._watch(server), name=f"watch {server}", context=context)
                for server in self._servers
            ]
        await self._decided.wait()
        if self._primary is None:
            raise NoPrimary(self._reasons())
        return self._primary

    async def admit(self, conn: MySQLConnection) -> None:
        """Accept a new connection. It is closed when its server is no longer the primary.

        Raises NotPrimary if it leads to another server than the primary, and the driver's errors.
        """
        await ask(conn)
        if conn.server != self._primary:
            raise NotPrimary("another server has become the primary")
        self._admitted.add(conn)

    def admit_to_secondary(self, conn: MySQLConnection) -> None:
        """Accept a new connection to a secondary. It is closed when its server is none, or does not answer."""
        self._admitted_to_secondaries.add(conn)

    def hurry(self) -> None:
        """Ask all servers now: one has refused a statement, or a connection was lost."""
        hurry, self._hurry = self._hurry, asyncio.Event()
        hurry.set()

    async def close(self) -> None:
        """Stop asking."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- internals

    async def _watch(self, server: Server) -> None:
        conn: MySQLConnection | None = None
        try:
            while True:
                try:
                    async with deadline.limit(_ASK_S, TimeoutError, insists=True):
                        conn = conn or await self._connect(server)
                        self._answers[server] = await ask(conn)
                except NotPrimary as reason:
                    self._answers[server] = reason
                except Exception as error:  # after any error the server must be asked again
                    if not isinstance(error, MySQLError | OSError):  # a TimeoutError is an OSError
                        log.exception("database.watch_failed", server=str(server))
                    self._answers[server] = refusal(error)
                    if conn is not None:
                        conn.close()
                        conn = None
                self._decide()
                await self._pause()
        finally:
            if conn is not None:
                conn.close()

    async def _pause(self) -> None:
        """Wait until a server is asked again."""
        await asyncio.sleep(_SEARCHES_EVERY_S)
        if self._primary is None:
            return
        try:
            async with asyncio.timeout(_EVERY_S * random.uniform(0.5, 1)):  # noqa: S311 - jitter
                await self._hurry.wait()
        except TimeoutError:
            return

    def _decide(self) -> None:
        """Choose the primary by the last answers, and close the connections to other servers."""
        views = {server: view for server, view in self._answers.items() if isinstance(view, View)}
        latest = max(views.values(), default=None)
        candidates = [server for server, view in views.items() if view == latest]
        complete = len(self._answers) == len(self._servers)
        # A view with a majority excludes another one. Of replicas, each that answers must have been heard.
        may_choose = complete or latest != _NO_GROUP
        primary = candidates[0] if len(candidates) == 1 and may_choose else None
        if primary != self._primary or (complete and not self._decided.is_set()):
            self._become(primary)
        if primary is not None or complete:
            self._decided.set()
        for conn in list(self._admitted):
            # A server that did not answer in time may be busy: only its word, or a newer primary, ends its connections.
            answer = self._answers.get(conn.server)
            if conn.server != primary and (primary or isinstance(answer, NotPrimary | View)):
                abort(conn)
        self._note_secondaries()

    def _note_secondaries(self) -> None:
        """Take the secondaries of the last answers, and close the connections to servers that are none."""
        found = tuple(each for each in self._servers if isinstance(self._answers.get(each), Secondary))
        if found != self._secondaries:
            self._secondaries = found
            log.info("database.secondaries", servers=[str(server) for server in found])
        for conn in list(self._admitted_to_secondaries):
            if conn.server not in found:
                abort(conn)

    def _become(self, primary: Server | None) -> None:
        previous, self._primary = self._primary, primary
        if primary is None:
            log.warning(
                "database.no_primary", reason=str(NoPrimary(self._reasons())), previous=_text(previous)
            )
        else:
            log.info("database.primary", server=str(primary), previous=_text(previous))

    def _reasons(self) -> list[tuple[Server, Exception]]:
        """Return for each server why it is not the primary."""
        others = NotPrimary("takes writes, as another server does")
        return [
            (server, others if isinstance(answer, View) else answer)
            for server, answer in self._answers.items()
        ]


async def ask(conn: MySQLConnection) -> View:
    """Ask the server of a connection what it is. Raises NotPrimary, and the driver's errors."""
    async with conn.cursor() as cursor:
        await cursor.execute(question(conn.get_server_info()))
        return view_of(await cursor.fetchone())


def _text(server: Server | None) -> str | None:
    return None if server is None else str(server)
