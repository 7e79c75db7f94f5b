"""Requests that a test sends again, because a busy machine may keep the service from its limit of time."""

import asyncio
from uuid import uuid4

import httpx

from tests.waiting import PATIENCE_S


async def served(client: httpx.AsyncClient, method: str, path: str, body: object = None) -> httpx.Response:
    """Send a request until it is not refused for now; a POST with one Idempotency-Key, so that it happens once.

    Returns the answer. Raises AssertionError if the service still refuses after PATIENCE_S.
    """
    headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_S
    while True:
        answer = await client.request(method, path, json=body, headers=headers)
        if answer.status_code != 503 and '"IDEMPOTENCY_KEY_IN_USE"' not in answer.text:
            return answer
        assert loop.time() < deadline, f"{method} {path}: {answer.text}"
        await asyncio.sleep(0.2)


async def created(client: httpx.AsyncClient, path: str, **fields: object) -> str:
    """Create a resource at a path below /api/v1; its id."""
    answer = await served(client, "POST", f"/api/v1/{path}", fields)
    assert answer.status_code == 201, answer.text
    identifier: str = answer.json()["data"]["id"]
    return identifier
