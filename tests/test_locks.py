"""The locks of dependencies hold what pyproject.toml asks for, hashes and nothing else."""

import re
import tomllib
from pathlib import Path

import pytest

from tools.lock import CHECKOUT, DEVELOPMENT, RUNTIME, differences, requirements

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())


def normal(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


@pytest.mark.parametrize("name", [DEVELOPMENT, RUNTIME])
def test_every_requirement_has_one_version_and_hashes_and_no_address(name: str) -> None:
    for requirement in requirements(CHECKOUT / name).values():
        assert re.fullmatch(
            r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+( ; [^-]+?)?( --hash=sha256:[0-9a-f]{64})+", requirement
        )
    assert "://" not in (CHECKOUT / name).read_text()


def test_what_the_image_installs_is_what_the_tests_ran_with() -> None:
    tested = requirements(CHECKOUT / DEVELOPMENT)
    for name, requirement in requirements(CHECKOUT / RUNTIME).items():
        assert (
            tested[name].split(" ; ")[0].split(" --hash")[0]
            == requirement.split(" ; ")[0].split(" --hash")[0]
        )


def test_the_runtime_lock_has_every_dependency_and_no_tool() -> None:
    locked = set(requirements(CHECKOUT / RUNTIME))
    assert {normal(each) for each in PROJECT["project"]["dependencies"]} <= {normal(each) for each in locked}
    assert not {"pytest", "mypy", "ruff", "testcontainers", "hatchling"} & locked


def test_the_build_backend_is_in_the_development_lock_at_its_pinned_version() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert requirements(CHECKOUT / DEVELOPMENT)["hatchling"].startswith(backend)


def test_differences_name_what_is_missing_what_is_not_needed_and_what_is_another_version(
    tmp_path: Path,
) -> None:
    ours, wanted = tmp_path / "ours", tmp_path / "wanted"
    ours.write_text("# note\na==1 \\\n    --hash=sha256:00\n    # via x\nb==1 \\\n    --hash=sha256:01\n")
    wanted.write_text(
        "a==2 \\\n    --hash=sha256:00 \\\n    --hash=sha256:02\nc==3 \\\n    --hash=sha256:03\n"
    )

    assert differences(ours, wanted) == [
        "a: 1 (1 hashes) should be 2 (2 hashes)",
        "b: not needed",
        "c: is missing",
    ]
    assert differences(ours, ours) == []
