"""One run of the load on three MySQL servers in a group, which loses its primary or its majority again and again."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import Final

from rich.console import Console

from tests.faults.client import Client, Cut
from tests.faults.run import Plan, Run
from tools.stack.errors import Unusable
from tools.stack.mysql_group import Member, MysqlGroup

NO_MAJORITY: Final = "no majority"
KINDS: Final = ("kill", "freeze", "cut off", "stop", "switch", NO_MAJORITY)
_TICK_S = 0.02
_CALM_S = 2.0
_LONGEST_S = 60.0
# Longer than a group takes to notice its loss and its last member takes to leave it: 5 s and 10 s.
_WITHOUT_MAJORITY_S = 18.0


class FailoverRun(Run):
    """A run that makes the group lose its primary or its majority, once for each of `kinds`.

    `elections` and `recoveries` are seconds, by kind: until the group has another primary, and from then until the
    service answers from the database. Without a majority, the first of them begins when the servers start again.
    """

    def __init__(
        self,
        plan: Plan,
        group: MysqlGroup,
        database: str,
        redis_url: str,
        kinds: Sequence[str],
        console: Console,
    ) -> None:
        super().__init__(plan, group.url(database), redis_url, None, console)
        self.group = group
        self.kinds = kinds
        self.elections: dict[str, list[float]] = {kind: [] for kind in kinds}
        self.recoveries: dict[str, list[float]] = {kind: [] for kind in kinds}
        self._is_over = False

    def over(self, share: float = 1.0) -> bool:
        return self._is_over or super().over(share)

    async def do_faults(self) -> None:
        try:
            for kind in self.kinds:
                await asyncio.sleep(_CALM_S)
                with self.timeline.fault(kind):
                    await (self._lose_majority() if kind == NO_MAJORITY else self._fail_over(kind))
                await asyncio.sleep(_CALM_S)
        except Unusable as why:
            self.findings.violation("the group is not whole", why.message)
        finally:
            self._is_over = True

    async def _fail_over(self, kind: str) -> None:
        old = await asyncio.to_thread(self.group.primary)
        began = time.monotonic()
        await asyncio.to_thread(self._break, kind, old)
        new = await asyncio.to_thread(self.group.primary, _LONGEST_S, other_than=old)
        await self._measure(kind, began, new)
        await asyncio.to_thread(self._heal, kind, old)

    async def _measure(self, kind: str, began: float, new: Member) -> None:
        """Wait until the service answers; note how long the election and that took."""
        elected = time.monotonic()
        await self._answers()
        whole = time.monotonic()
        self.elections[kind].append(elected - began)
        self.recoveries[kind].append(whole - elected)
        self.console.print(
            f"  {kind}: {new.host} was the primary after {elected - began:.1f} s, "
            f"and the service whole {whole - elected:.2f} s later",
            highlight=False,
        )

    async def _lose_majority(self) -> None:
        """Kill both secondaries; the service must refuse everything until they are back."""
        primary = await asyncio.to_thread(self.group.primary)
        others = [member for member in self.group.members if member is not primary]
        for member in others:
            await asyncio.to_thread(self.group.kill, member)
        await self._is_refused(_WITHOUT_MAJORITY_S)
        began = time.monotonic()
        for member in others:
            await asyncio.to_thread(self.group.start, member)
        form = asyncio.create_task(asyncio.to_thread(self.group.form))
        new = await asyncio.to_thread(self.group.primary, _LONGEST_S)
        await self._measure(NO_MAJORITY, began, new)
        await form

    async def _is_refused(self, seconds: float) -> None:
        """Check for this time that reads and writes which need the database get 503 with Retry-After."""
        client = Client(self.service.port, timeout_s=10)
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                for method in ("GET", "DELETE"):
                    answer = await client.request(method, f"/api/v1/categories/{uuid.uuid4()}")
                    if answer.status != 503 or answer.header("retry-after") is None:
                        text = f"{method}: {answer.status} {answer.body[:200]!r}"
                        self.findings.violation("answer without a majority", text)
                    self.findings.counts["refused without a majority"] += 1
                await asyncio.sleep(_TICK_S)
        finally:
            client.close()

    def _break(self, kind: str, primary: Member) -> None:
        if kind == "kill":
            self.group.kill(primary)
        elif kind == "freeze":
            self.group.freeze(primary)
        elif kind == "cut off":
            self.group.cut_off(primary)
        elif kind == "stop":
            primary.run("STOP GROUP_REPLICATION")
        else:
            other = next(member for member in self.group.members if member is not primary)
            ((name,),) = other.run("SELECT @@server_uuid")
            primary.run(f"SELECT group_replication_set_as_primary('{name}')")

    def _heal(self, kind: str, old: Member) -> None:
        heal = {"kill": self.group.start, "freeze": self.group.thaw, "cut off": self.group.reconnect}
        if kind in heal:
            heal[kind](old)
        self.group.form()

    async def _answers(self) -> None:
        """Wait until a transaction of the service finds no row where there is none."""
        client = Client(self.service.port, timeout_s=10)
        deadline = time.monotonic() + _LONGEST_S
        try:
            while time.monotonic() < deadline:
                try:
                    answer = await client.request("DELETE", f"/api/v1/categories/{uuid.uuid4()}")
                except Cut:
                    continue
                if answer.status == 404:
                    return
                await asyncio.sleep(_TICK_S)
        finally:
            client.close()
        self.findings.violation("not whole", f"no transaction within {_LONGEST_S:g} s of the election")
