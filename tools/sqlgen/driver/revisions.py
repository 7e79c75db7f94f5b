"""The query files of another git revision."""

import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tools.sqlgen.input.sources import QueryText, SourceError


def queries_of_revision(revision: str, paths: Sequence[str], root: Path) -> list[QueryText]:
    """The .sql files at and below `paths` as that revision has them. Raises SourceError."""
    listing = _git(root, "ls-tree", "-r", "--name-only", "--end-of-options", revision, *paths)
    names = [name for name in listing.splitlines() if name.endswith(".sql")]
    if not names:
        raise SourceError(f"revision {revision} has no query files in {', '.join(paths)}")
    return [
        QueryText(f"{revision}:{name}", PurePosixPath(name).stem, _git(root, "show", f"{revision}:./{name}"))
        for name in names
    ]


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SourceError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
