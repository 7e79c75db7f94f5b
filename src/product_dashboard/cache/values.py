"""What is stored in Redis: the final body behind a header of fixed layout. A lease in the same place starts with L."""

import base64
import hashlib
import struct
from collections.abc import Sequence
from typing import Final

import msgspec

# V, fill id, filled at (ms since 1970), fresh until (the same), length of the body, number of tags, ETag
_HEADER: Final = struct.Struct(">c8sQQIB24s")
_SIZE: Final = _HEADER.size
_unpack_plain_from = struct.Struct(">c8xQ8xIB24s").unpack_from  # the same, less what a plain hit needs not
NONCE: Final = 8
_VALUE: Final = b"V"


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A value read back. `fill` names this very fill; `nonces` are its tags' when the load began."""

    fill: bytes
    filled_ms: int
    fresh_until_ms: int
    etag: str
    nonces: tuple[bytes, ...]
    body: bytes


def etag_of(body: bytes) -> str:
    """A strong ETag: quoted, 22 characters of a 128-bit digest."""
    digest = hashlib.blake2b(body, digest_size=16).digest()
    return '"' + base64.urlsafe_b64encode(digest)[:22].decode() + '"'


def pack(
    *, fill: bytes, filled_ms: int, fresh_until_ms: int, etag: str, nonces: Sequence[bytes], body: bytes
) -> bytes:
    """The bytes to store; `unpack` is their inverse."""
    header = _HEADER.pack(_VALUE, fill, filled_ms, fresh_until_ms, len(body), len(nonces), etag.encode())
    return b"".join((header, *nonces, body))


def unpack_plain(raw: object) -> tuple[int, str, bytes] | None:
    """When it was filled (ms), the ETag and the body of a value without tags; None for anything else.

    A shorter way than `unpack` for the one case that has to be cheap.
    """
    if not isinstance(raw, bytes) or len(raw) < _SIZE:
        return None
    kind, filled_ms, length, tags, etag = _unpack_plain_from(raw)
    if kind != _VALUE or tags or len(raw) != _SIZE + length:
        return None
    return filled_ms, etag.decode("latin-1"), raw[_SIZE:]


def unpack(raw: object) -> Stored | None:
    """The stored value, or None for anything else: nothing, a lease, an error, bytes that are not ours."""
    if not isinstance(raw, bytes) or raw[:1] != _VALUE or len(raw) < _HEADER.size:
        return None
    _, fill, filled_ms, fresh_until_ms, length, tags, etag = _HEADER.unpack_from(raw)
    start = _HEADER.size + tags * NONCE
    if len(raw) != start + length:
        return None
    nonces = tuple([raw[i : i + NONCE] for i in range(_HEADER.size, start, NONCE)]) if tags else ()
    return Stored(fill, filled_ms, fresh_until_ms, etag.decode("latin-1"), nonces, raw[start:])


def fill_of(raw: object) -> bytes:
    """The fill id of something that looks like a value, also when the rest of it is broken; else nothing."""
    return raw[1 : 1 + NONCE] if isinstance(raw, bytes) and raw[:1] == _VALUE else b""
