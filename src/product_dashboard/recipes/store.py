"""The recipes of a process, and the stored bytes for them: one read of Redis in each turn of the event loop."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from litestar.types import HTTPScope

from product_dashboard.cache import Answers, Cache, Locations
from product_dashboard.recipes.recent import Recent
from product_dashboard.recipes.recipe import Prepared, Recipe
from product_dashboard.web.envelope import stored_parts

MAX_RECIPES: Final = 4096
MAX_TARGET_BYTES: Final = 2048

Target = tuple[bytes, bytes]
"""Path and query, as they were sent."""

Deliver = Callable[[Prepared | None], None]


class RecipeStore:
    """Learns recipes, and prepares answers by them."""

    def __init__(self) -> None:
        self.cache: Cache | None = None  # set when the application has started
        self._recipes: Recent[Target, Recipe] = Recent(MAX_RECIPES)
        self._asked: dict[Recipe, list[Deliver]] = {}  # of this turn of the event loop

    def __len__(self) -> int:
        return len(self._recipes)

    def find(self, scope: HTTPScope) -> Recipe | None:
        recipe = self._recipes.get((scope["raw_path"], scope["query_string"]))
        return None if recipe is None or recipe.is_over() else recipe

    def learn(self, scope: HTTPScope) -> Recipe | None:
        """Return the recipe of a GET or HEAD that was answered; None if there cannot be one."""
        recipe = self.find(scope)
        if recipe is not None:
            return recipe
        parts = stored_parts(scope)
        target = scope["raw_path"], scope["query_string"]
        if parts is None or len(target[0]) + len(target[1]) > MAX_TARGET_BYTES:
            return None
        entries, layout = parts
        recipe = Recipe(Locations(entries), layout, scope["path_template"])
        self._recipes.put(target, recipe)
        return recipe

    def prepare(self, recipe: Recipe, deliver: Deliver) -> None:
        """Call `deliver` later with the answer, or with None if it cannot be made of stored bytes now."""
        if recipe.is_over():
            asyncio.get_running_loop().call_soon(deliver, None)
            return
        asked = self._asked
        if not asked:
            asyncio.get_running_loop().call_soon(self._read)
        if (waiting := asked.get(recipe)) is None:
            asked[recipe] = [deliver]
        else:
            waiting.append(deliver)

    def used(self, recipe: Recipe) -> None:
        """Count the hits of one answer."""
        if self.cache is not None:
            self.cache.metrics.counters.hits += len(recipe.locations.entries)

    # -- internals

    def _read(self) -> None:
        asked, self._asked = self._asked, {}
        began = time.perf_counter()

        def arrived(found: list[Answers | None]) -> None:
            took_s = time.perf_counter() - began
            for (recipe, waiting), answers in zip(asked.items(), found, strict=True):
                prepared = None if answers is None else Prepared(recipe, answers, took_s)
                for deliver in waiting:
                    deliver(prepared)

        if self.cache is None:
            arrived([None] * len(asked))
        else:
            self.cache.stored.read([recipe.locations for recipe in asked], arrived)
