"""Runs MySQL and Redis in containers of this checkout, with the `docker` command line.

`down` removes a container. Its data is in a volume, which only `reset` removes. The passwords are labels of
the volume, so that they are deleted together with the data.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tools.stack.accounts import (
    SERVING_USER,
    USER,
    MysqlLogin,
    account_statements,
    derived_password,
    serving_statements,
    wait_for_mysql,
    wait_for_redis,
)
from tools.stack.errors import Unusable
from tools.stack.layout import CHECKOUT, checkout_id
from tools.stack.options import DEVELOPMENT
from tools.stack.ports import free_port

MYSQL_IMAGE = "mysql:9.7"
REDIS_IMAGE = "redis:8"
_LABEL = "product-dashboard.checkout"
_ANSWER_SECONDS = 10
_PULL_SECONDS = 120
_START_SECONDS = 180


@dataclass(frozen=True)
class Container:
    """One container and its volume. `name` is that of both; `port` and `data` are the ones in the container."""

    name: str
    image: str
    port: int
    data: str

    def inspect(self) -> Any:
        """The output of `docker inspect`; None if there is no such container."""
        return _inspected("container", self.name)

    def published_port(self) -> int | None:
        """The port on this machine; None if the container does not run."""
        facts = self.inspect()
        if facts is None or not facts["State"]["Running"]:
            return None
        bindings: list[dict[str, str]] = facts["NetworkSettings"]["Ports"].get(f"{self.port}/tcp") or []
        return int(bindings[0]["HostPort"]) if bindings else None

    def running(self) -> bool:
        """True if the container runs."""
        facts = self.inspect()
        return facts is not None and bool(facts["State"]["Running"])

    def password(self, account: str) -> str:
        """The account's password, from a label of the volume; creates the volume if there is none."""
        volume = _inspected("volume", self.name)
        if volume is None:
            fresh = {name: secrets.token_hex(16) for name in ("root", USER)}
            labels = [
                word
                for name, value in fresh.items()
                for word in ("--label", f"product-dashboard.{name}={value}")
            ]
            docker("volume", "create", "--label", f"{_LABEL}={CHECKOUT}", *labels, self.name)
            volume = _inspected("volume", self.name)
        passwords: dict[str, str] = volume["Labels"] or {}
        if f"product-dashboard.{account}" not in passwords:
            raise Unusable(f"the volume {self.name} was not created by this tool")
        return passwords[f"product-dashboard.{account}"]

    def start(self, preferred_port: int, environment: Mapping[str, str], command: Sequence[str]) -> int:
        """Start the container, unless it runs; its port on this machine."""
        port = self.published_port()
        if port is None:
            docker("rm", "--force", self.name, missing_is_fine=True)
            port = free_port(preferred_port)
            settings = [word for name in environment for word in ("--env", name)]
            docker(
                "run", "--detach", "--name", self.name, "--label", f"{_LABEL}={CHECKOUT}",
                "--publish", f"127.0.0.1:{port}:{self.port}", "--volume", f"{self.name}:{self.data}",
                *settings, self.image, *command,
                env=environment,
            )  # fmt: skip
        return port

    def logs(self) -> str:
        """The last lines of the container's log, indented."""
        ended = subprocess.run(
            ["docker", "logs", "--tail", "15", self.name], capture_output=True, text=True, check=False
        )
        return "\n".join(f"  | {line}" for line in (ended.stdout + ended.stderr).splitlines()[-15:])

    def stop(self) -> bool:
        """Stop and remove the container, but not its volume; False if there was none."""
        if self.inspect() is None:
            return False
        docker("stop", "--time", "30", self.name)
        docker("rm", "--force", self.name, missing_is_fine=True)
        return True

    def drop(self) -> bool:
        """Remove the volume; False if there was none."""
        if _inspected("volume", self.name) is None:
            return False
        docker("volume", "rm", self.name)
        return True


MYSQL = Container(f"product-dashboard-{checkout_id()}-mysql", MYSQL_IMAGE, 3306, "/var/lib/mysql")
REDIS = Container(f"product-dashboard-{checkout_id()}-redis", REDIS_IMAGE, 6379, "/data")


def ensure_network(name: str) -> None:
    """Create a network of this checkout, unless there is one with this name."""
    if _inspected("network", name) is None:
        docker("network", "create", "--label", f"{_LABEL}={CHECKOUT}", name)


def ensure_connected(container: str, network: str, alias: str) -> None:
    """Connect a container to a network, where it has this name, unless it is connected."""
    if network not in _inspected("container", container)["NetworkSettings"]["Networks"]:
        docker("network", "connect", "--alias", alias, network, container)


