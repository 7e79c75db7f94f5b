"""Categories over HTTP."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put

from generated import categories, statistics
from product_dashboard.categories import service
from product_dashboard.categories.examples import CATEGORY, CATEGORY_INPUT
from product_dashboard.categories.schemas import Category, CategoryInput
from product_dashboard.envelope import BASE_PATH, created, no_content, ok
from product_dashboard.errors import Code, NotFound
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.paging import ListMeta, PageQuery, decode_cursor, encode_cursor, split_page
from product_dashboard.resources import Injected
from product_dashboard.validation import parse_body, parse_query, path_id

ORDER: categories.ListCategoriesOrder = "name_asc"

_cursors: msgspec.json.Decoder[categories.ListCategoriesCursor] = msgspec.json.Decoder(
    categories.ListCategoriesCursor
)


class CategoryController(Controller):
    path = "/categories"
    tags = ("Categories",)

    @post(
        opt=operation(
            "Create a category",
            body=CategoryInput,
            body_example=CATEGORY_INPUT,
            returns=Returns(201, Category, example=CATEGORY),
        )
    )
    async def create_category(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        category = await service.create_category(resources, await parse_body(request, CategoryInput))
        return created(category, location=f"{BASE_PATH}/categories/{category.id}")

    @get(
        opt=operation(
            "List categories by name",
            query=PageQuery,
            returns=Returns(200, list[Category], meta=True, example=[CATEGORY]),
        )
    )
    async def list_categories(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        query = parse_query(request, PageQuery)
        after = decode_cursor(_cursors, query.cursor, order=ORDER)
        async with resources.database.connection() as conn:
            totals = await statistics.get_totals(conn)
            rows = await categories.list_categories(
                conn, limit=query.limit, offset=query.offset, order=ORDER, after=after
            )
        page, last = split_page(rows, query)
        next_cursor = encode_cursor(categories.list_categories_cursor(last, ORDER)) if last else None
        return ok(page, meta=ListMeta.of(query, total=totals.categories, next_cursor=next_cursor))

    @get(
        "/{category_id:str}",
        opt=operation(
            "Get a category",
            returns=Returns(200, Category, example=CATEGORY),
            errors=(Code.NOT_FOUND,),
        ),
    )
    async def get_category(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        category_id = path_id(request, "category_id")
        async with resources.database.connection() as conn:
            category = await categories.get_category(conn, id=category_id)
        if category is None:
            raise NotFound.of("category", category_id)
        return ok(category)

    @put(
        "/{category_id:str}",
        opt=operation(
            "Replace a category",
            body=CategoryInput,
            body_example=CATEGORY_INPUT,
            returns=Returns(200, Category, example=CATEGORY),
            errors=(Code.NOT_FOUND,),
        ),
    )
    async def update_category(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        category_id = path_id(request, "category_id")
        new = await parse_body(request, CategoryInput)
        return ok(await service.update_category(resources, category_id, new))

    @delete(
        "/{category_id:str}",
        opt=operation(
            "Delete a category that no product belongs to",
            returns=Returns(204),
            errors=(Code.NOT_FOUND, Code.CATEGORY_IN_USE),
        ),
    )
    async def delete_category(self, request: Request[Any, Any, Any], resources: Injected) -> Response[None]:
        await service.delete_category(resources, path_id(request, "category_id"))
        return no_content()
