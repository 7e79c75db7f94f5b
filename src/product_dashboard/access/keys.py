"""API keys, and the file that has their hashes: one key a line, `name scopes sha256:hash`.

    # the shop's web site
    shop     read,write   sha256:5f0c...
    grafana  metrics      sha256:91be...

A key is 256 random bits, so a plain SHA-256 protects it: 2^256 keys cannot be tried, no matter how fast one try is. A
slow password hash protects secrets that people choose; here it would only cost each request milliseconds.

Two lines may have the same name with different keys: that is how a key is replaced without an interruption.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest

from product_dashboard.access.rules import SCOPES, Access

KEY_PREFIX = "pd_"  # so that scanners for leaked secrets can recognise a key
KEY_BYTES = 32

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HASH = re.compile(r"sha256:([0-9a-fA-F]{64})")
_ADD_ONE = "`just api-key NAME read` adds one"


class KeyFileError(ValueError):
    """The file cannot be used. The message has the line and the remedy, and no text of the file: it may be a key."""


@dataclass(frozen=True, slots=True)
class Key:
    """The client that sends a key, and its scopes."""

    name: str
    scopes: tuple[Access, ...]  # not a set: Python computes the hash of an enumeration's member slowly


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of a file, by the SHA-256 of each."""

    _keys: Mapping[bytes, tuple[bytes, Key]] = field(repr=False)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, presented: bytes) -> Key | None:
        """Return the key that a client sent, or None.

        Its hash is looked up, and not the key: the time of the look-up depends on bits of the hash, from which a key
        cannot be computed, and which Python mixes with a random number of this process. The hashes are then compared
        in constant time.
        """
        digest = sha256(presented).digest()
        found = self._keys.get(digest)
        return found[1] if found is not None and compare_digest(found[0], digest) else None


def new_key() -> str:
    """Make a random key of 256 bits."""
    return KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)


def key_line(name: str, scopes: Iterable[str], key: str) -> str:
    """Return the line of the file for a key. Raises KeyFileError for a name or scopes that are not allowed."""
    listed = ",".join(scopes)
    _checked_name(name)
    _parse_scopes(listed)
    return f"{name} {listed} sha256:{sha256(key.encode()).hexdigest()}"


def parse_keys(text: str) -> KeyRing:
    """Read the content of a key file. Raises KeyFileError, which names every bad line."""
    keys: dict[bytes, tuple[bytes, Key]] = {}
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            digest, key = _parse_line(line)
        except KeyFileError as error:
            problems.append(f"line {number}: {error}")
            continue
        if digest in keys:
            problems.append(f"line {number}: this key is in the file already: remove one of the two lines")
        keys[digest] = digest, key
    if not keys and not problems:
        problems.append(f"it has no key, so no client could get in: {_ADD_ONE}, or do not set API_KEYS_FILE")
    if problems:
        raise KeyFileError("; ".join(problems))
    return KeyRing(keys)


def _parse_line(line: str) -> tuple[bytes, Key]:
    words = line.split()
    if len(words) != 3:  # noqa: PLR2004 - the three fields of the message
        raise KeyFileError(f"it must have a name, scopes and a hash, with spaces between: {_ADD_ONE}")
    name, scopes, hashed = words
    key = Key(_checked_name(name), _parse_scopes(scopes))
    digits = _HASH.fullmatch(hashed)
    if not digits:
        raise KeyFileError(f"the hash must be sha256: and 64 hexadecimal digits, and not the key: {_ADD_ONE}")
    return bytes.fromhex(digits[1]), key


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise KeyFileError("the name must have 1 to 64 letters, digits, dots, hyphens or underscores")
    return name


def _parse_scopes(text: str) -> tuple[Access, ...]:
    named = text.split(",")
    if not set(named) <= set(SCOPES) or len(set(named)) != len(named):
        raise KeyFileError(
            f"the scopes must be some of {', '.join(SCOPES)}, with commas and no spaces between"
        )
    return tuple(Access(each) for each in named)
