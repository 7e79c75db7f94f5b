"""A page of another site cannot make its reader's browser write; programs that are no browsers can write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.access.origins import is_cross_site, parse_origin, parse_origins
from product_dashboard.settings import SettingsError, load_settings
from tests.access.conftest import WithAccess
from tests.api_client import error

pytestmark = pytest.mark.any_server

NOWHERE = {"DATABASE_URL": "mysql://root:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
CATEGORIES = "/api/v1/categories"
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"
ALLOWED = "https://shop.example.org,http://localhost:5173"

OWN = [
    {},
    {"origin": "http://test"},
    {"origin": "http://test:80"},
    {"origin": "http://TEST"},
    {"origin": "https://test", "host": "test:443"},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": "http://test", "sec-fetch-site": "same-origin"},
    {"origin": "https://shop.example.org"},
    {"origin": "https://shop.example.org", "sec-fetch-site": "cross-site"},
    {"origin": "http://localhost:5173", "sec-fetch-site": "cross-site"},
]
FOREIGN = [
    {"origin": "https://evil.net"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://test:8080"},
    {"origin": "http://test.evil.net"},
    {"origin": "http://test@evil.net"},
    {"origin": "http://test, http://test"},
    {"origin": "file://test"},
    {"origin": "http://shop.example.org"},
    {"origin": "https://shop.example.org:8443"},
    {"origin": "http://test", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "anything new"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_page_of_another_site_cannot_write(with_access: WithAccess, headers: dict[str, str]) -> None:
    async with with_access(ALLOWED_ORIGINS=ALLOWED) as api:
        for method, path in (
            ("POST", CATEGORIES),
            ("PUT", f"{CATEGORIES}/{UNKNOWN}"),
            ("PATCH", f"{CATEGORIES}/{UNKNOWN}"),
            ("DELETE", f"{CATEGORIES}/{UNKNOWN}"),
            ("POST", "/nothing"),
        ):
            response = await api.request(method, path, headers=headers, json={"name": "Lamps"})
            assert (response.status_code, error(response)["code"]) == (403, "CROSS_SITE"), method
        assert (await api.get(CATEGORIES, headers=headers)).status_code == 200


@pytest.mark.parametrize("headers", OWN)
async def test_its_own_pages_allowed_ones_and_programs_can_write(
    with_access: WithAccess, headers: dict[str, str]
) -> None:
    async with with_access(ALLOWED_ORIGINS=ALLOWED) as api:
        response = await api.post(CATEGORIES, headers=headers, json={"name": "Lamps"})
        assert response.status_code == 201


async def test_two_origins_are_foreign_even_if_one_is_allowed(with_access: WithAccess) -> None:
    async with with_access(ALLOWED_ORIGINS=ALLOWED) as api:
        headers = [(b"origin", b"https://shop.example.org"), (b"origin", b"https://evil.net")]
        response = await api.post(CATEGORIES, headers=headers, json={"name": "Lamps"})
        assert response.status_code == 403


async def test_without_a_setting_only_its_own_pages_can_write(with_access: WithAccess) -> None:
    async with with_access() as api:
        for origin, status in (("http://test", 201), ("https://shop.example.org", 403)):
            response = await api.post(CATEGORIES, headers={"origin": origin}, json={"name": "Lamps"})
            assert response.status_code == status


async def test_no_page_of_another_site_may_read_an_answer(with_access: WithAccess) -> None:
    """Without CORS headers the browser keeps the answer from the page, and refuses what it must ask for first."""
    async with with_access(ALLOWED_ORIGINS=ALLOWED) as api:
        for method in ("GET", "OPTIONS"):
            response = await api.request(method, CATEGORIES, headers={"origin": "https://evil.net"})
            assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "text", ["shop.example.org", "https://shop.example.org/", "*", "null", "https://a b", "ftp://x"]
)
def test_a_wrong_origin_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match=r"ALLOWED_ORIGINS=.* is not allowed; allowed: origins"):
        load_settings({**NOWHERE, "ALLOWED_ORIGINS": text})


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_no_bytes_make_the_check_fail_and_only_the_own_host_passes(origin: bytes, host: bytes) -> None:
    foreign = is_cross_site(host=host, origins=[origin], fetch_sites=[], allowed=frozenset())
    if not foreign:
        parsed = parse_origin(origin.decode("latin-1"))
        assert parsed is not None
        assert host.decode("latin-1").lower().startswith(parsed[1])


@given(
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,2}", fullmatch=True),
    st.integers(1, 65535),
)
def test_an_origin_is_own_exactly_if_host_and_port_are_the_same(scheme: str, name: str, port: int) -> None:
    def foreign(host: str) -> bool:
        origin = f"{scheme}://{name}:{port}".encode()
        return is_cross_site(host=host.encode(), origins=[origin], fetch_sites=[], allowed=frozenset())

    assert not foreign(f"{name}:{port}")
    assert foreign(f"x{name}:{port}")
    assert foreign(f"{name}.x:{port}")
    assert foreign(f"{name}:{port - 1}")
    assert foreign(name) is (port != {"http": 80, "https": 443}[scheme])
    assert parse_origins(f"{scheme}://{name}:{port}") == {(scheme, name, str(port))}
