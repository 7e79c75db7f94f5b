"""The shape of an answer: a digest of its type and of the encoder's settings, stored with each value and compared.

A release that adds a field to an answer, or encodes decimals in another way, has another shape: it does not serve what
the release before it stored.
"""

import hashlib
import inspect
from collections.abc import Callable
from typing import Final

import msgspec

SHAPE_SIZE: Final = 8


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
    digest = hashlib.blake2b(schema, digest_size=SHAPE_SIZE)
    digest.update(repr(settings).encode())
    return digest.digest()
