"""Stored answers: how long they are kept, their stamp, and their shape."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from product_dashboard.cache import Cache, cached
from tests.cache.conftest import Opening
from tests.cache.shop import Shop
from tools.bench.cache.server import RedisServer


async def test_nothing_outlives_its_ttl(cache: Cache, shop: Shop) -> None:
    @cached(name="brief", ttl=timedelta(milliseconds=50))
    async def read_brief(shop: Shop, *, key: int) -> int:
        return await shop.load(key)

    await read_brief.response(cache, shop, key=1)
    await asyncio.sleep(0.06)
    assert (await read_brief.response(cache, shop, key=1)).state == "MISS"


class Report(msgspec.Struct, frozen=True):
    total: int
    cached_at: datetime | None = None


@cached(
    name="report",
    ttl=timedelta(minutes=1),
    stamp=lambda report, at: msgspec.structs.replace(report, cached_at=at),
)
async def read_report(shop: Shop) -> Report:
    return Report(await shop.load(1))


async def test_only_stored_bytes_carry_the_stamp_and_each_body_has_its_own_etag(
    cache: Cache, shop: Shop
) -> None:
    fresh, hit = await read_report.response(cache, shop), await read_report.response(cache, shop)
    assert msgspec.json.decode(fresh.body, type=Report).cached_at is None
    stamped = msgspec.json.decode(hit.body, type=Report).cached_at
    assert stamped is not None
    assert abs(datetime.now(UTC) - stamped) < timedelta(seconds=5)
    assert fresh.etag != hit.etag
    assert (await read_report.response(cache, shop)).etag == hit.etag


class ReportWithAverage(msgspec.Struct, frozen=True):
    total: int
    average: float = 0.0
    cached_at: datetime | None = None


async def test_a_release_whose_answer_has_another_type_does_not_serve_what_the_one_before_it_stored(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    @cached(name="report", ttl=timedelta(minutes=1))
    async def read_report_of_next_release(shop: Shop) -> ReportWithAverage:
        return ReportWithAverage(await shop.load(1))

    old, new = [await open_cache(shared_server.url) for _ in range(2)]
    states = [(await read_report.response(old, shop)).state for _ in range(2)]
    assert states == ["MISS", "HIT"]
    answers = [await read_report_of_next_release.response(new, shop) for _ in range(2)]
    assert [answer.state for answer in answers] == ["MISS", "HIT"]
    assert msgspec.json.decode(answers[1].body, type=dict[str, object])["average"] == 0.0
    # While both releases run, neither serves the other's.
    assert (await read_report.response(old, shop)).state == "MISS"


async def test_a_release_that_encodes_in_another_way_does_not_either(
    open_cache: Opening, shared_server: RedisServer, shop: Shop
) -> None:
    @cached(name="price", ttl=timedelta(minutes=1))
    async def read_price(shop: Shop) -> Decimal:
        await shop.load(1)
        return Decimal("1.50")

    as_text = await open_cache(shared_server.url)
    as_number = await open_cache(shared_server.url, encoder=msgspec.json.Encoder(decimal_format="number"))
    bodies = [(await read_price.response(cache, shop)).body for cache in (as_text, as_number, as_number)]
    assert bodies == [b'"1.50"', b"1.50", b"1.50"]


def test_a_read_whose_result_has_no_schema_is_refused_where_it_is_declared() -> None:
    with pytest.raises(TypeError, match="return type"):

        @cached(name="untyped", ttl=timedelta(minutes=1))
        async def read_untyped(shop: Shop):  # type: ignore[no-untyped-def]  # what is refused
            return await shop.load(1)

    with pytest.raises(TypeError, match="no JSON schema"):

        @cached(name="opaque", ttl=timedelta(minutes=1))
        async def read_opaque(shop: Shop) -> Shop:
            return shop
