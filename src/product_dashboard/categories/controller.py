"""Categories over HTTP."""

from uuid import UUID

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from product_dashboard.categories import pages, service
from product_dashboard.categories.examples import CATEGORY, CATEGORY_INPUT, CATEGORY_PATCH
from product_dashboard.categories.schemas import Category, CategoryInput, CategoryPatch
from product_dashboard.errors import Code
from product_dashboard.idempotency.header import Idempotent
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
from product_dashboard.web.paging import PageQuery, decode_cursor
from product_dashboard.web.preconditions import parse_precondition
from product_dashboard.web.request import IfMatch, IfNoneMatch, IfNoneMatchOfWrite, Injected


class CategoryController(Controller):
    path = "/categories"
    tags = ("Categories",)

    @post(summary="Create a category", example=CATEGORY, body_example=CATEGORY_INPUT)
    async def create_category(
        self, data: JSONBody[CategoryInput], resources: Injected, idempotent: Idempotent
    ) -> Reply[Envelope[Category]]:
        return await idempotent.reply(
            lambda once: service.create_category(resources, data, once),
            lambda category: created(category, location=f"{BASE_PATH}/categories/{category.id}"),
        )

    @get(summary="List categories by name", example=[CATEGORY])
    async def list_categories(
        self, params: NamedDependency[PageQuery], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Page[Category]]:
        after = decode_cursor(pages.Cursor, params, pages.ORDER_BY)
        answer = await pages.read_page.response(
            resources.cache, resources.database, query=params, after=after
        )
        return page_from_cache(answer, if_none_match)

    @get("/{category_id:str}", summary="Get a category", example=CATEGORY)
    async def get_category(
        self, category_id: FromPath[UUID], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Envelope[Category]]:
        answer = await service.read_category.response(resources.cache, resources.database, id=category_id)
        return from_cache(answer, if_none_match)

    @put(
        "/{category_id:str}",
        summary="Replace a category",
        example=CATEGORY,
        body_example=CATEGORY_INPUT,
    )
    async def update_category(
        self,
        category_id: FromPath[UUID],
        data: JSONBody[CategoryInput],
        resources: Injected,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Tagged[Envelope[Category]]:
        return changed(
            await service.update_category(
                resources, category_id, data, parse_precondition(if_match, if_none_match)
            )
        )

    @patch(
        "/{category_id:str}",
        summary="Change some fields of a category",
        example=CATEGORY,
        body_example=CATEGORY_PATCH,
    )
    async def patch_category(
        self,
        category_id: FromPath[UUID],
        data: JSONBody[CategoryPatch],
        resources: Injected,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Tagged[Envelope[Category]]:
        return changed(
            await service.update_category(
                resources, category_id, data, parse_precondition(if_match, if_none_match)
            )
        )

    @delete(
        "/{category_id:str}",
        status_code=200,
        summary="Delete a category that no product belongs to",
        errors=[Code.CATEGORY_IN_USE],
    )
    async def delete_category(
        self,
        category_id: FromPath[UUID],
        resources: Injected,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Reply[Envelope[None]]:
        await service.delete_category(resources, category_id, parse_precondition(if_match, if_none_match))
        return ok(None)
