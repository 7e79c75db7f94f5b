"""The rate limit: a token bucket for each client, with a bound on its memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.access import rate
from product_dashboard.access.admission import AdmissionControl
from product_dashboard.access.key_file import read_key_file
from product_dashboard.access.rate import Buckets, Rate, client_of_address, parse_rate, whole_seconds
from product_dashboard.errors import AppError, Code, RateLimited
from product_dashboard.settings import SettingsError, load_settings
from tests.access.conftest import Keys, WithAccess, bearer
from tests.api_client import error

pytestmark = pytest.mark.any_server

NOWHERE = {"DATABASE_URL": "mysql://root:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
READ = "/api/v1/categories"


async def test_beyond_the_burst_it_is_429_with_the_seconds_to_wait(with_access: WithAccess) -> None:
    async with with_access(RATE_LIMIT="2/h", RATE_LIMIT_BURST="3") as api:
        assert [(await api.get(READ)).status_code for _ in range(3)] == [200, 200, 200]
        refused = await api.get(READ)
        assert (refused.status_code, error(refused)["code"]) == (429, "RATE_LIMITED")
        assert 1790 < int(refused.headers["retry-after"]) <= 1800
        assert (await api.post(READ, json={"name": "Lamps"})).status_code == 429
        assert (await api.get("/metrics")).status_code == 429
        assert (await api.get("/nothing")).status_code == 429
        for _ in range(5):
            assert (await api.get("/health/live")).status_code == 200


async def test_refusals_are_counted(with_access: WithAccess) -> None:
    async with with_access(RATE_LIMIT="1/h", RATE_LIMIT_BURST="1") as api:
        await api.get(READ)
        await api.get(READ)
    async with with_access() as api:
        text = (await api.get("/metrics")).text
    (line,) = (
        each for each in text.splitlines() if each.startswith('http_requests_refused_total{code="RATE_')
    )
    assert float(line.split()[1]) >= 1


async def test_each_key_has_a_limit_of_its_own_and_so_have_those_without(
    with_access: WithAccess, keys: Keys
) -> None:
    limit = {"RATE_LIMIT": "1/h", "RATE_LIMIT_BURST": "2"}
    async with with_access(API_KEYS_FILE=str(keys.path), **limit) as api:
        for key in (keys.reader, keys.writer):
            statuses = [(await api.get(READ, headers=bearer(key))).status_code for _ in range(3)]
            assert statuses == [200, 200, 429]
        tries = [(await api.get(READ, headers=bearer(f"pd_{n}"))).status_code for n in range(3)]
        assert tries == [401, 401, 429]


def statuses(admission: AdmissionControl, address: str, count: int) -> list[int]:
    found: list[int] = []
    for _ in range(count):
        try:
            admission.admit("GET", READ, [], address)
        except AppError as refused:
            found.append(refused.code.status)
        else:
            found.append(200)
    return found


def test_a_client_is_an_ipv4_address_or_the_64_of_an_ipv6_address() -> None:
    admission = AdmissionControl(buckets=Buckets(Rate(1, 3600), burst=2))
    assert statuses(admission, "192.0.2.1", 3) == [200, 200, 429]
    assert statuses(admission, "192.0.2.2", 1) == [200]
    assert statuses(admission, "2001:db8:1:2::1", 1) == [200]
    assert statuses(admission, "2001:db8:1:2:ffff::9", 2) == [200, 429]
    assert statuses(admission, "2001:db8:1:3::1", 1) == [200]
    assert statuses(admission, "::ffff:192.0.2.2", 2) == [200, 429]
    assert statuses(admission, "::ffff:192.0.2.3", 1) == [200]


def test_a_key_and_an_address_of_the_same_text_are_two_clients(keys: Keys) -> None:
    keys.write(keys.path.read_text().replace("reader", "192.0.2.1"))
    admission = AdmissionControl(
        find_key=read_key_file(keys.path).ring.find, buckets=Buckets(Rate(1, 3600), burst=1)
    )
    assert statuses(admission, "192.0.2.1", 2) == [401, 429]
    assert admission.admit("GET", READ, [(b"x-api-key", keys.reader.encode())], "") == "192.0.2.1"


def test_a_client_that_waits_as_long_as_retry_after_says_is_served() -> None:
    now = 1000.0
    admission = AdmissionControl(buckets=Buckets(Rate(3, 60), burst=1), clock=lambda: now)
    assert admission.admit("GET", READ, [], "192.0.2.1") == ""
    with pytest.raises(RateLimited) as refused:
        admission.admit("GET", READ, [], "192.0.2.1")
    assert (refused.value.retry_after_s, refused.value.code) == (20, Code.RATE_LIMITED)
    now += 20
    assert admission.admit("GET", READ, [], "192.0.2.1") == ""


def test_a_long_pause_saves_no_more_than_the_burst() -> None:
    buckets = Buckets(Rate(10, 1), burst=5)
    for now in (0.0, 1000.0):
        assert sum(not buckets.take("client", now) for _ in range(100)) == 5


def test_workers_share_the_limit_fairly() -> None:
    for workers in (1, 2, 4):
        each = [Buckets(Rate(8, 1), burst=16, workers=workers) for _ in range(workers)]
        at_once = sum(not buckets.take("client", 0.0) for buckets in each for _ in range(100))
        a_second_later = sum(not buckets.take("client", 1.0) for buckets in each for _ in range(100))
        assert (at_once, a_second_later) == (16, 8)


def test_many_clients_take_no_more_than_their_share_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_BUCKETS", 100)
    buckets = Buckets(Rate(1, 3600), burst=1)
    buckets.take("busy", 0.0)
    for number in range(1000):
        buckets.take(f"client {number}", 0.0)
        assert buckets.take("busy", 0.0) > 0, "a client that is refused kept its place"
    assert len(buckets) == 100


@given(
    st.integers(1, 1000),
    st.sampled_from([1, 60, 3600]),
    st.integers(1, 50),
    st.lists(st.floats(0, 100), max_size=200),
)
def test_no_more_than_the_burst_and_the_rate_are_ever_let_through(
    requests: int, seconds: int, burst: int, pauses: list[float]
) -> None:
    """Over any stretch of time, at most `burst` and what the rate gives in that time."""
    buckets = Buckets(Rate(requests, seconds), burst=burst)
    now = 0.0
    taken: list[float] = []
    for pause in pauses:
        now += pause / requests
        wait = buckets.take("client", now)
        if wait:
            assert buckets.take("client", now + wait) == 0, "it waited as long as it had to"
            now += wait
            taken.append(now)
        else:
            taken.append(now)
    for first in range(0, len(taken), 7):
        for last in range(first, len(taken), 11):
            span = taken[last] - taken[first]
            assert last - first + 1 <= burst + span * requests / seconds + 1e-6


@given(st.text(max_size=60))
def test_any_address_is_a_client(address: str) -> None:
    assert isinstance(client_of_address(address), str)


@pytest.mark.parametrize("text", ["100", "0/s", "-1/s", "1.5/s", "100/d", "100 / s", "/s", "1e3/s"])
def test_a_wrong_rate_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match=r"RATE_LIMIT=.* is not allowed; allowed: a number of requests"):
        load_settings({**NOWHERE, "RATE_LIMIT": text})


def test_a_rate_is_read() -> None:
    assert [parse_rate(text) for text in ("100/s", "600/m", "5000/h")] == [
        Rate(100, 1),
        Rate(600, 60),
        Rate(5000, 3600),
    ]
    assert [whole_seconds(wait) for wait in (0.001, 1.0, 1.2)] == [1, 1, 2]
