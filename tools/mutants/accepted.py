"""The mutants that no test can or need notice, each with its reason: accepted.toml."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One accepted mutant."""

    mutant: str
    reason: str


def load_accepted(path: Path) -> dict[str, str]:
    """Return mutant -> reason. Raises ValueError for a mutant that is listed twice or has no reason."""
    entries = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, list[Entry]])
    found: dict[str, str] = {}
    for entry in entries.get("accepted", []):
        if entry.mutant in found:
            raise ValueError(f"{path}: {entry.mutant} is listed twice")
        if not entry.reason.strip():
            raise ValueError(f"{path}: {entry.mutant} has no reason")
        found[entry.mutant] = entry.reason
    return found


def unknown_entries(accepted: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the entries that name no mutant: the code has changed since."""
    mutants = set(known)
    return [entry for entry in accepted if entry not in mutants]
