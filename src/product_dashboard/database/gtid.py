"""Sets of GTIDs, the names that MySQL gives to transactions, in the forms of its system variables.

gtid_executed   3e11fa47-...:1-5:7,          numbers and ranges; a new line follows each comma
                5f22ab58-...:1-3:tag:1-2     numbers behind a tag have that tag
gtid_owned      3e11fa47-...:8#57:9#58       each number is followed by the thread that owns it
"""

from collections.abc import Iterator
from typing import NamedTuple


class GtidRange(NamedTuple):
    """Transactions `first` to `last` of one source: a UUID, or a UUID and a tag."""

    source: str
    first: int
    last: int


class GtidSet:
    """A set of GTIDs. `text` is its form in a statement; the sets of a group that exists for years are short."""

    def __init__(self, text: str) -> None:
        self.ranges = tuple(_ranges(text))

    @property
    def text(self) -> str:
        return ",".join(f"{source}:{first}-{last}" for source, first, last in self.ranges)

    def __le__(self, other: "GtidSet") -> bool:
        """Return whether each range is within one range of `other`. Those of a server's own text do not touch."""
        # Few: sets of one group differ in their last ranges.
        unequal = set(self.ranges).difference(other.ranges)
        return all(
            any(
                source == other_source and low <= first and last <= high
                for other_source, low, high in other.ranges
            )
            for source, first, last in unequal
        )


def _ranges(text: str) -> Iterator[GtidRange]:
    for part in filter(None, map(str.strip, text.split(","))):
        uuid, *fields = part.split(":")
        source = uuid
        for field in fields:
            if not field[0].isdigit():
                source = f"{uuid}:{field}"
                continue
            first, _, last = field.partition("#")[0].partition("-")
            yield GtidRange(source, int(first), int(last or first))
