"""The language server, with pygls' own client on the other side: in this process, or as one of its own over stdio."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest
from lsprotocol import types as lsp
from pygls.io_ import run_async
from pygls.lsp.client import LanguageClient

from tests.listener import listening
from tests.waiting import PATIENCE_S
from tools.sqlgen.lsp.server import make_server

ROOT = Path(__file__).parents[3]

SCHEMA = """\
CREATE TABLE categories (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    name VARCHAR(100) NOT NULL
);
CREATE TABLE products (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    category_id BIGINT,
    name VARCHAR(200) NOT NULL,
    price DECIMAL(10, 2) NOT NULL
);
"""
QUERY_FILE = "sql/products.sql"
QUERIES = """\
-- name: get_product :one
SELECT p.id, p.name, c.name AS category, p.price * 2 AS twice
FROM products AS p
LEFT JOIN categories AS c ON c.id = p.category_id
WHERE p.id = :id;

-- name: list_products :many
SELECT id, CONCAT(name, '!') AS loud FROM products ORDER BY price LIMIT :limit;
"""


class Editor:
    """An editor that has a project open."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.published: dict[str, list[lsp.Diagnostic]] = {}
        self.changed = asyncio.Event()
        self.messages: asyncio.Queue[lsp.ShowMessageParams] = asyncio.Queue()
        self.capabilities = lsp.ServerCapabilities()
        self._version = 0
        self._texts: dict[str, str] = {}

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def document(self, path: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(path))

    def text(self, path: str) -> str:
        return self._texts[path]

    def position(self, path: str, mark: str, *, shift: int = 0) -> lsp.Position:
        """The position of the first `mark` in a file, plus `shift` characters."""
        text = self._texts[path]
        offset = text.index(mark) + shift
        line = text.count("\n", 0, offset)
        begin = text.rfind("\n", 0, offset) + 1
        return lsp.Position(line, len(text[begin:offset].encode("utf-16-le")) // 2)

    def at(self, span: lsp.Range, path: str) -> str:
        """The text of a range."""
        lines = (self._texts.get(path) or (self.root / path).read_text()).splitlines(keepends=True)
        assert span.start.line == span.end.line
        line = lines[span.start.line].encode("utf-16-le")
        return line[span.start.character * 2 : span.end.character * 2].decode("utf-16-le")

    def show(self, path: str, text: str | None = None) -> None:
        """Open a file with its text on the disk, or with another one, and wait for nothing."""
        text = (self.root / path).read_text() if text is None else text
        self._texts[path] = text
        item = lsp.TextDocumentItem(self.uri(path), "sql", 0, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    async def open(self, path: str) -> list[lsp.Diagnostic]:
        return await self._after(path, lambda: self.show(path))

    async def type(self, path: str, text: str) -> list[lsp.Diagnostic]:
        """Replace the text of an open file without saving it; returns its diagnostics."""
        self._texts[path] = text
        self._version += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self._version, self.uri(path))
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        params = lsp.DidChangeTextDocumentParams(identifier, [change])
        return await self._after(path, lambda: self.client.text_document_did_change(params))

    async def insert(self, path: str, at: lsp.Position, text: str) -> list[lsp.Diagnostic]:
        """Type at a place of an open file, as an editor does that sends each change; returns the diagnostics."""
        self._version += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self._version, self.uri(path))
        change = lsp.TextDocumentContentChangePartial(lsp.Range(at, at), text)
        params = lsp.DidChangeTextDocumentParams(identifier, [change])
        return await self._after(path, lambda: self.client.text_document_did_change(params))

    async def close(self, path: str) -> list[lsp.Diagnostic]:
        """Close a file without saving it; returns the diagnostics of the file on the disk."""
        params = lsp.DidCloseTextDocumentParams(self.document(path))
        return await self._after(path, lambda: self.client.text_document_did_close(params))

    async def change_outside(self, path: str, text: str) -> list[lsp.Diagnostic]:
        """Change a file as another program does, which the editor notices."""
        (self.root / path).write_text(text)
        event = lsp.FileEvent(self.uri(path), lsp.FileChangeType.Changed)
        params = lsp.DidChangeWatchedFilesParams([event])
        return await self._after(path, lambda: self.client.workspace_did_change_watched_files(params))

    async def save(self, path: str, text: str, *, findings_of: str | None = None) -> list[lsp.Diagnostic]:
        """Save a file, and return the diagnostics that the server then has for it, or for another file."""
        (self.root / path).write_text(text)
        params = lsp.DidSaveTextDocumentParams(self.document(path))
        return await self._after(findings_of or path, lambda: self.client.text_document_did_save(params))

    async def _after(self, path: str, send: Callable[[], None]) -> list[lsp.Diagnostic]:
        """Send a notification, and wait for the next diagnostics of a file."""
        self.published.pop(self.uri(path), None)
        send()
        return await self.diagnostics(path)

    async def diagnostics(self, path: str) -> list[lsp.Diagnostic]:
        async with asyncio.timeout(PATIENCE_S):
            while self.uri(path) not in self.published:
                self.changed.clear()
                await self.changed.wait()
        return self.published[self.uri(path)]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with two tables and two queries."""
    for folder in ("migrations", "sql", "generated"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.sqlgen]\n")
    (tmp_path / "migrations/0001.shop.sql").write_text(SCHEMA)
    (tmp_path / "sql/products.sql").write_text(QUERIES)
    (tmp_path / "generated/products.py").write_text("async def get_product(conn, *, id): ...\n")
    return tmp_path


@pytest.fixture
async def editor(shop: Path) -> AsyncIterator[Editor]:
    """An editor with the project open, before any file is."""
    async with connected(shop) as editor:
        await editor.diagnostics(QUERY_FILE)
        yield editor


@asynccontextmanager
async def connected(root: Path) -> AsyncGenerator[Editor]:
    """An editor that is connected to a server in this process, which starts much faster than one of its own."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = make_server(Path("pyproject.toml"))
        untyped = cast("Any", server)
        untyped.protocol.set_writer(writer)
        try:
            await run_async(Event(), reader, untyped.protocol)
        finally:
            untyped.shutdown()

    async with listening(serve) as port:
        editor, client = editor_in(root)
        await client.start_tcp("127.0.0.1", port)
        await initialize(editor)
        yield editor
        await client.shutdown_async(None)
        client.protocol.writer.close()
        await client.stop()


