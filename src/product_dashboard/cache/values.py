"""Answers, and their stored form: the encoded body behind a header of fixed layout. (A lease starts with L instead.)

The header names the **shape** of the answer: a digest of its type and of the encoder's settings. A release that adds a
field to an answer, or encodes decimals in another way, has another shape, and serves no values of an older release.
"""

import base64
import hashlib
import inspect
import struct
from collections.abc import Callable, Sequence
from typing import Final, Generic, Literal, TypeVar

import msgspec

# V, fill id, shape of the answer, filled at (ms since 1970), length of the body, number of tags, ETag
_HEADER: Final = struct.Struct(">c8s8sQIB24s")
_SIZE: Final = _HEADER.size
_unpack_from = _HEADER.unpack_from
_VALUE: Final = b"V"
NONCE_SIZE: Final = 8
_SHAPE_SIZE: Final = 8


ValueT = TypeVar("ValueT")
State = Literal["HIT", "MISS", "BYPASS"]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A stored answer by its name, with the tags and the shape that it must have to be used."""

    name: str
    tags: tuple[str, ...]
    shape: bytes


class CachedAnswer(msgspec.Struct, Generic[ValueT], frozen=True, gc=False):
    """An encoded `ValueT`, its ETag (quoted), its state, and its age in seconds.

    HIT: stored bytes. MISS: loaded for this read, or for another one that it shares the load with, and stored.
    BYPASS: loaded from the database, past the cache. `entry` names the stored bytes of a hit, and is None for a
    MISS or a BYPASS.
    """

    body: bytes
    etag: str
    state: State
    age: int
    entry: Entry | None = None


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A value that was read back.

    `fill` is a random name of this fill, and `nonces` are those that the tags had before the load.
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
    """Return the stored value; None for anything else: nothing, a lease, an error, other bytes."""
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


def schema_of(name: str, function: Callable[..., object]) -> bytes:
    """Return the JSON schema of what `function` returns, field order included.

    Raises TypeError if the function does not say what it returns, or if that has no JSON schema.
    """
    returned = inspect.signature(function, eval_str=True).return_annotation
    if returned is inspect.Signature.empty:
        raise TypeError(f"{name}: a cached function must declare its return type")
    try:
        return msgspec.json.encode(msgspec.json.schema(returned))
    except (TypeError, RuntimeError) as error:
        raise TypeError(
            f"{name}: {returned} has no JSON schema, so a change of it cannot be noticed"
        ) from error


def shape_of(schema: bytes, encoder: msgspec.json.Encoder) -> bytes:
    """Return the digest of a schema and of the settings that decide how `encoder` writes it."""
    hook = encoder.enc_hook
    settings = (
        encoder.decimal_format,
        encoder.uuid_format,
        encoder.order,
        f"{hook.__module__}.{hook.__qualname__}" if hook else None,
    )
    digest = hashlib.blake2b(schema, digest_size=_SHAPE_SIZE)
    digest.update(repr(settings).encode())
    return digest.digest()
