"""The Chromium that drives the tests of the page: one of this machine, or the distribution's package, unpacked."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.stack.errors import Unusable
from tools.stack.layout import STACK, private_folder
from tools.stack.packages import Apt, library_path, unpack

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PACKAGES = ("chromium", "chromium-browser")
_UNPACKED = ("usr/lib/chromium/chromium", "usr/lib/chromium-browser/chromium-browser")
_SECONDS = 30


@dataclass(frozen=True)
class Browser:
    """A Chromium that runs here; `env` is added to its environment."""

    path: Path
    env: Mapping[str, str]


def find_browser() -> Browser:
    """Return a Chromium; fetch and unpack the package at the first use on a machine without one. Raises Unusable."""
    for name in NAMES:
        if path := shutil.which(name):
            return _examined(Path(path), {})
    folder = private_folder(STACK / "browser")
    for root in sorted(folder.glob("[!.]*/")):  # a name with a leading dot is an unfinished one
        if (browser := _unpacked_in(root)) is not None:
            return browser
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Unusable("there is no Chromium, and no apt to fetch its package with")
    return _fetched(folder)


def _fetched(folder: Path) -> Browser:
    reasons: list[str] = []
    for own_lists in (False, True):
        apt = Apt(folder, own_lists=own_lists)
        apt.update()
        for package in PACKAGES:
            try:
                return unpack(apt, package, folder, _unpacked_in)
            except Unusable as why:
                reasons.append(f"{package}: {why.message}")
    raise Unusable("; ".join(reasons))


def _unpacked_in(root: Path) -> Browser | None:
    paths: Iterator[Path] = filter(Path.is_file, map(partial(Path, root), _UNPACKED))
    path = next(paths, None)
    return None if path is None else _examined(path, {"LD_LIBRARY_PATH": library_path(root)})


def _examined(path: Path, env: Mapping[str, str]) -> Browser:
    """Return the browser if it starts. Raises Unusable."""
    try:
        ended = subprocess.run(
            [path, "--version"], env={**os.environ, **env}, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unusable(f"{path}: {error}") from error
    if ended.returncode != 0 or not ended.stdout.strip():
        raise Unusable(f"{path} does not run: {ended.stderr.strip()[:300]}")
    return Browser(path, env)
