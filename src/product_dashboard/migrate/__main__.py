"""The command line: `python -m product_dashboard.migrate up|down|status`.

DATABASE_URL, or the file that DATABASE_URL_FILE names, has the address of the database.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from product_dashboard.migrate.files import MigrationError
from product_dashboard.migrate.runner import downgrade, status, upgrade
from product_dashboard.settings import SettingsError, load_database_url


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status. `status` gives 1 if a file was edited after it was applied."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (MigrationError, SettingsError) as error:
        _say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        _say("interrupted; the next run continues from here")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m product_dashboard.migrate", description=__doc__)
    parser.add_argument(
        "--wait",
        type=float,
        default=30,
        metavar="SECONDS",
        help="how long to wait for the server (default: 30)",
    )
    commands = parser.add_subparsers(required=True, metavar="up|down|status")
    commands.add_parser("up", help="apply what is pending").set_defaults(run=_up)
    down = commands.add_parser("down", help="take back the last migration, or more")
    how_many = down.add_mutually_exclusive_group()
    how_many.add_argument("--count", type=_positive, default=1, help="how many (default: 1)")
    how_many.add_argument("--all", action="store_const", const=None, dest="count", help="all of them")
    down.set_defaults(run=_down)
    commands.add_parser("status", help="list every migration and its state").set_defaults(run=_status)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _say(line: str) -> None:
    print(f"migrate: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a command's output


def _up(options: argparse.Namespace) -> int:
    done = upgrade(load_database_url(os.environ), wait_s=options.wait, say=_say)
    _say(f"{len(done)} applied" if done else "nothing to do, all is applied")
    return 0


def _down(options: argparse.Namespace) -> int:
    done = downgrade(load_database_url(os.environ), count=options.count, wait_s=options.wait, say=_say)
    _say(f"{len(done)} taken back" if done else "nothing to do, none is applied")
    return 0


def _status(options: argparse.Namespace) -> int:
    states = status(load_database_url(os.environ), wait_s=options.wait)
    for state in states:
        when = f"  {state.applied_at:%Y-%m-%d %H:%M:%S} UTC" if state.applied_at else ""
        print(f"{state.condition:8} {state.id}{when}")  # noqa: T201 - a command's output
    return int(any(state.condition == "edited" for state in states))


if __name__ == "__main__":
    sys.exit(main())
