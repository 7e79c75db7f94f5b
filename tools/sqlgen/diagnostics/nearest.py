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


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a mistyped name most likely meant, None where none is close."""
    best: str | None = None
    best_distance = max(1, len(name) // 3) + 1
    for candidate in candidates:
        distance = _distance(name.lower(), candidate.lower(), best_distance)
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def _distance(a: str, b: str, bound: int) -> int:
    """Edits between two words, a swap of neighbours counting as one; `bound` if there are as many."""
    if abs(len(a) - len(b)) >= bound:
        return bound
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return min(above[-1], bound)
