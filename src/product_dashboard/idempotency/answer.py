"""The answer that is stored under an Idempotency-Key. It has a module of its own, which needs no database."""

import msgspec


class StoredAnswer(msgspec.Struct, frozen=True):
    """An answer as it was sent: `headers` are field lines, each with its line end."""

    status: int
    headers: bytes
    body: bytes
