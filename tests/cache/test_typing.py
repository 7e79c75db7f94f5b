"""A wrong argument where something is invalidated is a type error, as it is where it is read."""

import re
from pathlib import Path

from tests.type_checkers import CHECKOUT, mypy

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
"""
USE = """

async def use_{number}(cache: Cache, source: Source, id: UUID) -> None:
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


def test_the_right_use_has_no_type_error_and_each_wrong_one_has_one_in_its_line(tmp_path: Path) -> None:
    text = EXAMPLE + "".join(USE.format(number=number, line=line) for number, line in enumerate(WRONG))
    path = tmp_path / "example.py"
    path.write_text(text)
    found = mypy(CHECKOUT, tmp_path / "cache", path)
    lines = text.splitlines()
    told = {int(number) for number in re.findall(r"example\.py:(\d+): error", found.stdout)}
    assert {lines[number - 1].strip() for number in told} == set(WRONG), found.stdout
