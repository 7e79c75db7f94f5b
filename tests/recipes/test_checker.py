"""The checker of the cache with reads by recipes: several processes, killed writers, and a Redis that fails."""

from tests.cache.test_checker import OPTIONS, exact
from tools.bench.cache.checker import Plan, check


def test_no_read_by_a_recipe_is_stale_while_redis_is_paused_killed_restored_and_flushed() -> None:
    exact(check(Plan(adapter="OursByRecipes", seconds=8, options=OPTIONS, fault_every=2.0)))


def test_recipes_that_keep_answers_for_a_moment_are_found() -> None:
    mutant = "mutants:RecipesKeepAnswers"
    plan = Plan(adapter=mutant, seconds=30, until_stale=True, faults=(), options=OPTIONS, workers=3)
    assert check(plan).stale > 0
