"""Schema sources: the files, their order, and the parts of them that define the schema.

Supported are plain .sql files, yoyo (`-- depends:`), goose, dbmate, sql-migrate, golang-migrate, tern and
Flyway (V, U and R files), and dumps of mysqldump.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

_BACKWARDS = (".rollback.sql", ".down.sql", ".undo.sql")
_DEPENDS = re.compile(r"^--[ \t]*depends:[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)
_MARKER = re.compile(
    r"^--[ \t]*(?:\+goose[ \t]+(?P<goose>Up|Down)|\+migrate[ \t]+(?P<migrate>Up|Down)"
    r"|migrate:(?P<dbmate>up|down))\b[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
_TERN = re.compile(r"^---- create above / drop below ----", re.MULTILINE)
_FLYWAY_UNDO = re.compile(r"U[0-9][0-9._]*__")
_DIGITS = re.compile(r"(\d+)")


class EncodingError(ValueError):
    """A schema file that is not UTF-8; the message names it."""


class SchemaFile(Struct, frozen=True):
    path: str
    """As given, with '/' between its parts."""
    text: str
    sections: tuple[tuple[int, int], ...]
    """The spans of `text` that migrate upwards, in order."""


def load_schema_files(paths: Iterable[Path]) -> list[SchemaFile]:
    """The schema files below `paths` (files and folders) in the order in which they apply.

    Raises FileNotFoundError for a path that does not exist, EncodingError for one that is not UTF-8.
    """
    files: list[SchemaFile] = []
    for path in paths:
        files.extend(in_order([schema_file(each) for each in _sql_files(path)]))
    return files


def schema_file(path: Path) -> SchemaFile:
    """Read one file, of any name."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise EncodingError(f"{path}: not UTF-8: {error}") from error
    return SchemaFile(path.as_posix(), text, upward_sections(text))


def upward_sections(text: str) -> tuple[tuple[int, int], ...]:
    """Return the sections marked Up (goose, dbmate, sql-migrate) or above tern's line; else the whole text."""
    markers = list(_MARKER.finditer(text))
    if not markers:
        tern = _TERN.search(text)
        return ((0, tern.start() if tern else len(text)),)
    ends = [*(marker.start() for marker in markers[1:]), len(text)]
    return tuple(
        (marker.end(), end)
        for marker, end in zip(markers, ends, strict=True)
        if (marker["goose"] or marker["migrate"] or marker["dbmate"]).lower() == "up"
    )


def _sql_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FileNotFoundError(f"no such schema file or folder: {path}")
    found = [each for each in path.rglob("*.sql") if each.is_file() and not _is_backwards(each.name)]
    # Flyway's R__ files are repeated after every V file.
    return sorted(
        found, key=lambda each: (each.name.startswith("R__"), natural_key(each.relative_to(path).as_posix()))
    )


def _is_backwards(name: str) -> bool:
    return name.lower().endswith(_BACKWARDS) or _FLYWAY_UNDO.match(name) is not None


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key: `2_b.sql` before `10_a.sql`, and Flyway's `V2__a.sql` before `V2.1__b.sql`."""
    parts = _DIGITS.split(name.lower().replace("__", "\0"))
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def in_order(files: list[SchemaFile]) -> list[SchemaFile]:
    """By yoyo's `-- depends:`, a migration after those it names; otherwise as they come, which is by name.

    A cycle is cut where it closes: yoyo refuses it.
    """
    by_name = {Path(file.path).stem: file for file in files}
    ordered: list[SchemaFile] = []
    seen: set[str] = set()
    stack: list[tuple[SchemaFile | None, Iterator[SchemaFile]]] = [(None, iter(files))]
    while stack:
        file, before = stack[-1]
        unseen = next((each for each in before if each.path not in seen), None)
        if unseen is not None:
            seen.add(unseen.path)
            stack.append((unseen, _dependencies(unseen, by_name)))
        else:
            stack.pop()
            if file is not None:
                ordered.append(file)
    return ordered


def _dependencies(file: SchemaFile, by_name: dict[str, SchemaFile]) -> Iterator[SchemaFile]:
    """Yield the files that the `-- depends:` lines of a file name."""
    for line in _DEPENDS.finditer(file.text):
        for name in line[1].split():
            if name in by_name:
                yield by_name[name]
