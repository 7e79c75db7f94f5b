"""The language server over stdio: pygls calls a function here for each message."""

from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from tools.sqlgen.diagnostics import Diagnostic, RunError
from tools.sqlgen.input.config import project_files
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
    """The server of one project, or of all projects of a workspace."""

    def __init__(self, config: Path) -> None:
        super().__init__("sqlgen", VERSION)  # pyright: ignore[reportUnknownMemberType] - *args without a type
        self._config = config
        self.projects: list[SqlWorkspace] = []
        """Those that could be read, once at least."""
        self._with_findings: set[str] = set()
        """The URIs whose last published findings are not empty."""

    def load(self) -> None:
        """Read all projects, or read them again, and publish all findings."""
        root = to_fs_path(self.workspace.root_uri) if self.workspace.root_uri else None
        try:
            files = project_files(Path(root or "") / self._config)
        except RunError as error:
            self._show(error)
            return
        known = {sql.settings: sql for sql in self.projects}
        found = [self._read(file, known.get(file)) for file in files]
        self.projects = [sql for sql in found if sql is not None]
        self._publish_all()

    def reload(self, changed: list[SqlWorkspace]) -> None:
        """Read these projects again, and publish all findings."""
        for sql in changed:
            self._read(sql.settings, sql)
        self._publish_all()

    def _read(self, settings: Path, known: SqlWorkspace | None) -> SqlWorkspace | None:
        """Read a project, or read it again. A fault of its settings is shown, and the last right ones stay."""
        try:
            if known is None:
                known = SqlWorkspace(settings, self.workspace.position_codec)
                self._take_open_files(known)
            else:
                known.reload()
        except RunError as error:
            self._show(error)
        return known

    def _show(self, error: RunError) -> None:
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"sqlgen: {error}"))

    def _take_open_files(self, sql: SqlWorkspace) -> None:
        """Take the texts of files that were opened before the project could be read."""
        for uri, opened in self.workspace.text_documents.items():
            path = sql.path_of(uri)
            if path is not None and sql.is_query_file(path):
                sql.opened(path, uri, opened.source)

    def _publish_all(self) -> None:
        for uri in sorted(
            self._with_findings - {sql.uri_of(path) for sql in self.projects for path in sql.paths()}
        ):
            self._with_findings.discard(uri)
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
        for sql in self.projects:
            for path, text, found in sql.findings():
                self.publish(sql, path, text, found)

    def publish(self, sql: SqlWorkspace, path: str, text: str, found: list[Diagnostic]) -> None:
        """Publish the findings of a file, with the version of its text if it is open."""
        uri = sql.uri_of(path)
        opened = self.workspace.text_documents.get(uri)
        items = features.diagnostics(found, sql.lines(text))
        (self._with_findings.add if items else self._with_findings.discard)(uri)
        params = lsp.PublishDiagnosticsParams(uri, items, opened.version if opened else None)
        self.text_document_publish_diagnostics(params)

    def publish_document(self, sql: SqlWorkspace, path: str, document: Document | None) -> None:
        """Publish the findings of a query file; None is a file that is gone."""
        text, found = (document.text, list(document.diagnostics)) if document else ("", [])
        self.publish(sql, path, text, found)

    def file(self, uri: str) -> tuple[SqlWorkspace, str] | None:
        """The project of a file, the innermost one, and its path there; None if it is in no project."""
        owners = [sql for sql in self.projects if sql.has(uri)]
        sql = max(owners, key=lambda each: len(each.root.parts), default=None)
        path = sql.path_of(uri) if sql is not None else None
        return (sql, path) if sql is not None and path is not None else None

    def query_file(self, uri: str) -> tuple[SqlWorkspace, str] | None:
        """The project of a query file, and its path there; None for another file."""
        found = self.file(uri)
        return found if found is not None and found[0].is_query_file(found[1]) else None

    def at(self, uri: str, position: lsp.Position) -> At | None:
        found = self.file(uri)
        document = found[0].document(uri) if found is not None else None
        return At(found[0], document, position) if found is not None and document is not None else None

    def take(self, uri: str) -> None:
        """Compile the text that the editor has for a query file, and publish the findings."""
        found = self.query_file(uri)
        if found is not None:
            sql, path = found
            document = sql.opened(path, uri, self.workspace.get_text_document(uri).source)
            self.publish_document(sql, path, document)

    def take_inputs(self, uris: list[str]) -> bool:
        """Read the projects again that have one of these files as an input; returns False if none has.

        Settings of no project are those of the workspace: then all projects are read.
        """
        settings = f"/{self._config.name}"
        if not self.projects or any(uri.endswith(settings) and self.file(uri) is None for uri in uris):
            self.load()
            return True
        changed = [
            sql
            for sql in self.projects
            if any(sql.is_input(path) for uri in uris if (path := sql.path_of(uri)))
        ]
        if changed:
            self.reload(changed)
        return bool(changed)


def location(sql: SqlWorkspace, span: Span) -> lsp.Location:
    return lsp.Location(sql.uri_of(span.path), sql.lines(span.text).range(span.start, span.end))


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
    found = ls.query_file(params.text_document.uri)
    if found is not None:
        sql, path = found
        ls.publish_document(sql, path, sql.closed(path))


def did_save(ls: SqlServer, params: lsp.DidSaveTextDocumentParams) -> None:
    ls.take_inputs([params.text_document.uri])


def did_change_watched_files(ls: SqlServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Read changed files: whole projects for a schema file, else the query files that are not open."""
    uris = [each.uri for each in params.changes]
    if ls.take_inputs(uris):
        return
    for uri in uris:
        found = ls.query_file(uri)
        if found is not None and not found[0].is_open(found[1]):
            sql, path = found
            ls.publish_document(sql, path, sql.closed(path))


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
    return location(at.sql, found) if found is not None else None


def _definition_in_python(ls: SqlServer, params: lsp.DefinitionParams) -> lsp.Location | None:
    """The query of a generated function."""
    uri = params.text_document.uri
    file = ls.file(uri)
    if file is None or not uri.endswith(".py"):
        return None
    sql, path = file
    text = ls.workspace.get_text_document(uri).source
    found = query_of_function(sql, path, text, sql.lines(text).offset(params.position))
    return location(sql, found) if found is not None else None


def on_references(ls: SqlServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
    at = ls.at(params.text_document.uri, params.position)
    if at is None or at.unit is None:
        return []
    declaration = params.context.include_declaration
    return [
        location(at.sql, each) for each in references(at.sql, at.unit, at.offset, declaration=declaration)
    ]


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
