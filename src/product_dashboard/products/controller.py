"""Products over HTTP."""

from uuid import UUID

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from product_dashboard.errors import Code
from product_dashboard.idempotency.header import Idempotent
from product_dashboard.products import pages, service
from product_dashboard.products.examples import PRODUCT, PRODUCT_INPUT, PRODUCT_PATCH
from product_dashboard.products.schemas import Product, ProductInput, ProductPatch, ProductQuery
from product_dashboard.web.envelope import (
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
    page_from_cache,
)
from product_dashboard.web.paging import decode_cursor
from product_dashboard.web.preconditions import parse_precondition
from product_dashboard.web.request import IfMatch, IfNoneMatch, IfNoneMatchOfWrite, Injected


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
        self, params: NamedDependency[ProductQuery], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Page[Product]]:
        """Filters that are left out, or empty, do not filter. Bounds are inclusive."""
        after = decode_cursor(pages.Cursor, params, params.sort)
        answer = await pages.read_page.response(
            resources.cache, resources.database, query=params, after=after
        )
        return page_from_cache(answer, if_none_match)

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
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Tagged[Envelope[Product]]:
        """Replaces all of it: a field that is left out gets its default, and the stock is set to what is sent."""
        return changed(
            await service.update_product(
                resources, product_id, data, parse_precondition(if_match, if_none_match)
            )
        )

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
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Tagged[Envelope[Product]]:
        """A field that is left out stays as it is, the stock too."""
        return changed(
            await service.update_product(
                resources, product_id, data, parse_precondition(if_match, if_none_match)
            )
        )

    @delete(
        "/{product_id:str}",
        status_code=200,
        summary="Delete a product that no order names",
        errors=[Code.PRODUCT_IN_USE],
    )
    async def delete_product(
        self,
        product_id: FromPath[UUID],
        resources: Injected,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Reply[Envelope[None]]:
        await service.delete_product(resources, product_id, parse_precondition(if_match, if_none_match))
        return ok(None)
