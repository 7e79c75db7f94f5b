"""The locks pin every dependency with hashes, and name no package registry."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
DEVELOPMENT, RUNTIME, BENCH = "requirements.lock", "requirements-runtime.lock", "requirements-bench.lock"
TRACES = "requirements-otel.lock"
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())


def requirements(lock: str) -> dict[str, str]:
    """Requirements of a lock by name, each with its version, marker and hashes on one line."""
    joined = (CHECKOUT / lock).read_text().replace("\\\n", " ")
    lines = (" ".join(line.split()) for line in joined.splitlines())
    return {line.partition("==")[0]: line for line in lines if line and not line.startswith("#")}


def version(requirement: str) -> str:
    return re.split(r" ; | --hash", requirement, maxsplit=1)[0]


def normal(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


@pytest.mark.parametrize("lock", [DEVELOPMENT, RUNTIME, BENCH, TRACES])
def test_every_requirement_has_one_version_and_hashes_and_no_address(lock: str) -> None:
    for requirement in requirements(lock).values():
        assert re.fullmatch(
            r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+( ; [^-]+?)?( --hash=sha256:[0-9a-f]{64})+", requirement
        )
    text = (CHECKOUT / lock).read_text()
    assert "://" not in text
    assert "--index" not in text


def test_the_image_installs_the_versions_that_the_tests_ran_with() -> None:
    tested = requirements(DEVELOPMENT)
    for lock in (RUNTIME, TRACES):
        for name, requirement in requirements(lock).items():
            assert version(tested[name]) == version(requirement)


def test_the_packages_for_traces_are_those_of_the_image_and_of_the_extra() -> None:
    traces = set(requirements(TRACES))
    assert set(requirements(RUNTIME)) < traces
    assert {normal(each) for each in PROJECT["project"]["optional-dependencies"]["otel"]} <= traces


def test_the_service_and_its_peers_are_compared_on_the_same_versions() -> None:
    bench = requirements(BENCH)
    for name, requirement in requirements(RUNTIME).items():
        assert version(bench[name]) == version(requirement)


def test_the_runtime_lock_has_every_dependency_and_no_tool() -> None:
    locked = set(requirements(RUNTIME))
    assert {normal(each) for each in PROJECT["project"]["dependencies"]} <= {normal(each) for each in locked}
    assert not {"pytest", "mypy", "ruff", "testcontainers", "hatchling"} & locked


def test_the_build_backend_is_in_the_development_lock_at_its_pinned_version() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert requirements(DEVELOPMENT)["hatchling"].startswith(backend)
