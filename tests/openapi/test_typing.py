"""What a handler returns is checked against its signature, from which the document is made."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = """
from collections.abc import Sequence
from uuid import UUID

from generated.products import GetProductRow
from product_dashboard.cache import CachedAnswer
from product_dashboard.customers.schemas import Customer
from product_dashboard.envelope import Cached, Envelope, Page, Reply, created, from_cache, ok, page
from product_dashboard.paging import ListMeta
from product_dashboard.products.schemas import Product
from product_dashboard.products.service import read_product
from product_dashboard.resources import Resources


async def get_one(row: GetProductRow, product: Product, customer: Customer) -> Reply[Envelope[Product]]:
    {one}


async def get_list(rows: list[GetProductRow], products: list[Product], meta: ListMeta) -> Reply[Page[Product]]:
    {many}


async def get_cached(resources: Resources, id: UUID, other: CachedAnswer[Customer]) -> Cached[Envelope[Product]]:
    answer = await read_product.response(resources.cache, resources.database, id=id)
    {cached}


async def delete(product: Product) -> Reply[Envelope[None]]:
    {deleted}
"""

RIGHT = {
    "one": "return ok(product)",
    "many": "return page(products, meta)",
    "cached": "return from_cache(answer, None)",
    "deleted": "return ok(None)",
}
WRONG = [
    ("one", "return ok(row)"),
    ("one", "return created(customer, location='/')"),
    ("one", "return ok([product])"),
    ("one", "return page([product], ListMeta(0, 0, 1, 1, None))"),
    ("one", "return product"),
    ("one", "pass"),
    ("many", "return page(rows, meta)"),
    ("many", "return ok(products)"),
    ("cached", "return from_cache(other, None)"),
    ("cached", "return ok(answer)"),
    ("deleted", "return ok(product)"),
]


def checked(folder: Path, lines: dict[str, str]) -> subprocess.CompletedProcess[str]:
    path = folder / "example.py"
    path.write_text(EXAMPLE.format(**lines))
    options = ["--strict", "--no-error-summary", "--cache-dir", str(folder)]
    command = [sys.executable, "-m", "mypy", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("typing")


def test_what_is_documented_may_be_returned(folder: Path) -> None:
    found = checked(folder, RIGHT)
    assert (found.returncode, found.stdout) == (0, "")


def test_anything_else_is_a_type_error(folder: Path) -> None:
    for where, line in WRONG:
        found = checked(folder, {**RIGHT, where: line})
        assert found.returncode == 1, line
        assert found.stdout.count("error:") == 1, (line, found.stdout)
