"""Makes an API key: `python -m product_dashboard.access.new_key NAME [SCOPES ...]`.

Prints the key once, on standard output, and adds its hash to the file that API_KEYS_FILE names. A running service reads
the file within a second.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from product_dashboard.access.key_file import read_key_file
from product_dashboard.access.keys import KeyFileError, key_line, new_key
from product_dashboard.access.rules import SCOPES, Access


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m product_dashboard.access.new_key", description=__doc__)
    parser.add_argument("name", help="the client: letters, digits, dots, hyphens and underscores")
    parser.add_argument("scopes", nargs="*", metavar="scope", help=f"{', '.join(SCOPES)} (default: read)")
    parser.add_argument(
        "--file", default=os.environ.get("API_KEYS_FILE", ""), help="instead of API_KEYS_FILE"
    )
    options = parser.parse_args(arguments)
    if not options.file:
        return _fail("no file for the key: set API_KEYS_FILE, for example in .env to api-keys.txt")
    path, key = Path(options.file), new_key()
    try:
        add_line(path, key_line(options.name, options.scopes or [Access.READ], key))
    except KeyFileError as error:
        return _fail(f"{path}: {error}" if path.exists() else str(error))
    except OSError as error:
        return _fail(f"{path} cannot be written: {error.strerror}")
    _say(f"added {options.name} to {path}. This is the key; it is not shown again:")
    print(key)  # noqa: T201 - a command's output
    return 0


def add_line(path: Path, line: str) -> None:
    """Add a line to the key file, and create the file, readable by its owner only, if there is none.

    The file is not replaced, so that its owner, its mode and a mount of it stay. Raises OSError, and KeyFileError if
    the file has a bad line.
    """
    before = b""
    if path.exists():
        before = path.read_bytes()
        if before.strip():
            read_key_file(path)
    start = b"\n" if before and not before.endswith(b"\n") else b""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "wb", buffering=0) as file:
        file.write(start + line.encode() + b"\n")


def _say(line: str) -> None:
    print(f"api-key: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a command's output


def _fail(line: str) -> int:
    _say(line)
    return 1


if __name__ == "__main__":
    sys.exit(main())
