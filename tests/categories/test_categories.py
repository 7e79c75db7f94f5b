"""Categories over HTTP."""

import pytest

from tests.api_client import Api, bad_fields, data, error, meta

PATH = "/api/v1/categories"
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"


async def test_a_created_category_is_answered_and_can_be_read_at_its_location(client: Api) -> None:
    response = await client.post(PATH, json={"name": "Lamps", "description": "Light"})
    assert response.status_code == 201
    created = data(response)
    assert created == {"id": created["id"], "name": "Lamps", "description": "Light"}
    assert response.headers["location"] == f"{PATH}/{created['id']}"
    assert data(await client.get(response.headers["location"])) == created


async def test_a_description_may_be_left_out_or_null(client: Api) -> None:
    for body in ({"name": "A"}, {"name": "A", "description": None}):
        assert data(await client.post(PATH, json=body))["description"] is None


async def test_ids_are_of_version_7_and_ascend(client: Api) -> None:
    ids = [(await client.category(f"C{n}"))["id"] for n in range(5)]
    assert all(each[14] == "7" for each in ids)
    assert ids == sorted(ids)


async def test_every_bad_field_is_named_at_once(client: Api) -> None:
    response = await client.post(PATH, json={"name": "", "description": 5})
    assert bad_fields(response) == ["name", "description"]
    assert error(response)["details"] == [
        {
            "field": "name",
            "message": "must be a text of 1 to 200 characters, one of them visible",
            "value": "",
        },
        {"field": "description", "message": "must be a text of at most 2000 characters or null", "value": 5},
    ]


@pytest.mark.parametrize("name", [None, 5, "", "   ", "\t\n", "\x89", "\u0301\u200b", "x" * 201, ["x"], True])
async def test_a_name_that_is_none_is_refused(client: Api, name: object) -> None:
    assert bad_fields(await client.post(PATH, json={"name": name})) == ["name"]


@pytest.mark.parametrize(
    "name", ["x", "x" * 200, "漢" * 200, "🦊" * 200, 'O\'Hara \\ "q" %_; --', " spaced "]
)
async def test_a_name_comes_back_as_it_was_sent(client: Api, name: str) -> None:
    created = await client.category(name)
    assert data(await client.get(f"{PATH}/{created['id']}"))["name"] == name


async def test_a_list_is_by_name_with_its_meta(client: Api) -> None:
    for name in ("b", "C", "a"):
        await client.category(name)
    response = await client.get(PATH, params={"page_size": 2})
    assert [each["name"] for each in data(response)] == ["a", "b"]
    found = meta(response)
    assert {**found, "next_cursor": None} == {
        "total": 3,
        "totalPages": 2,
        "page": 1,
        "pageSize": 2,
        "next_cursor": None,
    }
    rest = await client.get(PATH, params={"page_size": 2, "cursor": found["next_cursor"]})
    assert [each["name"] for each in data(rest)] == ["C"]
    assert meta(rest) == {"total": 3, "totalPages": 2, "page": None, "pageSize": 2, "next_cursor": None}


async def test_a_page_past_the_end_is_an_empty_list(client: Api) -> None:
    await client.category()
    response = await client.get(PATH, params={"page": 7})
    assert data(response) == []
    assert meta(response) == {"total": 1, "totalPages": 1, "page": 7, "pageSize": 10, "next_cursor": None}


async def test_no_categories_are_an_empty_list(client: Api) -> None:
    response = await client.get(PATH)
    assert data(response) == []
    assert meta(response)["total"] == meta(response)["totalPages"] == 0


async def test_a_put_replaces_all_of_a_category(client: Api) -> None:
    created = await client.category("Lamps", description="Light")
    response = await client.put(f"{PATH}/{created['id']}", json={"name": "Lights"})
    assert data(response) == {"id": created["id"], "name": "Lights", "description": None}
    assert data(await client.get(f"{PATH}/{created['id']}")) == data(response)


async def test_a_put_that_changes_nothing_is_no_error(client: Api) -> None:
    created = await client.category("Lamps")
    for _ in range(2):
        assert (await client.put(f"{PATH}/{created['id']}", json={"name": "Lamps"})).status_code == 200


async def test_a_deleted_category_is_gone_and_no_longer_counted(client: Api) -> None:
    created = await client.category()
    response = await client.delete(f"{PATH}/{created['id']}")
    assert (response.status_code, data(response), meta(response)) == (200, None, None)
    assert (await client.get(f"{PATH}/{created['id']}")).status_code == 404
    assert (await client.delete(f"{PATH}/{created['id']}")).status_code == 404
    assert meta(await client.get(PATH))["total"] == 0


async def test_a_category_in_use_cannot_be_deleted(client: Api) -> None:
    product = await client.product()
    category_id = product["category"]["id"]
    response = await client.delete(f"{PATH}/{category_id}")
    assert response.status_code == 409
    assert error(response)["code"] == "CATEGORY_IN_USE"
    assert meta(await client.get(PATH))["total"] == 1
    await client.delete(f"/api/v1/products/{product['id']}")
    assert (await client.delete(f"{PATH}/{category_id}")).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_an_unknown_category_is_404(client: Api, method: str) -> None:
    body = {"name": "x"} if method == "PUT" else None
    response = await client.request(method, f"{PATH}/{UNKNOWN}", json=body)
    assert response.status_code == 404
    assert error(response) == {
        "code": "NOT_FOUND",
        "message": "There is no category with this id.",
        "details": [{"resource": "category", "id": UNKNOWN}],
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("text", ["1", "not-a-uuid", UNKNOWN + "0", "{" + UNKNOWN + "}", "%00"])
async def test_an_id_that_is_no_uuid_is_400(client: Api, method: str, text: str) -> None:
    body = {"name": "x"} if method == "PUT" else None
    assert bad_fields(await client.request(method, f"{PATH}/{text}", json=body)) == ["category_id"]


async def test_a_renamed_category_is_seen_at_once_on_its_products(client: Api) -> None:
    product = await client.product()
    path = f"/api/v1/products/{product['id']}"
    for name in ("Lights", "Lanterns"):
        await client.get(path)
        assert (await client.get(path)).headers["x-cache"] == "HIT"
        await client.put(f"{PATH}/{product['category']['id']}", json={"name": name, "description": name})
        assert data(await client.get(path))["category"] == {
            "id": product["category"]["id"],
            "name": name,
            "description": name,
        }
