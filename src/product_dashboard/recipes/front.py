"""Recipes in front of the framework: an ASGI layer between the gate and Litestar."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.preconditions import combine_lines
from product_dashboard.recipes.recipe import Prepared, Recipe
from product_dashboard.recipes.store import RecipeStore


def answering_again(app: ASGIApp, store: RecipeStore) -> ASGIApp:
    """Answer a GET by its recipe, if it has one and the cache has its entries; otherwise call `app`, and learn."""

    def middleware(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # The observer has made a GET of a HEAD.
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET":
            return app(scope, receive, send)
        recipe = store.find((scope["raw_path"], scope["query_string"]))
        if recipe is None:
            return learning(scope, receive, send)
        return repeating(recipe, scope, receive, send)

    async def repeating(recipe: Recipe, scope: HTTPScope, receive: Receive, send: Send) -> None:
        prepared = await _prepared(store, recipe)
        if prepared is None:
            await app(scope, receive, send)
            return
        store.used(recipe)
        scope["path_template"] = recipe.route
        await prepared.reply(_if_none_match(scope)).answer(scope, receive, send)

    async def learning(scope: HTTPScope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        store.learn(scope)

    return middleware


async def _prepared(store: RecipeStore, recipe: Recipe) -> Prepared | None:
    future: asyncio.Future[Prepared | None] = asyncio.get_running_loop().create_future()
    store.prepare(recipe, partial(_resolve, future))
    return await future


def _resolve(future: "asyncio.Future[Prepared | None]", prepared: Prepared | None) -> None:
    if not future.done():  # it is, if the request was cancelled
        future.set_result(prepared)


def _if_none_match(scope: HTTPScope) -> str | None:
    """Return the header as a handler gets it."""
    headers = combine_lines(cast("RawHeaders", scope["headers"]))
    for name, value in headers:
        if name == b"if-none-match":
            return value.decode("latin-1")
    return None
