"""The stored form of an answer: the encoded body behind a header of fixed layout. (A lease starts with L instead.)"""

import base64
import hashlib
import struct
from collections.abc import Sequence
from typing import Final

import msgspec

# V, fill id, shape of the answer, filled at (ms since 1970), length of the body, number of tags, ETag
_HEADER: Final = struct.Struct(">c8s8sQIB24s")
_SIZE: Final = _HEADER.size
_unpack_from = _HEADER.unpack_from
_VALUE: Final = b"V"
NONCE_SIZE: Final = 8


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A value that was read back.

    `fill` is a random name of this very fill, `shape` the shape of the answer (shapes.py), and `nonces` those that its
    tags had before the load.
    """

    fill: bytes
    shape: bytes
    filled_ms: int
    etag: str
    nonces: tuple[bytes, ...]
    body: bytes


def etag_of(body: bytes) -> str:
    """Return a strong ETag: 22 characters of a 128-bit digest, quoted."""
    digest = hashlib.blake2b(body, digest_size=16).digest()
    return '"' + base64.urlsafe_b64encode(digest)[:22].decode() + '"'


def pack(stored: Stored) -> bytes:
    """Return the bytes to store; `unpack` is the inverse."""
    nonces, body = stored.nonces, stored.body
    header = _HEADER.pack(
        _VALUE, stored.fill, stored.shape, stored.filled_ms, len(body), len(nonces), stored.etag.encode()
    )
    return b"".join((header, *nonces, body))


def unpack(raw: object) -> Stored | None:
    """Return the stored value; None for anything else: nothing, a lease, an error, bytes of somebody else."""
    if not isinstance(raw, bytes) or len(raw) < _SIZE:
        return None
    kind, fill, shape, filled_ms, length, tags, etag = _unpack_from(raw)
    start = _SIZE + tags * NONCE_SIZE
    if kind != _VALUE or len(raw) != start + length:
        return None
    nonces = tuple([raw[at : at + NONCE_SIZE] for at in range(_SIZE, start, NONCE_SIZE)])
    return Stored(fill, shape, filled_ms, etag.decode("latin-1"), nonces, raw[start:])


def usable(stored: Stored | None, shape: bytes, nonces: Sequence[object]) -> bool:
    """Return whether a value may be answered: it has the shape that is wanted, and no tag was invalidated since."""
    return stored is not None and stored.shape == shape and stored.nonces == tuple(nonces)


def fill_of(raw: object) -> bytes:
    """Return the fill id of what looks like a value, even if the rest of it is broken; b"" for anything else."""
    return raw[1 : 1 + NONCE_SIZE] if isinstance(raw, bytes) and raw[:1] == _VALUE else b""
