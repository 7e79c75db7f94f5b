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

from tools.stack import process
from tools.stack.errors import StackError
from tools.stack.layout import CHECKOUT, STACK, read_json, write_json
from tools.stack.ports import is_free

HOME = STACK / "api"
_STARTED_WITH = HOME / "started-with.json"
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
    known = read_json(_ADDRESS, Address) if process.recorded(HOME) is not None else None
    return address(environ) if known is None or environ.get("PORT") else known


def up(variables: Mapping[str, str], say: Callable[[str], None]) -> Address:
    """Start the API with these variables, or restart an outdated one, and wait until it is ready. Raises StackError."""
    env = {**os.environ, **variables}
    where = address(env)
    started_with = _fingerprint(env)
    running = process.recorded(HOME)
    if running is not None and read_json(_STARTED_WITH, str) != started_with:
        say("API: restarting, as its code or settings have changed since it was started")
        process.stop(running, seconds=_STOP_SECONDS)
        running = None
    if running is None:
        _require_free(where)
        write_json(_STARTED_WITH, started_with)
        write_json(_ADDRESS, where)
        process.spawn([sys.executable, "-m", "product_dashboard.server"], home=HOME, env=env, cwd=CHECKOUT)
    _wait_until_ready(where)
    return where


def require_port(environ: Mapping[str, str]) -> None:
    """Raise StackError if a program other than the API of this checkout has its port, or if the port is invalid."""
    where = address(environ)
    own = read_json(_ADDRESS, Address) if process.recorded(HOME) is not None else None
    if own != where:
        _require_free(where)


def _require_free(where: Address) -> None:
    if not is_free(where.port, where.host):
        raise StackError(
            f"port {where.port} is taken by another program",
            f"set PORT to a free one: `PORT={where.port + 1} just up`, or PORT={where.port + 1} in .env",
        )


def down(say: Callable[[str], None]) -> None:
    """Stop the API if it runs; it completes its open requests first."""
    running = process.recorded(HOME)
    if running is None:
        return
    if process.stop(running, seconds=_STOP_SECONDS):
        say("API: stopped")
    else:
        say(f"API: killed, as it did not stop within {_STOP_SECONDS} s; see {process.log_of(HOME)}")


def _wait_until_ready(where: Address) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        alive = process.recorded(HOME) is not None
        answer = _health(where)
        if answer is None and alive and time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        if answer is None:
            what = "is not ready" if alive else "ended while starting"
            raise StackError(
                f"the API {what}; the end of its log:\n{process.last_lines(HOME)}",
                f"the whole log: {process.log_of(HOME)}",
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
