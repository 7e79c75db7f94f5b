"""The language server's time for a keystroke: from the change to its diagnostics, in a file of many queries.

The server is a process of its own and this is its editor, so that a figure includes the protocol. The queries are the
products' of this repository, repeated under other names. Every keystroke changes one query.
"""

import argparse
import asyncio
import itertools
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parents[3]
_FILE = "sql/products.sql"


def main(argv: list[str]) -> int:
    """Measure and print; the exit status is 1 if the 95th percentile of a keystroke is over the limit."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench lsp", description=__doc__)
    parser.add_argument("--queries", type=int, default=100, help="queries in the file (100)")
    parser.add_argument("--keystrokes", type=int, default=200, help="number of changes (200)")
    parser.add_argument("--limit", type=float, default=50.0, help="milliseconds of the 95th percentile (50)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        text = _project(project, options.queries)
        figures = asyncio.run(_measure(project, text, options.keystrokes))
    print(f"{options.queries} queries, {len(text):,} characters")
    for name, times in figures.items():
        print(f"{name:12} p50 {_percentile(times, 50):5.1f} ms   p95 {_percentile(times, 95):5.1f} ms")
    return int(_percentile(figures["keystroke"], 95) > options.limit)


def _project(folder: Path, count: int) -> str:
    """Write a project with that number of queries in one file; returns the file's text."""
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    (folder / "sql").mkdir()
    (folder / "pyproject.toml").write_text("[tool.sqlgen]\n")
    queries = re.split(r"(?m)^(?=-- name: )", (ROOT / _FILE).read_text())[1:]
    chosen = itertools.islice(itertools.cycle(queries), count)
    text = "".join(
        each.replace("-- name: ", f"-- name: q{number}_") + ("" if each.endswith("\n\n") else "\n")
        for number, each in enumerate(chosen)
    )
    (folder / _FILE).write_text(text)
    return text


async def _measure(folder: Path, text: str, keystrokes: int) -> dict[str, list[float]]:
    """Times in milliseconds of keystrokes, completions and hovers."""
    client = LanguageClient("bench", "1")
    untyped = cast("Any", client)  # some of its methods have no types
    published: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

    def publish(params: lsp.PublishDiagnosticsParams) -> None:
        published.put_nowait(params)

    untyped.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(publish)
    environment = {"PYTHONPATH": str(ROOT)}
    await untyped.start_io(sys.executable, "-m", "tools.sqlgen", "lsp", cwd=folder, env=environment)
    await client.initialize_async(
        lsp.InitializeParams(lsp.ClientCapabilities(), root_uri=folder.as_uri(), process_id=None)
    )
    client.initialized(lsp.InitializedParams())
    uri = (folder / _FILE).as_uri()
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "sql", 0, text)))

    async def diagnosed(version: int) -> None:
        async with asyncio.timeout(30):
            while (found := await published.get()).uri != uri or found.version != version:
                pass

    await diagnosed(0)
    document = lsp.TextDocumentIdentifier(uri)
    names = [number for number, line in enumerate(text.splitlines()) if line.startswith(("SELECT", "UPDATE"))]

    async def keystroke(number: int) -> None:
        at = lsp.Position(names[number * 7 % len(names)], len("SELECT"))
        change = lsp.TextDocumentContentChangePartial(lsp.Range(at, at), " ")
        identifier = lsp.VersionedTextDocumentIdentifier(number, uri)
        client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [change]))
        await diagnosed(number)

    async def completion(number: int) -> None:
        at = lsp.Position(names[number * 7 % len(names)], len("SELECT "))
        found = await client.text_document_completion_async(lsp.CompletionParams(document, at))
        assert isinstance(found, lsp.CompletionList)
        assert found.items

    async def hover(number: int) -> None:
        at = lsp.Position(names[number * 7 % len(names)] - 1, 0)
        await client.text_document_hover_async(lsp.HoverParams(document, at))

    figures = {
        "keystroke": [await _timed(keystroke, number) for number in range(1, keystrokes + 1)],
        "completion": [await _timed(completion, number) for number in range(1, keystrokes // 4 + 1)],
        "hover": [await _timed(hover, number) for number in range(1, keystrokes // 4 + 1)],
    }
    await client.shutdown_async(None)
    client.exit(None)
    await untyped.stop()
    return figures


async def _timed(action: Callable[[int], Awaitable[None]], number: int) -> float:
    started = time.perf_counter()
    await action(number)
    return (time.perf_counter() - started) * 1000


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
