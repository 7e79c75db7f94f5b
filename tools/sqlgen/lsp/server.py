"""The language server over stdio: pygls calls a function here for each message."""

from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from tools.sqlgen.diagnostics import Diagnostic, RunError
from tools.sqlgen.lsp import features
from tools.sqlgen.lsp.completion import complete
from tools.sqlgen.lsp.documents import Document, Unit
from tools.sqlgen.lsp.hover import hover
from tools.sqlgen.lsp.navigation import (
    Span,
    definition,
    name_span,
    query_of_function,
    references,
    rename_fault,
)
from tools.sqlgen.lsp.text import LineIndex
from tools.sqlgen.lsp.workspace import SqlWorkspace

VERSION = "1"
_WATCHED = ("**/*.sql", "**/pyproject.toml")


class At:
    """A position of a request: the file, its lines, the offset, and the query there."""

    def __init__(self, sql: SqlWorkspace, document: Document, position: lsp.Position) -> None:
        self.sql = sql
        self.document = document
        self.lines: LineIndex = sql.lines(document.text)
        self.offset = self.lines.offset(position)
        self.unit: Unit | None = document.unit_at(self.offset)


class SqlServer(LanguageServer):
    """The server; `sql` is None until the project can be read."""

    def __init__(self, config: Path) -> None:
        super().__init__("sqlgen", VERSION)  # pyright: ignore[reportUnknownMemberType] - *args without a type
        self._config = config
        self.sql: SqlWorkspace | None = None
        self._with_findings: set[str] = set()
        """The paths whose last published findings are not empty."""

    def load(self) -> None:
        """Read the project, or read it again, and publish all findings. A fault of the settings is shown."""
        try:
            if self.sql is None:
                root = to_fs_path(self.workspace.root_uri) if self.workspace.root_uri else None
                self.sql = SqlWorkspace(Path(root or "") / self._config, self.workspace.position_codec)
                self._take_open_files(self.sql)
            else:
                self.sql.reload()
        except RunError as error:
            message = lsp.ShowMessageParams(lsp.MessageType.Error, f"sqlgen: {error}")
            self.window_show_message(message)
            return
        gone = self._with_findings - self.sql.paths()
        for path in sorted(gone):
            self.publish(path, "", [])
        for path, text, found in self.sql.findings():
            self.publish(path, text, found)

    def _take_open_files(self, sql: SqlWorkspace) -> None:
        """Take the texts of files that were opened before the project could be read."""
        for uri, opened in self.workspace.text_documents.items():
            path = sql.path_of(uri)
            if path is not None and sql.is_query_file(path):
                sql.opened(path, uri, opened.source)

    def publish(self, path: str, text: str, found: list[Diagnostic]) -> None:
        """Publish the findings of a file, with the version of its text if it is open."""
        if self.sql is not None:
            uri = self.sql.uri_of(path)
            opened = self.workspace.text_documents.get(uri)
            items = features.diagnostics(found, self.sql.lines(text))
            (self._with_findings.add if items else self._with_findings.discard)(path)
            params = lsp.PublishDiagnosticsParams(uri, items, opened.version if opened else None)
            self.text_document_publish_diagnostics(params)

    def at(self, uri: str, position: lsp.Position) -> At | None:
        document = self.sql.document(uri) if self.sql is not None else None
        return At(self.sql, document, position) if self.sql is not None and document is not None else None

    def take(self, uri: str) -> None:
        """Compile the text that the editor has for a query file, and publish the findings."""
        path = self.sql.path_of(uri) if self.sql is not None else None
        if self.sql is not None and path is not None and self.sql.is_query_file(path):
            document = self.sql.opened(path, uri, self.workspace.get_text_document(uri).source)
            self.publish(path, document.text, list(document.diagnostics))

    def location(self, span: Span) -> lsp.Location:
        assert self.sql is not None
        return lsp.Location(self.sql.uri_of(span.path), self.sql.lines(span.text).range(span.start, span.end))


# --- files ---


