"""The peers of the HTTP benchmark, and its bare handler, answer as the service does.

`just bench http` checks the same at each start.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tools.bench.http.peers import MODULES, environment
from tools.bench.http.peers.agreement import different_lists, disagreements
from tools.bench.http.scenarios import Samples, call, take_samples
from tools.bench.http.server_process import ServerProcess, running

SIZES = {"categories": 5, "products": 200, "customers": 100, "orders": 300}

pytestmark = pytest.mark.any_server


@pytest.fixture(scope="module")
def variables(create_database: Callable[[], str], redis_url: str) -> dict[str, str]:
    """The variables of a server on a database with sample data."""
    variables = {"DATABASE_URL": create_database(), "REDIS_URL": redis_url}
    sizes = [word for name, count in SIZES.items() for word in (f"--{name}", f"{count}")]
    seed = [sys.executable, "-m", "tools.seed", *sizes]
    subprocess.run(seed, env={**os.environ, **variables}, check=True, capture_output=True)
    return variables


@pytest.fixture(scope="module")
def service(variables: dict[str, str]) -> Iterator[ServerProcess]:
    with running({**variables, "CACHE_ENABLED": "false"}) as server:
        yield server


@pytest.fixture(scope="module")
def samples(service: ServerProcess) -> Samples:
    return take_samples(service)


def test_the_bare_handler_answers_as_the_service_does(
    variables: dict[str, str], service: ServerProcess, samples: Samples
) -> None:
    with running(variables, ("tools.bench.http.bare_lists",)) as bare:
        assert different_lists(service, bare, samples) == []


@pytest.mark.skipif(
    not environment.is_installed(),
    reason="the peers' packages are not installed; `just bench http` installs them",
)
@pytest.mark.parametrize("module", MODULES.values())
def test_a_peer_answers_as_the_service_does(
    variables: dict[str, str], service: ServerProcess, samples: Samples, module: str
) -> None:
    path = {"PYTHONPATH": environment.import_path()}
    with ExitStack() as servers:
        cached, uncached = (
            servers.enter_context(
                running(
                    {**variables, **path, "CACHE_ENABLED": enabled}, (module,), python=str(environment.PYTHON)
                )
            )
            for enabled in ("true", "false")
        )
        assert disagreements(service, uncached, samples) == []
        assert disagreements(service, cached, samples) == []

        # The check itself: what the peer has cached is old after a write that it does not know of.
        product = f"/products/{samples.product_ids[0]}"
        call(service, f"{product}/stock", {"delta": 1, "reason": "A delivery"})
        assert product in disagreements(service, cached, samples)
