"""Finds the MySQL and MariaDB server programs of this machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tools.stack.errors import Unusable

Flavour = Literal["mysql", "mariadb"]
OLDEST: Mapping[Flavour, tuple[int, ...]] = {"mysql": (8, 0), "mariadb": (10, 11)}
# Servers are in sbin, which is often only on root's PATH, and in Homebrew's folders of unlinked formulas.
_MORE_FOLDERS = (
    "/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec", "/usr/local/mysql/bin",
    "/opt/homebrew/bin", "/opt/homebrew/opt/mysql/bin", "/opt/homebrew/opt/mariadb/bin",
    "/usr/local/opt/mysql/bin", "/usr/local/opt/mariadb/bin",
)  # fmt: skip


@dataclass(frozen=True)
class MysqlProgram:
    """A server program that runs and is new enough."""

    path: Path
    flavour: Flavour
    version: tuple[int, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])  # added to the environment
    basedir: Path | None = None  # if not the one that it was built for

    @property
    def series(self) -> str:
        """Name for a data folder: a server of another series cannot read the folder."""
        return f"{self.flavour}-{self.version[0]}.{self.version[1]}"

    def __str__(self) -> str:
        name = "MySQL" if self.flavour == "mysql" else "MariaDB"
        return f"{name} {'.'.join(map(str, self.version))} ({self.path})"


def search_path() -> str:
    """PATH with the other folders that servers are installed in."""
    return os.pathsep.join([os.environ.get("PATH", ""), *_MORE_FOLDERS])


def installed_programs(only: Flavour | None = None) -> Iterator[MysqlProgram | Unusable]:
    """The server programs of this machine, MySQL first; for an unusable one, the reason."""
    seen: set[Path] = set()
    for name in ("mysqld", "mariadbd"):
        found = shutil.which(name, path=search_path())
        if found is None or Path(found).resolve() in seen:
            continue
        seen.add(Path(found).resolve())
        try:
            program = examine(Path(found))
        except Unusable as why:
            yield why
        else:
            if only in {None, program.flavour}:
                yield program


def examine(path: Path, *, env: Mapping[str, str] | None = None, basedir: Path | None = None) -> MysqlProgram:
    """Run `path --version`. Raises Unusable if the program does not run or is too old."""
    env = env or {}
    try:
        shown = subprocess.run(
            [path, "--no-defaults", "--version"],
            capture_output=True, text=True, timeout=30, check=False, env={**os.environ, **env},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unusable(f"{path} does not run: {error}") from error
    version = re.search(r"Ver (\d+)\.(\d+)\.(\d+)", shown.stdout)
    if shown.returncode != 0 or version is None:
        raise Unusable(f"{path} does not run: {(shown.stderr or shown.stdout).strip()[:300]}")
    flavour: Flavour = "mariadb" if "mariadb" in shown.stdout.lower() else "mysql"
    program = MysqlProgram(path, flavour, tuple(map(int, version.groups())), env, basedir)
    if program.version < OLDEST[flavour]:
        raise Unusable(f"{program} is too old: {'.'.join(map(str, OLDEST[flavour]))} or newer is needed")
    return program
