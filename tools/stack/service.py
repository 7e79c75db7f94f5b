"""Runs the API as a background process of this checkout, and restarts it if its code or settings have changed."""

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.stack import process, proxy
from tools.stack.errors import StackError
from tools.stack.layout import CHECKOUT, STACK, preferred_port, read_json, write_json
from tools.stack.ports import free_port, is_free

HOME = STACK / "api"
REPLICAS = (STACK / "api-1", STACK / "api-2")
_NAMES = {"api": "API", "api-1": "API 1", "api-2": "API 2", "proxy": "proxy"}
_STARTED_WITH = "started-with.json"
_ADDRESS = HOME / "address.json"
_LAST_PORT = 65_535
_READY_SECONDS = 90
_STOP_SECONDS = 40


@dataclass(frozen=True)
class Address:
    """The address that the API listens on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The base URL for clients on this machine."""
        every = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
        host = every.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def address(environ: Mapping[str, str]) -> Address:
    """Read HOST and PORT as the service does. Raises StackError for an invalid port."""
    port = environ.get("PORT", "") or "3000"
    if not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        raise StackError(f"PORT={port!r} is not a port", f"a number from 1 to {_LAST_PORT}")
    return Address(environ.get("HOST", "") or "127.0.0.1", int(port))


def address_to_ask(environ: Mapping[str, str]) -> Address:
    """The address for clients: that of HOST and PORT if PORT is set, else that of the API that `up` has started.

    HOST and PORT have their defaults if neither is known. Raises StackError for an invalid port.
    """
    known = running_at()
    return address(environ) if known is None or environ.get("PORT") else known


def up(variables: Mapping[str, str], say: Callable[[str], None], *, behind_proxy: bool = False) -> Address:
    """Start the API with these variables, or restart an outdated one, and wait until it is ready. Raises StackError.

    `behind_proxy`: two processes on ports of their own, restarted one after the other, and a proxy on the API's port.
    """
    env = {**os.environ, **variables}
    where = address(env)
    for home in (HOME,) if behind_proxy else (proxy.HOME, *REPLICAS):
        _stop(home, say)
    require_port(env)
    write_json(_ADDRESS, where)
    if not behind_proxy:
        _start(HOME, where, env, say)
        return where
    replicas = [Address("127.0.0.1", _port_of(home, 12 + number)) for number, home in enumerate(REPLICAS)]
    for home, replica in zip(REPLICAS, replicas, strict=True):
        own = {"HOST": replica.host, "PORT": str(replica.port), "TRUSTED_PROXIES": replica.host}
        _start(home, replica, {**env, **own}, say)
    proxy.start(f"{where.host}:{where.port}", [f"{each.host}:{each.port}" for each in replicas])
    _wait_until_ready(where, proxy.HOME)
    return where


def _start(home: Path, where: Address, env: Mapping[str, str], say: Callable[[str], None]) -> None:
    started_with = _fingerprint(env)
    running = process.recorded(home)
    if running is not None and read_json(home / _STARTED_WITH, str) != started_with:
        say("API: restarting, as its code or settings have changed since it was started")
        process.stop(running, seconds=_STOP_SECONDS)
        running = None
    if running is None:
        _require_free(where)
        write_json(home / _STARTED_WITH, started_with)
        process.spawn([sys.executable, "-m", "product_dashboard.server"], home=home, env=env, cwd=CHECKOUT)
    _wait_until_ready(where, home)


def _port_of(home: Path, offset: int) -> int:
    """The port of a process behind the proxy: the one that it has, or a free one."""
    port = read_json(home / "port.json", int)
    if port is None or process.recorded(home) is None:
        port = free_port(port or preferred_port(offset))
        write_json(home / "port.json", port)
    return port


def require_port(environ: Mapping[str, str]) -> None:
    """Raise StackError if a program other than the API of this checkout has its port, or if the port is invalid."""
    where = address(environ)
    if running_at() != where:
        _require_free(where)


def running_at() -> Address | None:
    """The address of the API that `up` has started; None if it does not run."""
    runs = any(process.recorded(home) is not None for home in (HOME, proxy.HOME))
    return read_json(_ADDRESS, Address) if runs else None


def _require_free(where: Address) -> None:
    if not is_free(where.port, where.host):
        raise StackError(
            f"port {where.port} is taken by another program",
            f"set PORT to a free one: `PORT={where.port + 1} just up`, or PORT={where.port + 1} in .env",
        )


def down(say: Callable[[str], None]) -> None:
    """Stop the API if it runs; it completes its open requests first."""
    for home in (proxy.HOME, *REPLICAS, HOME):
        _stop(home, say)


def _stop(home: Path, say: Callable[[str], None]) -> None:
    running = process.recorded(home)
    if running is None:
        return
    if process.stop(running, seconds=_STOP_SECONDS):
        say(f"{_NAMES[home.name]}: stopped")
    else:
        say(
            f"{_NAMES[home.name]}: killed, as it did not stop within {_STOP_SECONDS} s; see {process.log_of(home)}"
        )


def log_command(*, follow: bool) -> list[str]:
    """The command that shows the ends of the logs of the processes that run, or of the last one."""
    homes = [home for home in (*REPLICAS, proxy.HOME) if process.recorded(home) is not None]
    return process.tail_command(*(homes or [HOME]), follow=follow)


def rows() -> list[str]:
    """One line for each process of the API, for people; none if it does not run."""
    found = [(home, process.recorded(home)) for home in (HOME, *REPLICAS, proxy.HOME)]
    return [f"{_NAMES[home.name]}: pid {each.pid}{_place(home)}" for home, each in found if each is not None]


def _place(home: Path) -> str:
    if home in REPLICAS:
        return f" at http://127.0.0.1:{read_json(home / 'port.json', int)}, behind the proxy"
    return f" at {address_to_ask({}).url}"


def _wait_until_ready(where: Address, home: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        alive = process.recorded(home) is not None
        answer = _health(where)
        if answer is None and alive and time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        if answer is None:
            what = "is not ready" if alive else "ended while starting"
            raise StackError(
                f"the {_NAMES[home.name]} {what}; the end of its log:\n{process.last_lines(home)}",
                f"the whole log: {process.log_of(home)}",
            )
        return


def _health(where: Address) -> bytes | None:
    """The response of the readiness check; None if the API is not ready."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{where.url}/health/ready", timeout=5) as response:
            body: bytes = response.read()
            return body
    except (urllib.error.URLError, OSError):
        return None


def _fingerprint(env: Mapping[str, str]) -> str:
    """A digest of the service's code and of all variables that it reads."""
    files = sorted(
        (str(path.relative_to(CHECKOUT)), path.stat().st_mtime_ns, path.stat().st_size)
        for folder in ("src", "generated")
        for path in (CHECKOUT / folder).rglob("*.py")
    )
    settings = sorted((name, value) for name, value in env.items() if name in _documented_variables())
    return hashlib.sha256(json.dumps([files, settings, sys.executable]).encode()).hexdigest()


def _documented_variables() -> frozenset[str]:
    """The variables in `.env.example`, which are all that the service reads."""
    lines = (CHECKOUT / ".env.example").read_text(encoding="utf-8").splitlines()
    assigned = (line.lstrip("# ").partition("=")[0] for line in lines if "=" in line)
    return frozenset(name for name in assigned if name.isupper() and " " not in name)
