"""Runs HAProxy on this machine: one port before two processes of the API, as docker-compose.cluster.yml has it too.

Not SO_REUSEPORT: the kernel gives connections to a process that is not ready as well, and macOS gives all to one.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.stack import process
from tools.stack.errors import StackError, Unusable
from tools.stack.layout import STACK, read_json, write_json
from tools.stack.mysql_programs import search_path
from tools.stack.packages import Apt, library_path, unpack

HOME = STACK / "proxy"
CONFIGURATION = Path(__file__).with_name("haproxy.cfg")
_STARTED_WITH = HOME / "started-with.json"
_PACKAGE = "haproxy"


def start(address: str, servers: Sequence[str]) -> None:
    """Start the proxy on an address, or restart it if it has others; all of them as host:port. Raises StackError."""
    variables = {"PROXY_ADDRESS": address}
    variables |= {f"API{number}_ADDRESS": server for number, server in enumerate(servers, 1)}
    started_with = {**variables, "configuration": CONFIGURATION.read_text(encoding="utf-8")}
    if process.recorded(HOME) is not None:
        if read_json(_STARTED_WITH, dict[str, str]) == started_with:
            return
        process.stop_recorded(HOME)
    path, env = _program(STACK / "packages")
    write_json(_STARTED_WITH, started_with)
    process.spawn([str(path), "-f", str(CONFIGURATION)], home=HOME, env={**os.environ, **env, **variables})


def _program(folder: Path) -> tuple[Path, Mapping[str, str]]:
    """Find HAProxy on this machine, or unpack it below `folder`; its path and environment. Raises StackError."""
    installed = shutil.which("haproxy", path=search_path())
    if installed is not None:
        return Path(installed), {}
    if (found := _unpacked(folder / _PACKAGE)) is not None:
        return found
    reasons: list[str] = []
    for apt in (Apt(folder, own_lists=False), Apt(folder, own_lists=True)):
        try:
            apt.update()
            return unpack(apt, _PACKAGE, folder, _unpacked)
        except Unusable as why:
            reasons.append(why.message)
    raise StackError(
        f"there is no haproxy, and it cannot be fetched: {'; '.join(reasons)}",
        "install it: `sudo apt-get install haproxy`, `sudo dnf install haproxy`, `brew install haproxy`",
    )


def _unpacked(root: Path) -> tuple[Path, Mapping[str, str]] | None:
    path = root / "usr/sbin/haproxy"
    if not path.is_file():
        return None
    env = {"LD_LIBRARY_PATH": library_path(root)}
    shown = subprocess.run(
        [path, "-v"], capture_output=True, text=True, check=False, env={**os.environ, **env}
    )
    if shown.returncode != 0:
        raise Unusable(f"{path} does not run: {shown.stderr.strip()[:300]}")
    return path, env