def initialized(ls: SqlServer, _params: lsp.InitializedParams) -> None:
    ls.load()
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching is not None and watching.dynamic_registration:
        watchers = [lsp.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration("watch", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        ls.client_register_capability(lsp.RegistrationParams([registration]))


def did_open(ls: SqlServer, params: lsp.DidOpenTextDocumentParams) -> None:
    ls.take(params.text_document.uri)


def did_change(ls: SqlServer, params: lsp.DidChangeTextDocumentParams) -> None:
    ls.take(params.text_document.uri)


def did_close(ls: SqlServer, params: lsp.DidCloseTextDocumentParams) -> None:
    path = ls.sql.path_of(params.text_document.uri) if ls.sql is not None else None
    if ls.sql is not None and path is not None and ls.sql.is_query_file(path):
        document = ls.sql.closed(path)
        ls.publish(path, document.text if document else "", list(document.diagnostics) if document else [])


def did_save(ls: SqlServer, params: lsp.DidSaveTextDocumentParams) -> None:
    path = ls.sql.path_of(params.text_document.uri) if ls.sql is not None else None
    if ls.sql is None or (path is not None and ls.sql.is_input(path)):
        ls.load()


def did_change_watched_files(ls: SqlServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Read changed files: the whole project for a schema file, else the query files that are not open."""
    if ls.sql is None:
        ls.load()
        return
    paths = [path for each in params.changes if (path := ls.sql.path_of(each.uri))]
    if any(map(ls.sql.is_input, paths)):
        ls.load()
        return
    for path in paths:
        if ls.sql.is_query_file(path) and not ls.sql.is_open(path):
            document = ls.sql.closed(path)
            ls.publish(
                path, document.text if document else "", list(document.diagnostics) if document else []
            )


# --- requests ---


def on_hover(ls: SqlServer, params: lsp.HoverParams) -> lsp.Hover | None:
    at = ls.at(params.text_document.uri, params.position)
    text = hover(at.unit, at.sql.explainer, at.offset) if at is not None and at.unit is not None else None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text)) if text else None


def on_completion(ls: SqlServer, params: lsp.CompletionParams) -> lsp.CompletionList | None:
    at = ls.at(params.text_document.uri, params.position)
    if at is None:
        return None
    text, start = (at.unit.query.text, at.unit.start) if at.unit is not None else (at.document.text, 0)
    return complete(text, at.offset - start, at.sql.project.catalog, at.sql.explainer)


def on_signature_help(ls: SqlServer, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    at = ls.at(params.text_document.uri, params.position)
    return features.signature_help(at.unit, at.offset) if at is not None and at.unit is not None else None


def on_definition(ls: SqlServer, params: lsp.DefinitionParams) -> lsp.Location | None:
    at = ls.at(params.text_document.uri, params.position)
    if at is None:
        return _definition_in_python(ls, params)
    found = definition(at.sql, at.document, at.unit, at.offset) if at.unit is not None else None
    return ls.location(found) if found is not None else None


def _definition_in_python(ls: SqlServer, params: lsp.DefinitionParams) -> lsp.Location | None:
    """The query of a generated function."""
    uri = params.text_document.uri
    path = ls.sql.path_of(uri) if ls.sql is not None else None
    if ls.sql is None or path is None or not path.endswith(".py"):
        return None
    text = ls.workspace.get_text_document(uri).source
    found = query_of_function(ls.sql, path, text, ls.sql.lines(text).offset(params.position))
    return ls.location(found) if found is not None else None


def on_references(ls: SqlServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
    at = ls.at(params.text_document.uri, params.position)
    if at is None or at.unit is None:
        return []
    declaration = params.context.include_declaration
    return [ls.location(each) for each in references(at.sql, at.unit, at.offset, declaration=declaration)]


def on_document_symbol(ls: SqlServer, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    at = ls.at(params.text_document.uri, lsp.Position(0, 0))
    return features.symbols(at.document, at.lines) if at is not None else []


def on_code_action(ls: SqlServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    uri = params.text_document.uri
    at = ls.at(uri, params.range.start)
    if at is None:
        return []
    return features.quick_fixes(at.document, uri, at.lines, at.offset, at.lines.offset(params.range.end))


def on_inlay_hint(ls: SqlServer, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    at = ls.at(params.text_document.uri, params.range.start)
    if at is None:
        return []
    return list(
        features.inlay_hints(at.sql, at.document, at.lines, at.offset, at.lines.offset(params.range.end))
    )


def on_prepare_rename(ls: SqlServer, params: lsp.PrepareRenameParams) -> lsp.Range | None:
    found = _renamed(ls, params.text_document.uri, params.position)
    return found[0].lines.range(*found[2]) if found is not None else None


def on_rename(ls: SqlServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    found = _renamed(ls, params.text_document.uri, params.position)
    if found is None:
        return None
    at, unit, span = found
    fault = rename_fault(at.document, unit, params.new_name)
    if fault is not None:
        raise JsonRpcInvalidParams(fault)
    edit = lsp.TextEdit(at.lines.range(*span), params.new_name)
    return lsp.WorkspaceEdit(changes={params.text_document.uri: [edit]})


def _renamed(ls: SqlServer, uri: str, position: lsp.Position) -> tuple[At, Unit, tuple[int, int]] | None:
    """The query whose name is at a position, and the span of the name."""
    at = ls.at(uri, position)
    if at is None or at.unit is None:
        return None
    span = name_span(at.document, at.unit)
    if span is None or not span[0] <= at.offset <= span[1]:
        return None
    return at, at.unit, span


def make_server(config: Path) -> SqlServer:
    """Return a server with all its features; `config` is relative to the folder that the editor opens."""
    server = SqlServer(config)
    server.feature(lsp.INITIALIZED)(initialized)
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(on_hover)
    completion = lsp.CompletionOptions(trigger_characters=[".", ":"])
    server.feature(lsp.TEXT_DOCUMENT_COMPLETION, completion)(on_completion)
    signature = lsp.SignatureHelpOptions(trigger_characters=["(", ","])
    server.feature(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, signature)(on_signature_help)
    server.feature(lsp.TEXT_DOCUMENT_DEFINITION)(on_definition)
    server.feature(lsp.TEXT_DOCUMENT_REFERENCES)(on_references)
    server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(on_document_symbol)
    actions = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, actions)(on_code_action)
    server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)(on_inlay_hint)
    server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)(on_prepare_rename)
    server.feature(lsp.TEXT_DOCUMENT_RENAME)(on_rename)
    return server
