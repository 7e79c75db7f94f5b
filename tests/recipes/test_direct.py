from tests.recipes.conftest import Shop, get, until_direct


async def test_x(shop: Shop) -> None:
    async with shop.fast.connection() as connection:
        request = get("/api/v1/dashboard/overview")
        a = await connection.ask(request)
        print(a)
        a = await until_direct(shop.fast, connection, request)
        print(a)
    assert 0
