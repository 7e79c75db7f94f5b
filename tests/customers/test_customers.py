"""Customers over HTTP."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from product_dashboard.app import create_app
from product_dashboard.database import Database
from product_dashboard.settings import load_settings
from tests.api_client import Api, bad_fields, data, error, meta, running, transport

PATH = "/api/v1/customers"
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


async def test_a_created_customer_is_answered_and_can_be_read_at_its_location(client: Api) -> None:
    response = await client.post(PATH, json={"name": "Ada", "email": "ada@example.org"})
    assert response.status_code == 201
    created = data(response)
    assert created["name"] == "Ada"
    assert created["email"] == "ada@example.org"
    created_at = datetime.fromisoformat(created["created_at"])
    assert created["created_at"].endswith("Z")
    assert abs(datetime.now(UTC) - created_at) < timedelta(seconds=5)
    assert response.headers["location"] == f"{PATH}/{created['id']}"
    assert data(await client.get(response.headers["location"])) == created


async def test_an_address_is_stored_in_small_letters(client: Api) -> None:
    assert (await client.customer(email="Ada.MOREAU@Example.Org"))["email"] == "ada.moreau@example.org"


async def test_an_address_that_is_too_long_in_lower_case_is_refused(client: Api) -> None:
    customer = await client.customer()
    for email, status in (("\u0130" * 125 + "@b.c", 200), ("\u0130" * 126 + "@b.c", 400)):
        body = {"name": "Ada", "email": email}
        response = await client.put(f"{PATH}/{customer['id']}", json=body)
        assert response.status_code == status
    assert bad_fields(response) == bad_fields(await client.post(PATH, json=body)) == ["email"]


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@EXAMPLE.ORG"])
async def test_an_address_in_use_is_a_conflict(client: Api, email: str) -> None:
    await client.customer(email="ada@example.org")
    response = await client.post(PATH, json={"name": "Other", "email": email})
    assert response.status_code == 409
    assert error(response) == {
        "code": "EMAIL_IN_USE",
        "message": "Another customer has this email.",
        "details": [{"field": "email", "message": "is in use", "value": email}],
    }
    assert meta(await client.get(PATH))["total"] == 1


async def test_another_key_that_is_taken_is_not_said_to_be_the_email(
    migrated_database: str, redis_url: str
) -> None:
    settings = load_settings({"DATABASE_URL": migrated_database, "REDIS_URL": redis_url})
    async with running(create_app(settings)) as app:
        database: Database = app.state["resources"].database
        async with database.connection() as conn, conn.cursor() as cursor:
            await cursor.execute("ALTER TABLE customers ADD UNIQUE KEY customers_name (name)")
        # Not the client that checks the document: the document knows no such key.
        async with httpx.AsyncClient(transport=transport(app), base_url="http://test") as client:
            first, second = [
                await client.post(PATH, json={"name": "Ada", "email": f"ada{number}@example.org"})
                for number in range(2)
            ]
            bob = await client.post(PATH, json={"name": "Bob", "email": "bob@example.org"})
            third = await client.put(
                f"{PATH}/{data(bob)['id']}", json={"name": "Ada", "email": "bob@example.org"}
            )
    assert first.status_code == 201
    for refused in (second, third):
        assert refused.status_code == 409
        assert error(refused) == {
            "code": "CONFLICT",
            "message": "A value that must be unique is already in use.",
            "details": [],
        }


async def test_addresses_that_only_look_alike_belong_to_different_customers(client: Api) -> None:
    for email in ("jose@example.org", "josé@example.org", "strasse@example.org", "straße@example.org"):
        assert (await client.customer(email=email))["email"] == email


async def test_an_address_cannot_be_taken_over_by_a_put(client: Api) -> None:
    await client.customer(email="ada@example.org")
    other = await client.customer(email="bob@example.org")
    response = await client.put(f"{PATH}/{other['id']}", json={"name": "Bob", "email": "ada@example.org"})
    assert (response.status_code, error(response)["code"]) == (409, "EMAIL_IN_USE")
    assert data(await client.get(f"{PATH}/{other['id']}"))["email"] == "bob@example.org"


async def test_a_customer_may_keep_an_address_in_a_put(client: Api) -> None:
    created = await client.customer()
    response = await client.put(f"{PATH}/{created['id']}", json={"name": "Ada M.", "email": created["email"]})
    assert data(response) == {**created, "name": "Ada M."}


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "a b@example.org",
        "a@b@example.org",
        "a@b..c",
        "ada@example.org\n",
        "ada\0@example.org",
        5,
        None,
        "a" * 250 + "@b.org",
    ],
)
async def test_an_address_that_is_none_is_refused(client: Api, email: object) -> None:
    response = await client.post(PATH, json={"name": "Ada", "email": email})
    assert bad_fields(response) == ["email"]
    assert error(response)["details"][0]["message"] == (
        "must be a text of 3 to 254 characters of the form name@example.org"
    )


async def test_every_missing_field_is_named_at_once(client: Api) -> None:
    assert bad_fields(await client.post(PATH, json={})) == ["name", "email"]


async def test_a_list_is_newest_first_by_page_and_by_cursor(client: Api) -> None:
    made = [await client.customer(name=f"C{n}", email=f"c{n}@example.org") for n in range(7)]
    newest = [each["id"] for each in reversed(made)]
    by_page = []
    for page in (1, 2, 3):
        by_page += data(await client.get(PATH, params={"page": page, "page_size": 3}))
    assert [each["id"] for each in by_page] == newest

    by_cursor, params = [], {"page_size": 3}
    while True:
        response = await client.get(PATH, params=params)
        by_cursor += data(response)
        cursor = meta(response)["next_cursor"]
        if cursor is None:
            break
        params["cursor"] = cursor
        await client.customer(email=f"new{len(by_cursor)}@example.org")
    assert [each["id"] for each in by_cursor] == newest


async def test_a_deleted_customer_is_gone(client: Api) -> None:
    created = await client.customer()
    assert (await client.delete(f"{PATH}/{created['id']}")).status_code == 200
    assert (await client.get(f"{PATH}/{created['id']}")).status_code == 404
    assert (await client.delete(f"{PATH}/{created['id']}")).status_code == 404
    assert meta(await client.get(PATH))["total"] == 0


async def test_a_customer_with_orders_cannot_be_deleted(client: Api) -> None:
    customer, product = await client.customer(), await client.product()
    items = [{"product_id": product["id"], "quantity": 1}]
    order = await client.made("/orders", customer_id=customer["id"], items=items)
    response = await client.delete(f"{PATH}/{customer['id']}")
    assert (response.status_code, error(response)["code"]) == (409, "CUSTOMER_IN_USE")
    await client.delete(f"/api/v1/orders/{order['id']}")
    assert (await client.delete(f"{PATH}/{customer['id']}")).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_customer_is_404(client: Api, method: str) -> None:
    body = {"name": "x", "email": "x@example.org"} if method == "PUT" else None
    response = await client.request(method, f"{PATH}/{UNKNOWN}", json=body)
    assert response.status_code == 404
    assert error(response)["details"] == [{"resource": "customer", "id": UNKNOWN}]


async def test_a_renamed_customer_is_seen_at_once_on_reports_and_orders(client: Api) -> None:
    customer, product = await client.customer(), await client.product()
    items = [{"product_id": product["id"], "quantity": 1}]
    order = await client.made("/orders", customer_id=customer["id"], items=items)
    for name in ("Ada M.", "Ada N."):
        assert data(await client.get("/api/v1/dashboard/top-customers"))
        assert data(await client.get(f"/api/v1/orders/{order['id']}"))
        await client.put(f"{PATH}/{customer['id']}", json={"name": name, "email": "ada@example.org"})
        (best,) = data(await client.get("/api/v1/dashboard/top-customers"))
        assert best["name"] == name
        assert data(await client.get(f"/api/v1/orders/{order['id']}"))["customer_name"] == name
