"""The candidate most similar to an unknown name, for hints: `did you mean 'customer_id'?`"""

from collections.abc import Iterable

_SHORT = 3
"""Of a name with at most this many letters, half may be wrong."""


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """Return a hint that names the candidate most similar to `name`, or None if none is similar."""
    found = nearest(name, candidates)
    return f"did you mean '{found}'?" if found else None


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most similar to `name`, in any case, or None if none is similar."""
    from difflib import get_close_matches  # noqa: PLC0415 - a run without errors does not need it

    by_folded = {candidate.lower(): candidate for candidate in candidates}
    cutoff = 0.6 if len(name) > _SHORT else 0.5
    found = get_close_matches(name.lower(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None
