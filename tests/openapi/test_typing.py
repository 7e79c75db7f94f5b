"""mypy checks what a handler returns against its signature, from which the document is made."""

import re
from pathlib import Path

from tests.type_checkers import CHECKOUT, mypy

HEAD = """
from uuid import UUID

from generated.products import GetProductRow
from product_dashboard.cache import CachedAnswer
from product_dashboard.customers.schemas import Customer
from product_dashboard.web.envelope import Cached, Envelope, Page, Reply, created, from_cache, ok
from product_dashboard.web.envelope import page_from_cache
from product_dashboard.web.paging import Listing
from product_dashboard.products.schemas import Product
from product_dashboard.products.service import read_product
from product_dashboard.resources import Resources
"""
ONE = """
async def get_one(row: GetProductRow, product: Product, customer: Customer) -> Reply[Envelope[Product]]:
"""
MANY = """
async def get_many(
    listing: CachedAnswer[Listing[Product]], other: CachedAnswer[Listing[Customer]], one: CachedAnswer[Product]
) -> Cached[Page[Product]]:
"""
CACHED = """
async def get_cached(resources: Resources, id: UUID, other: CachedAnswer[Customer]) -> Cached[Envelope[Product]]:
    answer = await read_product.response(resources.cache, resources.database, id=id)
"""
DELETED = """
async def delete(product: Product) -> Reply[Envelope[None]]:
"""
RIGHT = [
    (ONE, "return ok(product)"),
    (ONE, "return created(product, location='/')"),
    (MANY, "return page_from_cache(listing, None)"),
    (CACHED, "return from_cache(answer, None)"),
    (DELETED, "return ok(None)"),
]
WRONG = [
    (ONE, "return ok(row)"),
    (ONE, "return created(customer, location='/')"),
    (ONE, "return ok([product])"),
    (ONE, "return product"),
    (ONE, "pass"),
    (MANY, "return page_from_cache(other, None)"),
    (MANY, "return page_from_cache(one, None)"),
    (MANY, "return from_cache(listing, None)"),
    (MANY, "return ok(listing)"),
    (CACHED, "return from_cache(other, None)"),
    (CACHED, "return ok(answer)"),
    (DELETED, "return ok(product)"),
]


def lines_with_errors(folder: Path, functions: list[tuple[str, str]]) -> set[str]:
    """The last lines of these functions that mypy reports."""
    path = folder / "example.py"
    text = HEAD
    for number, (head, line) in enumerate(functions):
        text += head.replace("(", f"_{number}(", 1) + f"    {line}  # {number}\n"
    path.write_text(text)
    found = mypy(CHECKOUT, folder / "cache", path)
    told = {int(number) for number in re.findall(r"example\.py:(\d+): error", found.stdout)}
    lines = text.splitlines()
    # An empty body is reported where the function begins.
    return {lines[number - 1 if "#" in lines[number - 1] else number] for number in told}


def test_anything_else_than_what_is_documented_is_a_type_error(tmp_path: Path) -> None:
    found = lines_with_errors(tmp_path, RIGHT + WRONG)
    assert found == {f"    {line}  # {number}" for number, (_, line) in enumerate(WRONG, start=len(RIGHT))}
