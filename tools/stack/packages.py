"""Unpacks programs from the distribution's packages into a folder, without root: servers, Prometheus, a browser.

apt resolves the dependencies that this machine does not have, and checks signatures and hashes as usual. The
packages are unpacked, not installed. If the package lists of this machine are absent or out of date, apt
fetches its sources' lists into the same folder.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tools.stack.errors import Unusable
from tools.stack.layout import private_folder
from tools.stack.mysql_programs import Flavour, MysqlProgram, examine

_SERVERS = r"^(mysql(-community)?|mariadb)-server-core(-[0-9.]+)?$"
_SERVER_PATHS = ("usr/sbin/mysqld", "usr/sbin/mariadbd", "usr/bin/mysqld", "usr/bin/mariadbd")
# The loader of this machine works only with its own C library.
_NEVER_UNPACKED = re.compile(r"^(libc6|libc-bin|libc6-.*)$")
_SECONDS = 300

ProgramT = TypeVar("ProgramT")


def unpacked_program(folder: Path, only: Flavour | None = None) -> MysqlProgram:
    """The server unpacked in `folder`; fetches and unpacks one on first use. Raises Unusable."""
    for root in sorted(folder.glob("[!.]*/")):  # a name with a leading dot is an unfinished one
        if (program := _program_in(root)) is not None and only in {None, program.flavour}:
            return program
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Unusable("there is no apt to fetch the packages of a server with")
    reasons: list[str] = []
    for apt in (Apt(folder, own_lists=False), Apt(folder, own_lists=True)):
        try:
            return _fetch(apt, folder, only)
        except Unusable as why:
            reasons.append(why.message)
    raise Unusable("; then with new package lists: ".join(reasons))


def unpacked_package(folder: Path, package: str) -> Path:
    """The files of one package in `folder`, without its dependencies; fetched on first use. Raises Unusable."""
    root, draft = folder / package, folder / f".{package}.new"
    if root.is_dir():
        return root
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Unusable(f"there is no apt to fetch the package {package} with")
    reasons: list[str] = []
    for apt in (Apt(folder, own_lists=False), Apt(folder, own_lists=True)):
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "debs").mkdir(parents=True)
        try:
            apt.update()
            apt.download([package], draft / "debs")
        except Unusable as why:
            reasons.append(why.message)
            continue
        _extract(draft)
        draft.rename(root)
        return root
    raise Unusable("; then with new package lists: ".join(reasons))


def _extract(draft: Path) -> None:
    for archive in sorted((draft / "debs").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(archive), str(draft)])
    shutil.rmtree(draft / "debs")


def _fetch(apt: "Apt", folder: Path, only: Flavour | None) -> MysqlProgram:
    apt.update()
    reasons: list[str] = []
    for package in apt.servers(only):
        try:
            return unpack(apt, package, folder, _program_in)
        except Unusable as why:
            reasons.append(f"{package}: {why.message}")
    raise Unusable("; ".join(reasons) or "the package sources have no server")


def unpack(apt: "Apt", package: str, folder: Path, find: Callable[[Path], ProgramT | None]) -> ProgramT:
    """Download a package with its dependencies, and unpack them. `find` returns the program below a root, or None.

    Raises Unusable, also if the program does not run.
    """
    root, draft = folder / package, folder / f".{package}.new"
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "debs").mkdir(parents=True)
    needed = apt.needed(package)
    print(f"stack: fetching {len(needed)} packages for {package} ...", file=sys.stderr, flush=True)
    apt.download(needed, draft / "debs")
    _extract(draft)
    if find(draft) is None:  # raises with the reason if it does not run
        raise Unusable("the program is not in it")
    shutil.rmtree(root, ignore_errors=True)
    draft.rename(root)
    program = find(root)
    if program is None:
        raise Unusable("the unpacked program is gone")
    return program


def _program_in(root: Path) -> MysqlProgram | None:
    for name in _SERVER_PATHS:
        path = root / name
        if path.is_file() and not path.is_symlink():
            return examine(path, env={"LD_LIBRARY_PATH": library_path(root)}, basedir=root / "usr")
    return None


def library_path(root: Path) -> str:
    """Return the LD_LIBRARY_PATH of the programs that are unpacked below `root`."""
    return os.pathsep.join(str(folder) for folder in _library_folders(root))


def _library_folders(root: Path) -> Iterator[Path]:
    for library in ("lib", "usr/lib"):
        yield from sorted((root / library).glob("*-linux-gnu*/"))
        if (root / library).is_dir():
            yield root / library
    yield from sorted((root / "usr/lib").glob("*/private/"))  # MySQL's own copies of shared libraries


@dataclass(frozen=True)
class Apt:
    """apt with its state in `folder`, so that it needs neither root nor the machine's locks."""

    folder: Path
    own_lists: bool

    def _options(self) -> list[str]:
        state = private_folder(self.folder / ".apt")
        for name in ("lists/partial", "cache/archives/partial"):
            private_folder(state / name)
        options = {
            "Dir::Cache": f"{state}/cache/",
            "Debug::NoLocking": "true",
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "30",
        }
        if self.own_lists:
            options["Dir::State::Lists"] = f"{state}/lists/"
        return [word for name, value in options.items() if value for word in ("-o", f"{name}={value}")]

    def update(self) -> None:
        """Fetch the package lists, if `own_lists`. Ignores a failing source: a missing package is reported later."""
        if self.own_lists:
            print("stack: fetching package lists ...", file=sys.stderr, flush=True)
            subprocess.run(
                ["apt-get", *self._options(), "-q", "update"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                timeout=_SECONDS, check=False,
            )  # fmt: skip

    def servers(self, only: Flavour | None) -> list[str]:
        """Names of the available server packages: MySQL before MariaDB, newer before older."""
        shown = _run(["apt-cache", *self._options(), "--names-only", "search", _SERVERS])
        names = [line.split(" ", 1)[0] for line in shown.splitlines()]
        wanted = [name for name in names if only is None or name.startswith(only)]
        return sorted(wanted, key=lambda name: (name.startswith("mysql"), _digits(name)), reverse=True)

    def needed(self, package: str) -> list[str]:
        """`name=version` of the package and of each dependency that this machine does not have."""
        plan = _run(
            [
                "apt-get",
                *self._options(),
                "--simulate",
                "--reinstall",
                "--no-install-recommends",
                "install",
                package,
            ]
        )
        found = re.findall(r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ", plan, flags=re.MULTILINE)
        needed = [f"{name}={version}" for name, version in found if not _NEVER_UNPACKED.match(name)]
        if not needed:
            raise Unusable("apt would install nothing for it")
        return needed

    def download(self, packages: Sequence[str], into: Path) -> None:
        """Download the packages' archives, verified by apt."""
        _run(["apt-get", *self._options(), "-q", "download", *packages], cwd=into)


def _digits(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name)) or (10_000,)


def _run(command: Sequence[str], cwd: Path | None = None) -> str:
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False,
            cwd=cwd, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unusable(f"{command[0]}: {error}") from error
    if ended.returncode != 0:
        said = [
            line for line in ended.stderr.splitlines() if line.startswith("E:")
        ] or ended.stderr.splitlines()
        raise Unusable(f"{command[0]}: {' '.join(said)[:300]}")
    return ended.stdout
