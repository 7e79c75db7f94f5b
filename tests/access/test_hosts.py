"""ALLOWED_HOSTS: the service answers for the names that it is given, and health for every name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.access.hosts import parse_hosts, split_host
from product_dashboard.settings import SettingsError, load_settings
from tests.access.conftest import Keys, WithAccess, bearer
from tests.api_client import Api, error

pytestmark = pytest.mark.any_server

NOWHERE = {"DATABASE_URL": "mysql://root:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
HOSTS = "api.example.org, *.example.com,[::1]:3000,127.0.0.1"


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("api.example.org", True),
        ("API.Example.Org", True),
        ("api.example.org:3000", True),
        ("api.example.org.", True),
        ("api.example.org.:443", True),
        ("a.example.com", True),
        ("a.b.example.com:80", True),
        ("127.0.0.1:9", True),
        ("[::1]:3000", True),
        ("[::1]:3001", False),
        ("[::1]", False),
        ("example.com", False),
        ("evil-example.com", False),
        ("api.example.org.evil.net", False),
        ("evil.net", False),
        ("evil.net:api.example.org", False),
        ("evil.net#.example.com", False),
        ("api.example.org@evil.net", False),
        (".example.com", False),
        ("a..example.com", False),
        ("", False),
        ("x" * 300 + ".example.com", False),
        ("api.example.org:999999", False),
        ("áa.example.com", False),
    ],
)
def test_a_host_is_compared_as_a_whole(host: str, *, allowed: bool) -> None:
    assert parse_hosts(HOSTS).allows(host.encode()) is allowed


@pytest.mark.parametrize("text", ["", "*", " , ", "api.example.org,*"])
def test_an_empty_list_and_an_asterisk_allow_any_host(text: str) -> None:
    assert parse_hosts(text).any


@pytest.mark.parametrize(
    "text", ["*.example.org:80", "*.*.org", "http://api.example.org", "a b", "*.", "a:port", "[::1"]
)
def test_a_wrong_host_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match=r"ALLOWED_HOSTS=.* is not allowed; allowed: host names"):
        load_settings({**NOWHERE, "ALLOWED_HOSTS": text})


async def ask(api: Api, path: str, host: str, method: str = "GET") -> tuple[int, str]:
    response = await api.request(method, path, headers={"host": host})
    return response.status_code, "" if response.is_success else error(response)["code"]


async def test_another_host_is_misdirected_and_health_answers_for_all(with_access: WithAccess) -> None:
    async with with_access(ALLOWED_HOSTS=HOSTS) as api:
        for path in ("/api/v1/categories", "/metrics", "/openapi.json", "/swagger/", "/nothing"):
            assert await ask(api, path, "evil.net") == (421, "MISDIRECTED")
        assert await ask(api, "/api/v1/categories", "evil.net", "POST") == (421, "MISDIRECTED")
        assert await ask(api, "/api/v1/categories", "api.example.org:3000") == (200, "")
        for path in ("/health/live", "/health/ready"):
            assert await ask(api, path, "10.1.2.3:3000") == (200, "")


async def test_a_request_without_a_host_is_misdirected(with_access: WithAccess) -> None:
    async with with_access(ALLOWED_HOSTS=HOSTS) as api:
        request = api.build_request("GET", "/metrics")
        del request.headers["host"]
        assert (await api.send(request)).status_code == 421


async def test_a_key_does_not_open_another_host(with_access: WithAccess, keys: Keys) -> None:
    async with with_access(ALLOWED_HOSTS=HOSTS, API_KEYS_FILE=str(keys.path)) as api:
        headers = {**bearer(keys.reader), "host": "evil.net"}
        assert (await api.get("/api/v1/categories", headers=headers)).status_code == 421


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=1, max_size=4).map(".".join)


@given(names, st.integers(0, 65535))
def test_a_name_allows_itself_in_any_spelling_and_no_name_around_it(name: str, port: int) -> None:
    hosts = parse_hosts(name)
    for same in (name, name.upper(), f"{name}:{port}", f"{name}.:{port}"):
        assert hosts.allows(same.encode())
    for other in (f"x{name}", f"x.{name}", f"{name}x", f"{name}.x", f"{name}@x", f"x@{name}", f"{name}/"):
        assert not hosts.allows(other.encode())
    below = parse_hosts(f"*.{name}")
    assert below.allows(f"x.{name}:{port}".encode())
    assert not below.allows(name.encode())
    assert not below.allows(f"x{name}".encode())


@given(st.binary(max_size=300))
def test_no_bytes_make_the_comparison_fail(host: bytes) -> None:
    hosts = parse_hosts(HOSTS)
    if hosts.allows(host):
        parsed = split_host(host.decode("latin-1"))
        assert parsed is not None
        assert parsed[0] in {"api.example.org", "127.0.0.1", "[::1]"} or parsed[0].endswith(".example.com")
