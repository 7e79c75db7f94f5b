"""A bounded mapping, compared with a simple model of it."""

from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.recipes.recent import Recent

LIMIT = 3


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5))))
def test_the_items_that_were_used_last_are_kept(steps: list[tuple[bool, int]]) -> None:
    recent: Recent[int, str] = Recent(LIMIT)
    model: list[int] = []  # keys, the one used last at the end
    for is_put, key in steps:
        if is_put:
            recent.put(key, str(key))
        assert recent.get(key) == (str(key) if is_put or key in model else None)
        if is_put or key in model:
            model = [each for each in model if each != key] + [key]
        model = model[-LIMIT:]
        assert len(recent) == len(model)
