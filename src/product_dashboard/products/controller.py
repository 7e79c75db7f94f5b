"""Products over HTTP."""

import re
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from msgspec import UNSET, UnsetType

from generated import products, statistics
from generated.connection import Connection
from product_dashboard.envelope import BASE_PATH, cached_reply, created, no_content, ok
from product_dashboard.errors import Code
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.paging import ListMeta, decode_cursor, encode_cursor, split_page
from product_dashboard.products import service
from product_dashboard.products.examples import PRODUCT, PRODUCT_INPUT
from product_dashboard.products.schemas import Product, ProductInput, ProductQuery
from product_dashboard.products.service import read_product, to_product
from product_dashboard.resources import Injected
from product_dashboard.validation import parse_body, parse_query, path_id

_cursors: msgspec.json.Decoder[products.ListProductsCursor] = msgspec.json.Decoder(
    products.ListProductsCursor
)


class ProductController(Controller):
    path = "/products"
    tags = ("Products",)

    @post(
        opt=operation(
            "Create a product",
            body=ProductInput,
            body_example=PRODUCT_INPUT,
            returns=Returns(201, Product, example=PRODUCT),
            errors=(Code.UNKNOWN_REFERENCE,),
        )
    )
    async def create_product(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        product = await service.create_product(resources, await parse_body(request, ProductInput))
        return created(product, location=f"{BASE_PATH}/products/{product.id}")

    @get(
        opt=operation(
            "List products",
            description="Filters that are left out, or empty, do not filter. Bounds are inclusive.",
            query=ProductQuery,
            returns=Returns(200, list[Product], meta=True, example=[PRODUCT]),
        )
    )
    async def list_products(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        query = parse_query(request, ProductQuery)
        after = decode_cursor(_cursors, query.cursor, order=query.sort)
        filters = _filters(query)
        async with resources.database.connection() as conn:
            total = await _count(conn, filters)
            # Where nothing follows, a search for it would be the slowest of all: it finds no end.
            rows = (
                await products.list_products(
                    conn, **filters, limit=query.limit, offset=query.offset, order=query.sort, after=after
                )
                if total > query.offset
                else []
            )
        page, last = split_page(rows, query)
        next_cursor = encode_cursor(products.list_products_cursor(last, query.sort)) if last else None
        meta = ListMeta.of(query, total=total, next_cursor=next_cursor)
        return ok([to_product(row) for row in page], meta=meta)

    @get(
        "/{product_id:str}",
        opt=operation(
            "Get a product with its category",
            returns=Returns(200, Product, example=PRODUCT),
            errors=(Code.NOT_FOUND,),
            cached=True,
        ),
    )
    async def get_product(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        product_id = path_id(request, "product_id")
        answer = await read_product.response(resources.cache, resources.database, id=product_id)
        return cached_reply(request, answer)

    @put(
        "/{product_id:str}",
        opt=operation(
            "Replace a product",
            description="All of it: what is left out gets its default.",
            body=ProductInput,
            body_example=PRODUCT_INPUT,
            returns=Returns(200, Product, example=PRODUCT),
            errors=(Code.NOT_FOUND, Code.UNKNOWN_REFERENCE),
        ),
    )
    async def update_product(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        product_id = path_id(request, "product_id")
        new = await parse_body(request, ProductInput)
        return ok(await service.update_product(resources, product_id, new))

    @delete(
        "/{product_id:str}",
        opt=operation(
            "Delete a product that no order names",
            returns=Returns(204),
            errors=(Code.NOT_FOUND, Code.PRODUCT_IN_USE),
        ),
    )
    async def delete_product(self, request: Request[Any, Any, Any], resources: Injected) -> Response[None]:
        await service.delete_product(resources, path_id(request, "product_id"))
        return no_content()


class Filters(TypedDict, total=False):
    """The optional parameters that list_products and count_products share."""

    name: str | UnsetType
    category_id: UUID | UnsetType
    min_price: Decimal | UnsetType
    max_price: Decimal | UnsetType
    min_stock: int | UnsetType
    max_stock: int | UnsetType


def _filters(query: ProductQuery) -> Filters:
    """The filters that were given; a % or _ in the name stands for itself."""
    return {
        "name": re.sub(r"([\\%_])", r"\\\1", query.name) if query.name is not UNSET else UNSET,
        "category_id": query.category_id,
        "min_price": query.min_price,
        "max_price": query.max_price,
        "min_stock": query.min_stock,
        "max_stock": query.max_stock,
    }


async def _count(conn: Connection, filters: Filters) -> int:
    if all(value is UNSET for value in filters.values()):
        return (await statistics.get_totals(conn)).products
    return await products.count_products(conn, **filters)
