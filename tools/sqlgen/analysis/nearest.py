"""The nearest candidate to a name that is not known: `hint: did you mean 'customer_id'?`"""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """A hint that names the candidate most like `name`, None when none is like it."""
    by_folded = {candidate.lower(): candidate for candidate in candidates}
    cutoff = 0.6 if len(name) > _SHORT else 0.5
    found = get_close_matches(name.lower(), by_folded, n=1, cutoff=cutoff)
    return f"did you mean '{by_folded[found[0]]}'?" if found else None


_SHORT = 3
"""Up to so many letters half of a name may be wrong."""
