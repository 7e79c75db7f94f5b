"""A project: its configuration, schema files, catalog and model names.

Every subcommand, test and benchmark takes these from here, so that all of them compile with one configuration.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from tools.sqlgen.diagnostics import Diagnostic, RunError, did_you_mean
from tools.sqlgen.driver.cache import NO_CACHE, Cache, compiler_fingerprint, fingerprint
from tools.sqlgen.driver.depth import at_any_depth
from tools.sqlgen.input.config import Config, ConfigError
from tools.sqlgen.input.migrations import SchemaFile
from tools.sqlgen.input.sources import QueryText, read_query_texts, read_schema_files
from tools.sqlgen.syntax.server import Server

# The stages are imported where they run: if the cache has every file, none of them does.
if TYPE_CHECKING:
    from tools.sqlgen.catalog import Catalog
    from tools.sqlgen.driver.compile import CheckedFile, CheckedQuery
    from tools.sqlgen.emit.models import Models
    from tools.sqlgen.input.query_files import QuerySource


class Schema(Struct, frozen=True):
    """The catalog of the schema files, and the findings about them."""

    catalog: "Catalog"
    diagnostics: tuple[Diagnostic, ...]


class Project:
    """Use `Project.open`; the constructor takes schema files that are already read."""

    def __init__(self, config: Config, schema_files: Sequence[SchemaFile], cache: Cache = NO_CACHE) -> None:
        self.config = config
        self.schema_files = schema_files
        self.cache = cache

    @classmethod
    def open(
        cls, config: Config, *, schema: Sequence[Path] | None = None, cache: Cache = NO_CACHE
    ) -> "Project":
        """Read the schema files: those given, or else those that the configuration names.

        Raises SourceError.
        """
        paths = schema or [config.root / path for path in config.schema]
        return cls(config, read_schema_files(paths, config.root), cache)

    @property
    def settings(self) -> Path:
        """The file that holds the settings of the compiler and of ruff; it need not exist."""
        return self.config.root / "pyproject.toml"

    @cached_property
    def key(self) -> str:
        """A digest of everything but the query files that decides about the generated code."""
        settings = self.settings.read_text(encoding="utf-8") if self.settings.exists() else ""
        texts = (text for file in self.schema_files for text in (file.path, file.text))
        return fingerprint([compiler_fingerprint(), settings, repr(self.config), *texts])

    @cached_property
    def schema(self) -> Schema:
        """The catalog with its findings, from the cache if the cache has it."""
        if self.cache is NO_CACHE:
            return _build_schema(self.schema_files, self.config.server)
        known = self.cache.schema(self.key, Schema)
        if known is None:
            known = _build_schema(self.schema_files, self.config.server)
            self.cache.put_schema(self.key, known)
        return known

    @property
    def catalog(self) -> "Catalog":
        return self.schema.catalog

    @cached_property
    def models(self) -> "Models":
        """The names and types of the generated Structs and enums."""
        from tools.sqlgen.emit.models import Models  # noqa: PLC0415 - see above

        self._check_overrides()
        return Models(self.catalog, self.config)

    def _check_overrides(self) -> None:
        """Raise ConfigError for an override of a column that no table has; a pattern may match none."""
        names = {
            name
            for table in self.catalog.tables()
            for column in (table.columns if not table.is_view else ())
            for name in (
                f"{table.name}.{column.name}".lower(),
                f"{table.schema or ''}.{table.name}.{column.name}".lower(),
            )
        }
        for pattern in self.config.columns:
            if not set("*?[") & set(pattern) and pattern.lower() not in names:
                hint = did_you_mean(pattern, sorted(names)) or "write table.column"
                raise ConfigError(f"{self.settings}: [tool.sqlgen.columns] no table has '{pattern}'; {hint}")

    @property
    def texts(self) -> dict[str, str]:
        """Path -> text of each schema file, for printing diagnostics."""
        return {file.path: file.text for file in self.schema_files}

    def query_texts(self, paths: Sequence[Path] | None = None, *, lenient: bool = False) -> list[QueryText]:
        """Read the query files: those given, or else those that the configuration names.

        `lenient` replaces bytes that are not UTF-8. Raises SourceError.
        """
        return read_query_texts(
            paths or [self.config.root / path for path in self.config.queries],
            self.config.root,
            lenient=lenient,
        )

    def check(self, source: QueryText) -> "CheckedFile":
        """Check every query of one file."""
        from tools.sqlgen.driver.compile import check_file  # noqa: PLC0415 - see above

        return check_file(source.path, source.text, self.catalog, self.models)

    def check_query(self, text: str, source: "QuerySource") -> "CheckedQuery":
        """Check one query; `text` is the whole text of its file."""
        from tools.sqlgen.driver.compile import check_query  # noqa: PLC0415 - see above

        return check_query(text, source, self.catalog)

    def module(self, file: "CheckedFile") -> str:
        """Return the Python module of a file without errors, not formatted."""
        from tools.sqlgen.driver.compile import module_of  # noqa: PLC0415 - see above

        return module_of(file, self.config, self.models)


def _build_schema(files: Sequence[SchemaFile], server: Server | None) -> Schema:
    from tools.sqlgen.analysis import bind_view, view_columns  # noqa: PLC0415 - see above
    from tools.sqlgen.catalog.build import build_catalog  # noqa: PLC0415 - see above

    def build() -> Schema:
        found: list[Diagnostic] = []
        catalog = build_catalog(
            files, found.append, view_columns=view_columns, bind_view=bind_view, server=server
        )
        return Schema(catalog, tuple(found))

    try:
        return at_any_depth(build)
    except RecursionError:
        raise RunError("a statement of the schema is nested too deeply") from None
