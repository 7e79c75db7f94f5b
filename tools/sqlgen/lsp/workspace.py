"""The project of an editor: its schema, its query files, and the texts of the files that are open."""

from collections.abc import Iterator
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import PositionCodec

from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.driver.project import Project
from tools.sqlgen.explain.places import SchemaPlaces
from tools.sqlgen.explain.query import Explainer
from tools.sqlgen.input.config import load_config
from tools.sqlgen.input.sources import display_path
from tools.sqlgen.lsp.documents import Document
from tools.sqlgen.lsp.text import LineIndex


class SqlWorkspace:
    """Raises RunError from the constructor and from `reload` for wrong settings and unreadable files."""

    def __init__(self, settings: Path, codec: PositionCodec) -> None:
        self.settings = settings
        self.codec = codec
        self._open: dict[str, str] = {}
        self._uris: dict[str, str] = {}
        """The URIs of open files as the editor writes them, which may go through symbolic links."""
        self.documents: dict[str, Document] = {}
        self.reload()

    def reload(self) -> None:
        """Read the settings, the schema and the query files again; the texts of open files stay.

        Raises RunError, and then leaves the workspace as it was.
        """
        config = load_config(self.settings)
        project = Project.open(config)
        texts = {source.path: source.text for source in project.query_texts(lenient=True)}
        self.config = config
        self.project = project
        self.root = config.root.resolve()
        self.places = SchemaPlaces(project.schema_files)
        self.explainer = Explainer(project.catalog, config, project.models, self.places)
        self.documents = {}
        for path, text in (texts | self._open).items():
            self.update(path, text)

    def path_of(self, uri: str) -> str | None:
        """The path of a file as diagnostics name it; None for a URI that is no file."""
        path = to_fs_path(uri)
        return display_path(Path(path), self.root) if path else None

    def has(self, uri: str) -> bool:
        """True if the file is below the project's folder, or an input of it."""
        path = self.path_of(uri)
        if path is None:
            return False
        return (self.root / path).is_relative_to(self.root) or self.is_query_file(path) or self.is_input(path)

    def uri_of(self, path: str) -> str:
        return self._uris.get(path) or from_fs_path(str(self.root / path)) or ""

    def is_query_file(self, path: str) -> bool:
        return path.endswith(".sql") and self._is_below(path, self.config.queries)

    def is_input(self, path: str) -> bool:
        """True for a schema file and for the settings: a change of it changes the results of every query."""
        return path == self.settings.name or self._is_below(path, self.config.schema)

    def _is_below(self, path: str, folders: tuple[str, ...]) -> bool:
        absolute = self.root / path
        return any(absolute.is_relative_to((self.root / each).resolve()) for each in folders)

    def opened(self, path: str, uri: str, text: str) -> Document:
        """Take the text of an editor for a query file."""
        self._open[path] = text
        self._uris[path] = uri
        return self.update(path, text)

    def closed(self, path: str) -> Document | None:
        """Go back to the text on the disk; None if the file is gone."""
        self._open.pop(path, None)
        file = self.root / path
        if not file.exists():
            self.documents.pop(path, None)
            return None
        return self.update(path, file.read_bytes().decode("utf-8", "replace"))

    def is_open(self, path: str) -> bool:
        return path in self._open

    def update(self, path: str, text: str) -> Document:
        document = self.documents.get(path)
        if document is None:
            document = self.documents[path] = Document(path, self.project, self.explainer)
        document.update(text)
        return document

    def document(self, uri: str) -> Document | None:
        path = self.path_of(uri)
        return self.documents.get(path) if path else None

    def lines(self, text: str) -> LineIndex:
        return LineIndex(text, self.codec)

    def paths(self) -> set[str]:
        """The paths of all schema files and query files."""
        return {*self.project.texts, *self.documents}

    def findings(self) -> Iterator[tuple[str, str, list[Diagnostic]]]:
        """Path, text and diagnostics of every schema file and query file."""
        schema = self.project.schema.diagnostics
        for path, text in self.project.texts.items():
            yield path, text, [each for each in schema if each.path == path]
        for path, document in self.documents.items():
            yield path, document.text, list(document.diagnostics)
