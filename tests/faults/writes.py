"""The writes of the load."""

from collections.abc import Awaitable, Callable
from functools import partial

from tests.faults.orders import place_order, remove_order
from tests.faults.sending import repeat
from tests.faults.session import Session
from tests.faults.things import create_spare, move_stock, patch_traded, remove, remove_in_use, replace

WRITES: dict[Callable[[Session], Awaitable[object]], int] = {
    place_order: 12,
    remove_order: 8,
    partial(replace, kind="product"): 4,
    partial(replace, kind="category"): 1,
    partial(replace, kind="customer"): 2,
    partial(create_spare, kind="product"): 2,
    partial(create_spare, kind="category"): 1,
    partial(create_spare, kind="customer"): 1,
    partial(remove, kind="product"): 2,
    partial(remove, kind="category"): 1,
    partial(remove, kind="customer"): 1,
    remove_in_use: 1,
    patch_traded: 2,
    move_stock: 2,
    repeat: 2,
}
"""Each write with its share of the load."""