def require_engine() -> None:
    """Check that a Docker Engine runs on this machine. Raises Unusable with the reason if not."""
    try:
        ended = _docker("version", "--format", "{{.Server.Version}}", seconds=_ANSWER_SECONDS)
    except FileNotFoundError:
        raise Unusable("there is no docker command") from None
    except subprocess.TimeoutExpired:
        raise Unusable(f"the Docker Engine does not answer within {_ANSWER_SECONDS} s") from None
    if ended.returncode != 0:
        raise Unusable(f"no Docker Engine answers: {_last_line(ended.stderr)}")
    endpoint = os.environ.get("DOCKER_HOST", "")
    if urlsplit(endpoint).scheme in {"tcp", "ssh"}:
        raise Unusable(f"the Docker Engine is on another machine ({endpoint}): its ports are not on this one")


def require_image(image: str) -> None:
    """Pull the image, unless it is here, and show the progress. Raises Unusable on failure and after two minutes."""
    if _inspected("image", image) is not None:
        return
    print(f"stack: pulling {image}, for {_PULL_SECONDS} s at most ...", file=sys.stderr, flush=True)
    try:
        ended = subprocess.run(
            ["docker", "pull", image], stdout=sys.stderr, timeout=_PULL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unusable(
            f"the image {image} could not be pulled within {_PULL_SECONDS} s",
            f"`docker pull {image}` takes as long as it needs; then run this again",
        ) from None
    if ended.returncode != 0:
        raise Unusable(f"the image {image} is not here and cannot be pulled")


def start_mysql(preferred_port: int) -> tuple[str, str]:
    """Start MySQL in its container, unless it runs; the URLs of the owner's and of the API's account.

    Raises Unusable.
    """
    root, service = MYSQL.password("root"), MYSQL.password(USER)
    port = MYSQL.start(preferred_port, {"MYSQL_ROOT_PASSWORD": root}, DEVELOPMENT)
    administrator = MysqlLogin("127.0.0.1", port, "root", root)
    try:
        wait_for_mysql(administrator, seconds=_START_SECONDS, still_starting=MYSQL.running)
    except Unusable as why:
        raise Unusable(f"the container {MYSQL.name}: {why.message}\n{MYSQL.logs()}") from why
    # Not from a label, as the others: a volume of an earlier version lacks it, and labels cannot be added.
    serving = derived_password(root, SERVING_USER)
    administrator.run(account_statements(service) + serving_statements(serving))
    logins = (
        MysqlLogin("127.0.0.1", port, USER, service),
        MysqlLogin("127.0.0.1", port, SERVING_USER, serving),
    )
    return logins[0].url(), logins[1].url()


def start_redis(preferred_port: int) -> str:
    """Start Redis in its container, unless it runs; its URL. Raises Unusable."""
    password = REDIS.password("root")
    # No persistence: a cache that loads values from a disk would serve old ones.
    command = ["redis-server", "--requirepass", password, "--save", "", "--appendonly", "no"]
    port = REDIS.start(preferred_port, {}, command)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        wait_for_redis(url, seconds=_START_SECONDS, still_starting=REDIS.running)
    except Unusable as why:
        raise Unusable(f"the container {REDIS.name}: {why.message}\n{REDIS.logs()}") from why
    return url


def docker(*arguments: str, env: Mapping[str, str] | None = None, missing_is_fine: bool = False) -> str:
    """Run a docker command; its output. Raises Unusable with its error message."""
    ended = _docker(*arguments, env=env)
    if ended.returncode != 0 and not (missing_is_fine and _is_missing(ended.stderr)):
        raise Unusable(f"docker {arguments[0]}: {_last_line(ended.stderr)}")
    return ended.stdout


def _docker(
    *arguments: str, env: Mapping[str, str] | None = None, seconds: float = 120
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        timeout=seconds, env={**os.environ, **(env or {})},
    )  # fmt: skip


def _inspected(kind: str, name: str) -> Any:
    ended = _docker(kind, "inspect", name)
    if ended.returncode != 0:
        if _is_missing(ended.stderr):
            return None
        raise Unusable(f"docker {kind} inspect: {_last_line(ended.stderr)}")
    return json.loads(ended.stdout)[0]


def _is_missing(error: str) -> bool:
    """Return True if docker's error says that there is no such thing. For networks it has other words."""
    return "no such" in error.lower() or "not found" in error.lower()


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:300] if lines else "no message"
