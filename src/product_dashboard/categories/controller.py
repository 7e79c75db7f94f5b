"""Categories over HTTP."""

from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from generated import categories, statistics
from product_dashboard.categories import service
from product_dashboard.categories.examples import CATEGORY, CATEGORY_INPUT
from product_dashboard.categories.schemas import Category, CategoryInput
from product_dashboard.envelope import BASE_PATH, Envelope, Page, Reply, created, ok, page
from product_dashboard.errors import Code, found
from product_dashboard.idempotency import Idempotent
from product_dashboard.paging import PageQuery, decode_cursor, paginate
from product_dashboard.request import Injected

ORDER: categories.ListCategoriesOrder = "name_asc"


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
        self, params: NamedDependency[PageQuery], resources: Injected
    ) -> Reply[Page[Category]]:
        after = decode_cursor(categories.ListCategoriesCursor, params, ORDER)
        async with resources.database.connection() as conn:
            totals = await statistics.get_totals(conn)
            rows = await categories.list_categories(
                conn, limit=params.limit, offset=params.offset, order=ORDER, after=after
            )
        shown, meta = paginate(rows, params, totals.categories, categories.list_categories_cursor, ORDER)
        return page(msgspec.convert(shown, list[Category], from_attributes=True), meta)

    @get("/{category_id:str}", summary="Get a category", example=CATEGORY)
    async def get_category(
        self, category_id: FromPath[UUID], resources: Injected
    ) -> Reply[Envelope[Category]]:
        async with resources.database.connection() as conn:
            row = await categories.get_category(conn, id=category_id)
        return ok(msgspec.convert(found(row, "category", category_id), Category, from_attributes=True))

    @put("/{category_id:str}", summary="Replace a category", example=CATEGORY, body_example=CATEGORY_INPUT)
    async def update_category(
        self, category_id: FromPath[UUID], data: JSONBody[CategoryInput], resources: Injected
    ) -> Reply[Envelope[Category]]:
        return ok(await service.update_category(resources, category_id, data))

    @delete(
        "/{category_id:str}",
        status_code=200,
        summary="Delete a category that no product belongs to",
        errors=[Code.CATEGORY_IN_USE],
    )
    async def delete_category(
        self, category_id: FromPath[UUID], resources: Injected
    ) -> Reply[Envelope[None]]:
        await service.delete_category(resources, category_id)
        return ok(None)
