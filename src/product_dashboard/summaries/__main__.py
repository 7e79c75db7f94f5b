"""Compare the summaries that the service keeps with the rows that they sum up, or add what is missing.

Both may run while the service writes. The exit status is 0 if nothing was wrong or all is repaired, 1 if `check` found
something wrong, 2 for wrong usage, 3 if the command failed.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence

import msgspec

from product_dashboard.errors import AppError
from product_dashboard.settings import Settings, SettingsError, load_settings
from product_dashboard.startup import StartupError, open_resources
from product_dashboard.summaries.kept import Missing
from product_dashboard.summaries.repair import check, for_repairs, repair

SHOWN = 10
"""Places of a summary that are printed; the others are only counted."""
SECONDS_BETWEEN_LINES = 2.0
WRONG, FAILED = 1, 3


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit status is in the docstring of this module."""
    parser = argparse.ArgumentParser(prog="python -m product_dashboard.summaries", description=__doc__)
    parser.add_argument("command", choices=("check", "repair"))
    command = parser.parse_args(argv).command
    try:
        return asyncio.run(_run(load_settings(os.environ), command))
    except KeyboardInterrupt:
        _say("stopped; the same command begins again")
        return 130
    except (SettingsError, StartupError) as error:
        _say(f"{error}")
    except AppError as error:
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        _say(f"{error.message}{cause}")
    return FAILED


async def _run(settings: Settings, command: str) -> int:
    database = for_repairs(settings.database)
    settings = msgspec.structs.replace(
        settings, database=database, request_timeout_s=database.query_timeout_s
    )
    progress = _Progress(missing_is="missing" if command == "check" else "added")
    async with open_resources(settings) as resources:
        if command == "check":
            wrong = await check(resources.database, progress.step)
        else:
            wrong = await repair(resources.database, resources.cache, progress.step)
    progress.end()
    if not wrong:
        _say("all are right")
        return 0
    if command == "repair":
        _say(f"{wrong:,} wrong totals are repaired")
        return 0
    _say(f"{wrong:,} wrong totals; `repair` adds what is missing")
    return WRONG


class _Progress:
    """Prints a line for each summary, with one every few seconds before, and what was wrong."""

    def __init__(self, missing_is: str) -> None:
        self._missing_is = missing_is
        self._name = ""
        self._places = self._wrong = 0
        self._printed = time.monotonic()

    def step(self, name: str, places: int, found: Sequence[Missing]) -> None:
        if name != self._name:
            self.end()
            self._name, self._wrong = name, 0
        for missing in found[: max(0, SHOWN - self._wrong)]:
            _say(f"{name}, {self._missing_is}: {missing}")
        self._places, self._wrong = places, self._wrong + len(found)
        if time.monotonic() - self._printed > SECONDS_BETWEEN_LINES:
            self._printed = time.monotonic()
            _say(f"{name}: {places:,} so far, {self._wrong:,} wrong")

    def end(self) -> None:
        """Print the line of the summary that is complete."""
        if self._name:
            _say(f"{self._name}: {self._places:,} compared, {self._wrong:,} wrong")


def _say(line: str) -> None:
    print(f"summaries: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    sys.exit(main())
