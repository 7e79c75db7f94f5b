"""An answer as bytes: what a retry of the same request gets again."""

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """An answer as it is stored: `headers` are field lines, each with its line end."""

    status: int
    headers: bytes
    body: bytes
