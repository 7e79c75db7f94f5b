"""A wrong argument where something is invalidated is a type error, as it is where it is read."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = """
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from product_dashboard.cache import Cache, CachedAnswer, Tag, cached


class Source: ...


@cached(name="product", ttl=timedelta(1), tags=lambda *, id, size=1: (Tag("products"),))
async def read_product(source: Source, *, id: UUID, size: int = 1) -> str:
    return ""


async def use(cache: Cache, source: Source, id: UUID) -> None:
    answer: CachedAnswer[str] = await read_product.response(cache, source, id=id)
    value: str = await read_product(source, id=id, size=2)
    whole: list[str] = value.split()
    read_product.key(id=id)
    {line}
"""

WRONG = [
    'read_product.key(id="not a UUID")',
    "read_product.key()",
    "read_product.key(id=id, colour=1)",
    'await read_product.response(cache, source, id=id, size="2")',
    "await read_product.response(cache, 7, id=id)",
    "await read_product.invalidate(cache, source, id=id)",
    "cache.transaction(source, invalidates=[])",
    'cache.transaction(source, invalidates=["product"])',
]


def checked(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    path = folder / "example.py"
    path.write_text(EXAMPLE.format(line=line))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        str(folder),
        str(path),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("typing")


def test_the_right_use_has_no_type_error(folder: Path) -> None:
    found = checked(folder, "pass")
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_use_is_a_type_error_in_its_line(folder: Path, line: str) -> None:
    found = checked(folder, line)
    number = EXAMPLE[: EXAMPLE.index("{line}")].count("\n") + 1
    assert found.returncode == 1
    assert f"example.py:{number}: error" in found.stdout
