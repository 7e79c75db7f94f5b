"""The generated package on disk: writing it, and telling how it differs."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.sqlgen.diagnostics import RunError
from tools.sqlgen.emit.package import is_ours

_DIFF_LINES = 12


class Changes:
    """The differences between the generated files and the folder on disk. Raises RunError if that is a file."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        if folder.exists() and not folder.is_dir():
            raise RunError(
                f"{folder}: the output is a folder, and this is a file; see `out` in [tool.sqlgen]"
            )
        self.folder = folder
        self.files = files
        on_disk = {path.name: path for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}
        self.missing = sorted(name for name in files if name not in on_disk)
        self.stale = sorted(
            name for name, text in files.items() if name in on_disk and _read(on_disk[name]) != text
        )
        self.extra = sorted(
            name
            for name, path in on_disk.items()
            if name not in files and name.endswith(".py") and is_ours(_read(path))
        )

    @property
    def any(self) -> bool:
        return bool(self.missing or self.stale or self.extra)

    def apply(self) -> list[str]:
        """Write and remove files; returns one line for each change."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (*self.missing, *self.stale):
            part = self.folder / f".{name}.part"
            part.write_text(self.files[name], encoding="utf-8", newline="\n")
            part.replace(self.folder / name)
        for name in self.extra:
            (self.folder / name).unlink()
        written = [f"wrote {self.folder / name}" for name in sorted((*self.missing, *self.stale))]
        return [*written, *(f"removed {self.folder / name}" for name in self.extra)]

    def report(self) -> Iterator[str]:
        """Yield one line for each difference, and for a stale file the first lines that differ."""
        for name in self.missing:
            yield f"missing: {self.folder / name}"
        for name in self.extra:
            yield f"extra: {self.folder / name}"
        for name in self.stale:
            yield f"stale: {self.folder / name}"
            from difflib import unified_diff  # noqa: PLC0415 - only a stale file needs it

            before = _read(self.folder / name).splitlines()
            diff = unified_diff(
                before, self.files[name].splitlines(), "committed", "generated now", "", "", 1, ""
            )
            lines = list(diff)
            yield from (f"    {line}" for line in lines[2 : 2 + _DIFF_LINES])
            if len(lines) > _DIFF_LINES + 2:
                yield f"    ... {len(lines) - _DIFF_LINES - 2} lines more"


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
