"""POST /orders: what an order may name, what it costs, and what it changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from tests.shop import Shop, body_of, data_of, error_of


async def test_an_order_answers_with_its_customer_and_items_and_can_be_read_again(shop: Shop) -> None:
    customer = await shop.customer("Grace Novak")
    lamp = await shop.product("19.99", category_id=(await shop.category("Lighting"))["id"], name="Oak lamp")
    vase = await shop.product("0.35", category_id=(await shop.category("Decoration"))["id"], name="Blue vase")

    answer = await shop.try_order(customer, (lamp, 2), (vase, 3))

    order = data_of(answer, 201)
    assert answer.headers["location"] == f"/api/v1/orders/{order['id']}"
    created_at = msgspec.convert(order.pop("created_at"), datetime)
    assert abs(datetime.now(UTC) - created_at) < timedelta(seconds=30)
    order_id = order.pop("id")
    assert UUID(order_id).version == 7
    item_ids = [item.pop("id") for item in order["items"]]
    assert all(UUID(item_id).version == 7 for item_id in item_ids)
    assert order == {
        "customer_id": customer["id"],
        "customer_name": "Grace Novak",
        "customer_email": customer["email"],
        "total_quantity": 5,
        "total_price": Decimal("41.03"),
        "items": [
            {
                "product_id": lamp["id"],
                "product_name": "Oak lamp",
                "quantity": 2,
                "unit_price": Decimal("19.99"),
                "category_name": "Lighting",
            },
            {
                "product_id": vase["id"],
                "product_name": "Blue vase",
                "quantity": 3,
                "unit_price": Decimal("0.35"),
                "category_name": "Decoration",
            },
        ],
    }
    read = await shop.client.get(f"/api/v1/orders/{order_id}")
    assert read.content == answer.content


async def test_an_order_takes_its_items_from_the_stock_and_counts_them_as_sold(shop: Shop) -> None:
    lamp = await shop.product(stock=10)
    await shop.order(await shop.customer(), (lamp, 4))
    read = await shop.get(f"/products/{lamp['id']}")
    assert (read["stock_quantity"], read["total_sold"]) == (6, 4)
    await shop.assert_summaries_are_true()


async def test_items_keep_the_order_in_which_they_were_given(shop: Shop) -> None:
    category = (await shop.category())["id"]
    products = [await shop.product(category_id=category) for _ in range(8)]
    given = [products[index] for index in (5, 0, 7, 2, 6, 1, 4, 3)]
    order = await shop.order(await shop.customer(), *((product, 1) for product in given))
    wanted = [product["id"] for product in given]
    assert [item["product_id"] for item in order["items"]] == wanted
    assert [item["product_id"] for item in (await shop.get("/orders"))[0]["items"]] == wanted


async def test_lines_of_the_same_product_become_one(shop: Shop) -> None:
    lamp, vase = await shop.product("2.50"), await shop.product("1.00")
    order = await shop.order(await shop.customer(), (lamp, 1), (vase, 1), (lamp, 3))
    assert [(item["product_id"], item["quantity"]) for item in order["items"]] == [
        (lamp["id"], 4),
        (vase["id"], 1),
    ]
    assert order["total_price"] == Decimal("11.00")


async def test_an_order_names_every_customer_and_product_that_does_not_exist(shop: Shop) -> None:
    lamp = await shop.product()
    nobody, nothing, nothing_else = uuid4(), uuid4(), uuid4()
    answer = await shop.try_order(
        {"id": str(nobody)}, ({"id": str(nothing)}, 1), (lamp, 1), ({"id": str(nothing_else)}, 1)
    )
    error = error_of(answer, 422, "UNKNOWN_REFERENCE")
    assert [(detail["field"], detail["value"]) for detail in error["details"]] == [
        ("customer_id", str(nobody)),
        ("items[0].product_id", str(nothing)),
        ("items[2].product_id", str(nothing_else)),
    ]
    assert (await shop.get(f"/products/{lamp['id']}"))["stock_quantity"] == lamp["stock_quantity"]
    await shop.assert_summaries_are_true()


async def test_products_that_are_not_for_sale_are_refused_by_name(shop: Shop) -> None:
    lamp, gone = await shop.product(), await shop.product(name="Old lamp", is_active=False)
    error = error_of(
        await shop.try_order(await shop.customer(), (lamp, 1), (gone, 1)), 409, "PRODUCT_INACTIVE"
    )
    assert error["details"] == [{"product_id": gone["id"], "product_name": "Old lamp"}]


async def order_at(shop: Shop, product: Any, unit_price: str) -> Any:
    customer = await shop.customer()
    item = {"product_id": product["id"], "quantity": 1, "unit_price": Decimal(unit_price)}
    return await shop.send("POST", "/api/v1/orders", {"customer_id": customer["id"], "items": [item]})


@pytest.mark.parametrize("unit_price", ["12.50", "12.5", "12.5000"])
async def test_a_given_price_is_taken_when_it_is_the_current_one(unit_price: str, shop: Shop) -> None:
    order = data_of(await order_at(shop, await shop.product("12.50"), unit_price), 201)
    assert order["total_price"] == Decimal("12.50")


async def test_a_price_that_is_null_is_one_that_is_not_given(shop: Shop) -> None:
    customer, lamp = await shop.customer(), await shop.product("12.50")
    item = {"product_id": lamp["id"], "quantity": 2, "unit_price": None}
    answer = await shop.send("POST", "/api/v1/orders", {"customer_id": customer["id"], "items": [item]})
    assert data_of(answer, 201)["total_price"] == Decimal("25.00")


async def test_a_price_that_has_changed_is_told_and_nothing_is_sold(shop: Shop) -> None:
    lamp = await shop.product("12.50", name="Lamp")
    await shop.replace_product(lamp, price=Decimal("13.00"))
    error = error_of(await order_at(shop, lamp, "12.50"), 409, "PRICE_CHANGED")
    assert error["details"] == [
        {
            "product_id": lamp["id"],
            "product_name": "Lamp",
            "unit_price": Decimal("12.50"),
            "price": Decimal("13.00"),
        }
    ]
    await shop.assert_summaries_are_true()
    assert (await shop.get(f"/products/{lamp['id']}"))["total_sold"] == 0


async def test_an_order_keeps_its_price_when_the_product_changes_its_own(shop: Shop) -> None:
    lamp = await shop.product("12.50")
    order = await shop.order(await shop.customer(), (lamp, 2))
    await shop.replace_product(lamp, price=Decimal("99.00"), stock_quantity=3)
    read = await shop.get(f"/orders/{order['id']}")
    assert (read["items"][0]["unit_price"], read["total_price"]) == (Decimal("12.50"), Decimal("25.00"))


async def test_a_short_stock_names_every_product_and_takes_nothing(shop: Shop) -> None:
    plenty = await shop.product(stock=100)
    few, none = await shop.product(stock=2, name="Few"), await shop.product(stock=0, name="None")
    answer = await shop.try_order(await shop.customer(), (plenty, 1), (few, 2), (few, 1), (none, 1))
    error = error_of(answer, 409, "INSUFFICIENT_STOCK")
    assert error["details"] == [
        {"product_id": few["id"], "product_name": "Few", "requested": 3, "available": 2},
        {"product_id": none["id"], "product_name": "None", "requested": 1, "available": 0},
    ]
    assert (await shop.get(f"/products/{plenty['id']}"))["stock_quantity"] == 100
    await shop.assert_summaries_are_true()


async def test_the_last_piece_can_be_bought(shop: Shop) -> None:
    lamp = await shop.product(stock=3)
    await shop.order(await shop.customer(), (lamp, 3))
    assert (await shop.get(f"/products/{lamp['id']}"))["stock_quantity"] == 0


async def test_the_largest_amounts_stay_exact(shop: Shop) -> None:
    dear = await shop.product("9999999999.99", stock=1_000_000)
    customer = await shop.customer()
    order = await shop.order(customer, (dear, 1_000_000))
    assert order["total_price"] == Decimal("9999999999990000.00")
    top = await shop.get("/dashboard/top-customers")
    assert top[0]["total_spent"] == Decimal("9999999999990000.00")
    assert b'"total_price":9999999999990000.00' in (await shop.client.get("/api/v1/orders")).content


async def test_totals_of_categories_keep_every_cent_of_more_digits_than_a_double_has(shop: Shop) -> None:
    dear, dearer = [
        await shop.product(price, stock=1_000_000) for price in ("9999999999.91", "9999999999.97")
    ]
    order = await shop.order(await shop.customer(), (dear, 999_983), (dearer, 17))
    assert order["total_price"] == Decimal("9999999999910001.02")
    await shop.assert_summaries_are_true()
    data_of(await shop.client.delete(f"/api/v1/orders/{order['id']}"), 200)
    await shop.assert_summaries_are_true()


VALID_ITEM = {"product_id": str(uuid4()), "quantity": 1}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["customer_id", "items"]),
        ({"customer_id": "x", "items": []}, ["customer_id", "items"]),
        ({"customer_id": str(uuid4()), "items": [VALID_ITEM] * 101}, ["items"]),
        (
            {
                "customer_id": None,
                "items": [
                    {"product_id": 3, "quantity": 0},
                    VALID_ITEM | {"unit_price": 0},
                    VALID_ITEM | {"unit_price": "1.00", "quantity": 1.5},
                    VALID_ITEM | {"quantity": 1_000_001, "unit_price": 0.001},
                    {},
                    7,
                ],
            },
            [
                "customer_id",
                "items[0].product_id",
                "items[0].quantity",
                "items[1].unit_price",
                "items[2].quantity",
                "items[2].unit_price",
                "items[3].quantity",
                "items[3].unit_price",
                "items[4].product_id",
                "items[4].quantity",
                "items[5]",
            ],
        ),
        ({"customer_id": str(uuid4()), "items": [VALID_ITEM | {"quantity": 600_000}] * 2}, ["items"]),
    ],
    ids=["nothing", "empty", "too many items", "everything wrong", "too many pieces in all"],
)
async def test_every_bad_field_is_named_at_once(body: Any, fields: list[str], shop: Shop) -> None:
    error = error_of(await shop.client.post("/api/v1/orders", json=body), 400, "VALIDATION_ERROR")
    assert sorted(detail["field"] for detail in error["details"]) == sorted(fields)


@pytest.mark.parametrize("unit_price", ["1e400", "-1", "1e-3", "NaN", '"1.00"', "true", "[]"])
async def test_money_that_is_none_is_refused_and_never_a_fault(unit_price: str, shop: Shop) -> None:
    item = f'{{"product_id": "{uuid4()}", "quantity": 1, "unit_price": {unit_price}}}'
    body = f'{{"customer_id": "{uuid4()}", "items": [{item}]}}'
    answer = await shop.client.post(
        "/api/v1/orders", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert body_of(answer)["error"]["code"] in {"VALIDATION_ERROR", "MALFORMED_JSON"}
