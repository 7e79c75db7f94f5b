"""`just bench failover`: `just faults failover` with ten failovers of each kind in a row."""

from collections.abc import Sequence

from tests.faults import failover


def main(argv: Sequence[str]) -> int:
    """Run the failovers, with the options of `just faults failover`; the exit status."""
    return failover.main(["--rounds", "10", *argv])