@asynccontextmanager
async def connected_to_process(root: Path) -> AsyncGenerator[Editor]:
    """An editor that has started the server in a folder, as editors do; the server must end with status 0."""
    editor, client = editor_in(root)
    await client.start_io(
        sys.executable, "-m", "tools.sqlgen", "lsp", cwd=root, env={"PYTHONPATH": str(ROOT)}
    )
    await initialize(editor)
    yield editor
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    assert client._server.returncode == 0


def editor_in(root: Path) -> tuple[Editor, Any]:
    """An editor of a folder, and its client, some of whose methods have no types."""
    client = LanguageClient("tests", "1")
    editor = Editor(client, root)

    def published(params: lsp.PublishDiagnosticsParams) -> None:
        editor.published[params.uri] = list(params.diagnostics)
        editor.changed.set()

    def shown(params: lsp.ShowMessageParams) -> None:
        editor.messages.put_nowait(params)

    untyped = cast("Any", client)
    untyped.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
    untyped.feature(lsp.WINDOW_SHOW_MESSAGE)(shown)
    return editor, untyped


async def initialize(editor: Editor) -> None:
    started = await editor.client.initialize_async(
        lsp.InitializeParams(lsp.ClientCapabilities(), root_uri=editor.root.as_uri(), process_id=None)
    )
    editor.capabilities = started.capabilities
    editor.client.initialized(lsp.InitializedParams())
