"""Schema sources: which files, in which order, and which parts of them make the schema.

Understood are plain .sql files, yoyo (`-- depends:`), goose, dbmate, sql-migrate and golang-migrate, and
dumps of mysqldump.
"""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct


class SchemaFile(Struct, frozen=True):
    path: str
    """As given, with '/' between its parts."""
    text: str
    sections: tuple[tuple[int, int], ...]
    """The spans of `text` that migrate upwards, in order."""


def load_schema_files(paths: Iterable[Path]) -> list[SchemaFile]:
    """The schema files below `paths` (files and folders) in the order in which they apply.

    Raises FileNotFoundError for a path that does not exist, UnicodeDecodeError for one that is not UTF-8.
    """
    raise NotImplementedError(paths)
