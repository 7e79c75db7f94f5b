"""Sends writes, and tells their outcome.

A write without an answer is in doubt. A POST is then repeated with its Idempotency-Key, if the service takes keys;
any other write stays in doubt until a later read shows its outcome.
"""

import asyncio
import time

from tests.faults.client import Cut
from tests.faults.history import State
from tests.faults.model import Thing
from tests.faults.session import Keyed, Reply, Session

_ATTEMPTS = 60
_PAUSE_S = 0.25


async def send(
    session: Session,
    method: str,
    path: str,
    *ids: str,
    body: bytes | None = None,
    headers: tuple[str, ...] = (),
) -> tuple[State, Reply | None]:
    """Send a write once; its outcome, and the reply if there is one."""
    try:
        reply = await session.call(method, path, *ids, body=body, headers=headers)
    except Cut as cut:
        await asyncio.sleep(_PAUSE_S)
        return State.DOUBTFUL if cut.sent else State.REFUSED, None
    if reply.done:
        return State.CONFIRMED, reply
    in_doubt = reply.code in {"INTERNAL_ERROR", "undocumented", "OUTCOME_UNKNOWN"}
    return State.DOUBTFUL if in_doubt else State.REFUSED, reply


async def post(session: Session, path: str, *ids: str, body: bytes) -> tuple[State, Reply | None]:
    """Send a POST with a key, and repeat it until its outcome is known, if the service takes keys."""
    key = session.key()
    header = (f"idempotency-key: {key}",)
    in_doubt, since = False, time.monotonic()
    for _ in range(_ATTEMPTS):
        state, reply = await send(session, "POST", path, *ids, body=body, headers=header)
        if reply is not None:
            reply.since = since  # the answer may be from the first request
        if state is State.CONFIRMED and reply is not None:
            if session.world.takes_keys:
                session.world.keyed.append(Keyed(path, ids, body, key, reply.answer))
            return state, reply
        if state is State.REFUSED and reply is not None and not _is_temporary(reply):
            return state, reply
        # A refusal of a repetition says nothing about the first request.
        in_doubt = in_doubt or state is State.DOUBTFUL
        if not in_doubt:
            return state, reply
        if not session.world.takes_keys:
            break
        session.findings.counts["repeated with a key"] += 1
        await asyncio.sleep(_PAUSE_S)
    return State.DOUBTFUL, None


def _is_temporary(reply: Reply) -> bool:
    """Return True for an answer that does not tell the outcome of an earlier request with the same key."""
    return reply.status == 503 or reply.code.startswith("IDEMPOTENCY")


def refused(session: Session, reply: Reply | None, where: str, *allowed: str) -> None:
    """Check that a refusal has one of the allowed codes; 503 is always allowed."""
    if reply is None or reply.status in {500, 503} or reply.code in {"undocumented", *allowed}:
        return
    session.findings.violation("wrong refusal", f"{where}: {reply.status} {reply.code} {reply.details}")


def pick(session: Session, things: list[Thing]) -> Thing | None:
    """Choose an object that exists and that no other client writes; None if a few attempts find none."""
    for _ in range(5):
        if things:
            thing = session.random.choice(things)
            if not thing.busy and thing.doubt is None and thing.versions.newest is not None:
                return thing
    return None


async def repeat(session: Session) -> None:
    """Send a confirmed POST again with its key: the answer must be the same, and nothing must be done twice."""
    if not session.world.keyed:
        return
    first = session.random.choice(session.world.keyed)
    header = (f"idempotency-key: {first.key}",)
    state, reply = await send(session, "POST", first.path, *first.ids, body=first.body, headers=header)
    if reply is None or reply.status == 503 or state is State.DOUBTFUL:
        return
    same = (reply.status, reply.answer.body) == (first.answer.status, first.answer.body)
    if not same or reply.answer.header("idempotency-replayed") != "true":
        text = f"POST {first.path} with the same key: {reply.status} {reply.answer.body[:200]!r}"
        session.findings.violation("other answer to a repetition", text)
