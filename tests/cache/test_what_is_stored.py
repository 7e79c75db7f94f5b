"""What is stored: how long, with which stamp, and in which shape."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec

from product_dashboard.cache import Cache, cached
from tests.cache.shop import Shop


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
