"""The input files: query files below the configured paths, and schema files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from tools.sqlgen.diagnostics import RunError
from tools.sqlgen.input.migrations import EncodingError, SchemaFile, load_schema_files


class SourceError(RunError):
    """An input path that does not exist or is not UTF-8; the message names it."""


class QueryText(Struct, frozen=True):
    path: str
    """Relative to the project if it is inside, with '/' between its parts."""
    stem: str
    text: str


def display_path(path: Path, root: Path) -> str:
    """A path as messages and headers name it: relative to `root` if it is inside."""
    if path.is_relative_to(root) and ".." not in path.parts:
        return path.relative_to(root).as_posix()
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def query_files(paths: Iterable[Path]) -> list[Path]:
    """The .sql files that are given or lie in a given folder, by name. Raises SourceError."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(each for each in path.rglob("*.sql") if each.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise SourceError(f"{path}: no such file or folder")
    return list(dict.fromkeys(found))


def read_query_texts(paths: Iterable[Path], root: Path, *, lenient: bool = False) -> list[QueryText]:
    """Read the query files; `lenient` decodes bytes that are not UTF-8 as U+FFFD. Raises SourceError."""
    errors = "replace" if lenient else "strict"
    return [
        QueryText(display_path(path, root), path.stem, _read(path, errors)) for path in query_files(paths)
    ]


def _read(path: Path, errors: str) -> str:
    try:
        return path.read_bytes().decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8: {error}") from error
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def read_schema_files(paths: Sequence[Path], root: Path) -> list[SchemaFile]:
    """The schema files in the order in which they apply, paths as messages name them. Raises SourceError."""
    try:
        files = load_schema_files(paths)
    except EncodingError as error:
        raise SourceError(str(error)) from error
    except OSError as error:
        raise SourceError(f"the schema cannot be read: {error}") from error
    return [SchemaFile(display_path(Path(file.path), root), file.text, file.sections) for file in files]
