"""The schema of a project."""

from collections.abc import Sequence

from msgspec import Struct

from tools.sqlgen.analysis import view_columns
from tools.sqlgen.catalog import Catalog
from tools.sqlgen.catalog.build import build_catalog
from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.input.migrations import SchemaFile


class Schema(Struct, frozen=True):
    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, str]
    """Path -> text, for printing diagnostics."""


def build_schema(files: Sequence[SchemaFile]) -> Schema:
    """The catalogue of the schema files, with what is wrong in them."""
    found: list[Diagnostic] = []
    catalog = build_catalog(files, found.append, view_columns=view_columns)
    return Schema(catalog, tuple(found), {file.path: file.text for file in files})
