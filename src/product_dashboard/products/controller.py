"""Products over HTTP."""

import re
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, UnsetType

from generated import products, statistics
from generated.connection import Connection
from product_dashboard.envelope import (
    BASE_PATH,
    Cached,
    Envelope,
    Page,
    Reply,
    Tagged,
    changed,
    created,
    from_cache,
    ok,
    page,
)
from product_dashboard.errors import Code
from product_dashboard.idempotency import Idempotent
from product_dashboard.paging import decode_cursor, paginate
from product_dashboard.preconditions import parse_if_match
from product_dashboard.products import service
from product_dashboard.products.examples import PRODUCT, PRODUCT_INPUT, PRODUCT_PATCH
from product_dashboard.products.schemas import Product, ProductInput, ProductPatch, ProductQuery
from product_dashboard.request import IfMatch, IfNoneMatch, Injected


class ProductController(Controller):
    path = "/products"
    tags = ("Products",)

    @post(
        summary="Create a product",
        errors=[Code.UNKNOWN_REFERENCE],
        example=PRODUCT,
        body_example=PRODUCT_INPUT,
    )
    async def create_product(
        self, data: JSONBody[ProductInput], resources: Injected, idempotent: Idempotent
    ) -> Reply[Envelope[Product]]:
        return await idempotent.reply(
            lambda once: service.create_product(resources, data, once),
            lambda product: created(product, location=f"{BASE_PATH}/products/{product.id}"),
        )

    @get(summary="List products", example=[PRODUCT])
    async def list_products(
        self, params: NamedDependency[ProductQuery], resources: Injected
    ) -> Reply[Page[Product]]:
        """Filters that are left out, or empty, do not filter. Bounds are inclusive."""
        after = decode_cursor(products.ListProductsCursor, params, params.sort)
        filters = _filters(params)
        async with resources.database.connection() as conn:
            total = await _count(conn, filters)
            # A search past the last row would be the slowest of all: it finds no end.
            rows = (
                await products.list_products(
                    conn, **filters, limit=params.limit, offset=params.offset, order=params.sort, after=after
                )
                if total > params.offset
                else []
            )
        shown, meta = paginate(rows, params, total, products.list_products_cursor, params.sort)
        return page([service.to_product(row) for row in shown], meta)

    @get("/{product_id:str}", summary="Get a product with its category", example=PRODUCT)
    async def get_product(
        self, product_id: FromPath[UUID], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Envelope[Product]]:
        answer = await service.read_product.response(resources.cache, resources.database, id=product_id)
        return from_cache(answer, if_none_match)

    @put(
        "/{product_id:str}",
        summary="Replace a product",
        errors=[Code.UNKNOWN_REFERENCE],
        example=PRODUCT,
        body_example=PRODUCT_INPUT,
    )
    async def update_product(
        self,
        product_id: FromPath[UUID],
        data: JSONBody[ProductInput],
        resources: Injected,
        if_match: IfMatch = None,
    ) -> Tagged[Envelope[Product]]:
        """Replaces all of it: a field that is left out gets its default, and the stock is set to what is sent."""
        return changed(await service.update_product(resources, product_id, data, parse_if_match(if_match)))

    @patch(
        "/{product_id:str}",
        summary="Change some fields of a product",
        errors=[Code.UNKNOWN_REFERENCE],
        example=PRODUCT,
        body_example=PRODUCT_PATCH,
    )
    async def patch_product(
        self,
        product_id: FromPath[UUID],
        data: JSONBody[ProductPatch],
        resources: Injected,
        if_match: IfMatch = None,
    ) -> Tagged[Envelope[Product]]:
        """A field that is left out stays as it is, the stock too."""
        return changed(await service.update_product(resources, product_id, data, parse_if_match(if_match)))

    @delete(
        "/{product_id:str}",
        status_code=200,
        summary="Delete a product that no order names",
        errors=[Code.PRODUCT_IN_USE],
    )
    async def delete_product(
        self, product_id: FromPath[UUID], resources: Injected, if_match: IfMatch = None
    ) -> Reply[Envelope[None]]:
        await service.delete_product(resources, product_id, parse_if_match(if_match))
        return ok(None)


class Filters(TypedDict, total=False):
    """The optional parameters that list_products and count_products share."""

    name: str | UnsetType
    category_id: UUID | UnsetType
    min_price: Decimal | UnsetType
    max_price: Decimal | UnsetType
    min_stock: int | UnsetType
    max_stock: int | UnsetType


def _filters(params: ProductQuery) -> Filters:
    """Return the filters that were given; a % or _ in the name is an ordinary character."""
    return {
        "name": re.sub(r"([\\%_])", r"\\\1", params.name) if params.name is not UNSET else UNSET,
        "category_id": params.category_id,
        "min_price": params.min_price,
        "max_price": params.max_price,
        "min_stock": params.min_stock,
        "max_stock": params.max_stock,
    }


async def _count(conn: Connection, filters: Filters) -> int:
    if all(value is UNSET for value in filters.values()):
        return (await statistics.get_totals(conn)).products
    return await products.count_products(conn, **filters)
