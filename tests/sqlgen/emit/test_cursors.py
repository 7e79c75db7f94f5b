"""Cursors of the generated lists, as clients hold them: JSON with the order and the columns of the order."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from generated import product_lists
from tests.sqlgen.emit.values import Recorder

ID = UUID(int=7)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
ROW = product_lists.ListProductsRow(
    ID, "Telescope", None, Decimal("79.90"), 3, is_active=True, total_sold=5, created_at=MOMENT,
    category_id=UUID(int=8), category_name="Optics", category_description=None, total=1,
)  # fmt: skip
VALUES: dict[str, tuple[str, object, object]] = {
    "name": ("name", "Telescope", "Telescope"),
    "price": ("price", "79.90", Decimal("79.90")),
    "stock": ("stock_quantity", 3, 3),
    "sold": ("total_sold", 5, 5),
    "newest": ("created_at", "2026-01-02T03:04:05.000006Z", MOMENT.replace(tzinfo=None)),
    "oldest": ("created_at", "2026-01-02T03:04:05.000006Z", MOMENT.replace(tzinfo=None)),
}
"""For the first word of an order: its first column, that column's value in JSON, and the value that is sent."""
ORDERS: tuple[product_lists.ListProductsOrder, ...] = get_args(product_lists.ListProductsOrder)

decoder = msgspec.json.Decoder(product_lists.ListProductsCursor)


def wire(order: str) -> dict[str, object]:
    column, value, _ = VALUES[order.split("_", maxsplit=1)[0]]
    return {"order": order, column: value, "id": str(ID)}


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_is_the_order_its_columns_and_nothing_else(
    order: product_lists.ListProductsOrder,
) -> None:
    cursor = product_lists.list_products_cursor(ROW, order)
    assert msgspec.json.decode(msgspec.json.encode(cursor)) == wire(order)
    assert decoder.decode(msgspec.json.encode(wire(order))) == cursor


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_is_sent_as_the_values_of_its_condition(
    order: product_lists.ListProductsOrder,
) -> None:
    connection = Recorder()
    after = decoder.decode(msgspec.json.encode(wire(order)))
    await product_lists.list_products(
        connection, is_filtered=False, least_stock=0, limit=20, offset=0, order=order, after=after
    )
    [(text, args)] = connection.sent
    _, _, value = VALUES[order.split("_")[0]]
    assert args == (False, 0, value, value, value, ID.bytes, 20, 0)
    assert text.count("%s") == len(args)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("missing", [0, 1])
def test_a_cursor_without_a_column_of_its_order_is_not_decoded(order: str, missing: int) -> None:
    fields = wire(order)
    del fields[[VALUES[order.split("_", maxsplit=1)[0]][0], "id"][missing]]
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(msgspec.json.encode(fields))


@pytest.mark.parametrize(
    "changed", [{"order": "cheapest"}, {"order": None}, {"name": 3}, {"id": "7"}, {"name": None}]
)
def test_a_cursor_with_a_wrong_value_is_not_decoded(changed: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(msgspec.json.encode({**wire("name_asc"), **changed}))


async def test_a_cursor_of_another_order_is_an_error_before_anything_is_sent() -> None:
    connection = Recorder()
    after = product_lists.list_products_cursor(ROW, "newest")
    with pytest.raises(ValueError, match="of another order than oldest"):
        await product_lists.list_products(
            connection, is_filtered=False, least_stock=0, limit=20, offset=0, order="oldest", after=after
        )
    assert connection.sent == []


def test_a_cursor_made_by_hand_without_a_column_of_its_order_is_an_error() -> None:
    with pytest.raises(ValueError, match="lacks a column of the order price_asc"):
        product_lists.ListProductsCursor(order="price_asc", id=ID)
