"""Generate the package of a project: files in, files out; nothing is written.

What the cache holds under the same key is not compiled again.
"""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from tools.sqlgen.diagnostics import Diagnostic
from tools.sqlgen.driver.cache import ModuleEntry, PackageEntry, fingerprint
from tools.sqlgen.driver.project import Project
from tools.sqlgen.emit.package import RESERVED, package_files
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.ir.names import module_name


class Result(Struct, frozen=True):
    """The generated files, and the findings."""

    files: dict[str, str]
    """Name -> text of the generated package; complete if nothing failed."""
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, str]
    """Path -> text of every input file, for printing diagnostics."""
    modules: int
    """Query files."""
    compiled: int
    """Query files that were not in the cache."""

    @property
    def failed(self) -> bool:
        return any(each.severity == "error" for each in self.diagnostics)


def generate(project: Project) -> Result:
    """Compile every query file of the project. Raises SourceError and FormatError."""
    sources = project.query_texts()
    run = _Run(project)
    known = {source.path: run.known_module(source) for source in sources}
    made = {source.path: run.compile_module(source) for source in sources if known[source.path] is None}
    package = project.cache.package(project.key) or run.compile_package()
    modules, package = run.formatted(sources, made, package)
    entries = [known[source.path] or modules[source.path] for source in sources]
    diagnostics = (
        *package.diagnostics,
        *_collisions(sources),
        *(found for entry in entries for found in entry.diagnostics),
    )
    files = {
        f"{module_name(source.stem)}.py": entry.text
        for source, entry in zip(sources, entries, strict=True)
        if entry.text
    }
    texts = {**project.texts, **{source.path: source.text for source in sources}}
    return Result({**package.files, **files}, diagnostics, texts, len(sources), len(made))


class _Run:
    """One run over one state of the files."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.cache = project.cache
        self.key = project.key

    def known_module(self, source: QueryText) -> ModuleEntry | None:
        return self.cache.module(module_name(source.stem), self._module_key(source))

    def compile_module(self, source: QueryText) -> ModuleEntry:
        file = self.project.check(source)
        text = None if file.failed else self.project.module(file)
        return ModuleEntry(self._module_key(source), file.diagnostics, text)

    def compile_package(self) -> PackageEntry:
        sources = ", ".join(self.project.config.schema)
        files = package_files(self.project.models.text(sources))
        return PackageEntry(self.key, self.project.schema.diagnostics, files)

    def formatted(
        self, sources: Sequence[QueryText], made: dict[str, ModuleEntry], package: PackageEntry
    ) -> tuple[dict[str, ModuleEntry], PackageEntry]:
        """Format the files made in this run, in one call of ruff, and put them in the cache."""
        names = {source.path: module_name(source.stem) for source in sources}
        raw = {f"{names[path]}.py": entry.text for path, entry in made.items() if entry.text is not None}
        new_package = self.cache.package(self.key) is None
        done = _formatted({**raw, **(package.files if new_package else {})}, self.project.settings)
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

    def _module_key(self, source: QueryText) -> str:
        return fingerprint([self.key, source.path, source.text])


def _formatted(files: dict[str, str], settings: Path) -> dict[str, str]:
    if not files:
        return files
    from tools.sqlgen.driver.formatting import format_files  # noqa: PLC0415 - if nothing changed, not needed

    return format_files(files, settings)


def _collisions(sources: Sequence[QueryText]) -> list[Diagnostic]:
    """Report query files whose modules would have the same name, or a name that every package has."""
    first: dict[str, QueryText] = {}
    found: list[Diagnostic] = []
    for source in sources:
        module = module_name(source.stem)
        if module in RESERVED:
            message = f"the generated package has a module '{module}' of its own"
            found.append(Diagnostic(source.path, 0, 0, message, "rename the file"))
        other = first.setdefault(module, source)
        if other is not source:
            message = f"{other.path} already makes the module '{module}'"
            found.append(Diagnostic(source.path, 0, 0, message, "rename one of the two files"))
    return found
