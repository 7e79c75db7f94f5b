"""The compiler as a whole: files in, files out, nothing written."""

from collections.abc import Sequence
from functools import cached_property

from msgspec import Struct

from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.driver.cache import Cache, ModuleEntry, PackageEntry, compiler_fingerprint
from tools.sqlgen.driver.compile import check_file, module_of
from tools.sqlgen.driver.formatting import format_files
from tools.sqlgen.driver.schema import Schema, build_schema
from tools.sqlgen.emit.models import Models
from tools.sqlgen.emit.package import RESERVED, package_files
from tools.sqlgen.input.config import Config
from tools.sqlgen.input.sources import QueryText, fingerprint, read_query_texts, read_schema_files


class Result(Struct, frozen=True):
    """What a run found and made."""

    files: dict[str, str]
    """Name -> text of the generated package; the whole of it where nothing failed."""
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, str]
    """Path -> text of every input file, for printing diagnostics."""
    modules: int
    compiled: int
    """Modules that were compiled anew, and not taken from the cache."""

    @property
    def failed(self) -> bool:
        return any(each.severity == "error" for each in self.diagnostics)


def compile_project(config: Config, cache: Cache) -> Result:
    """Everything that the configuration names. Raises SourceError and FormatError."""
    run = _Run(config, cache)
    sources = read_query_texts([config.root / path for path in config.queries], config.root)
    known = {source.path: run.known_module(source) for source in sources}
    made = {source.path: run.compile_module(source) for source in sources if known[source.path] is None}
    package = run.known_package() or run.compile_package()
    modules, package = run.laid_out(sources, made, package)
    entries = [known[source.path] or modules[source.path] for source in sources]
    diagnostics = (
        *package.diagnostics,
        *_collisions(sources),
        *(d for entry in entries for d in entry.diagnostics),
    )
    files = {
        f"{source.module}.py": entry.text
        for source, entry in zip(sources, entries, strict=True)
        if entry.text
    }
    return Result({**package.files, **files}, diagnostics, run.texts(sources), len(sources), len(made))


class _Run:
    """One run over one state of the files."""

    def __init__(self, config: Config, cache: Cache) -> None:
        self.config = config
        self.cache = cache
        self.settings = config.root / "pyproject.toml"
        self.schema_files = read_schema_files([config.root / path for path in config.schema], config.root)
        settings = self.settings.read_text(encoding="utf-8") if self.settings.exists() else ""
        texts = (text for file in self.schema_files for text in (file.path, file.text))
        self.key = fingerprint([compiler_fingerprint(), settings, repr(config), *texts])

    @cached_property
    def schema(self) -> Schema:
        known = self.cache.schema(self.key)
        if known is None:
            known = build_schema(self.schema_files)
            self.cache.put_schema(self.key, known)
        return known

    @cached_property
    def models(self) -> Models:
        return Models(self.schema.catalog, self.config)

    def known_module(self, source: QueryText) -> ModuleEntry | None:
        return self.cache.module(source.module, self._module_key(source))

    def known_package(self) -> PackageEntry | None:
        return self.cache.package(self.key)

    def compile_module(self, source: QueryText) -> ModuleEntry:
        file = check_file(source.path, source.text, self.schema.catalog, self.models)
        text = None if file.failed else module_of(file, self.config, self.models)
        return ModuleEntry(self._module_key(source), file.diagnostics, text)

    def compile_package(self) -> PackageEntry:
        sources = ", ".join(self.config.schema)
        files = package_files(self.models.text(sources))
        return PackageEntry(self.key, self.schema.diagnostics, files)

    def laid_out(
        self, sources: Sequence[QueryText], made: dict[str, ModuleEntry], package: PackageEntry
    ) -> tuple[dict[str, ModuleEntry], PackageEntry]:
        """What was made in this run as ruff formats it, in one call, and remembered."""
        names = {source.path: source.module for source in sources}
        raw = {f"{names[path]}.py": entry.text for path, entry in made.items() if entry.text is not None}
        new_package = self.cache.package(self.key) is None
        done = format_files({**raw, **(package.files if new_package else {})}, self.settings)
        if new_package:
            package = PackageEntry(
                package.key, package.diagnostics, {name: done[name] for name in package.files}
            )
            self.cache.put_package(package)
        modules: dict[str, ModuleEntry] = {}
        for path, entry in made.items():
            text = None if entry.text is None else done[f"{names[path]}.py"]
            modules[path] = ModuleEntry(entry.key, entry.diagnostics, text)
            self.cache.put_module(names[path], modules[path])
        if made:
            self.cache.forget_modules(names.values())
        return modules, package

    def texts(self, sources: Sequence[QueryText]) -> dict[str, str]:
        schema = {file.path: file.text for file in self.schema_files}
        return {**schema, **{source.path: source.text for source in sources}}

    def _module_key(self, source: QueryText) -> str:
        return fingerprint([self.key, source.path, source.text])


def _collisions(sources: Sequence[QueryText]) -> list[Diagnostic]:
    """Query files whose modules would have the same name, or that of a file which every package has."""
    first: dict[str, QueryText] = {}
    found: list[Diagnostic] = []
    for source in sources:
        if source.module in RESERVED:
            message = f"the generated package has a module '{source.module}' of its own"
            found.append(Diagnostic(source.path, 0, 0, message, "rename the file"))
        other = first.setdefault(source.module, source)
        if other is not source:
            message = f"{other.path} already makes the module '{source.module}'"
            found.append(Diagnostic(source.path, 0, 0, message, "rename one of the two files"))
    return found
