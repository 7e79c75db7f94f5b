"""API keys: who gets in, who may do what, and how the file changes while the service runs."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from litestar.types import Receive, Scope, Send
from openapi_spec_validator import OpenAPIV31SpecValidator

from product_dashboard.access.admission import AdmissionControl, presented_key
from product_dashboard.access.client import client_of
from product_dashboard.access.key_file import WatchedKeys, read_key_file
from product_dashboard.access.keys import KeyFileError, key_line, new_key, parse_keys
from product_dashboard.access.middleware import guarded
from product_dashboard.access.rules import SCOPES, Access
from product_dashboard.app import create_app
from product_dashboard.settings import SettingsError, load_settings
from tests.access.conftest import Keys, WithAccess, bearer
from tests.api_client import document_of, error
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.any_server

READ = "/api/v1/categories"
NOWHERE = {"DATABASE_URL": "mysql://root:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


async def test_a_key_gets_in_and_its_scopes_say_what_it_may(with_access: WithAccess, keys: Keys) -> None:
    async with with_access(API_KEYS_FILE=str(keys.path)) as api:
        assert (await api.get(READ, headers=bearer(keys.reader))).status_code == 200
        assert (await api.get(READ, headers={"x-api-key": keys.reader})).status_code == 200
        assert (await api.get(READ, headers={"authorization": f"bEARER  {keys.reader}"})).status_code == 200

        body = {"name": "Lamps"}
        refused = await api.post(READ, headers=bearer(keys.reader), json=body)
        assert refused.status_code == 403
        assert error(refused) == {
            "code": "FORBIDDEN",
            "message": "This API key lacks the scope write.",
            "details": [{"scope": "write"}],
        }
        assert (await api.post(READ, headers=bearer(keys.writer), json=body)).status_code == 201
        assert (await api.get(READ, headers=bearer(keys.scraper))).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer pd_wrong"},
        {"authorization": "Basic cGRfd3Jvbmc6"},
        {"authorization": "Bearer " + "x" * 10_000},
        {"authorization": "Bearer \xfc"},
        {"x-api-key": ""},
        {"x-api-key": "pd_wrong"},
    ],
)
async def test_without_a_known_key_nothing_but_health_and_the_document_is_open(
    with_access: WithAccess, keys: Keys, headers: dict[str, str]
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    async with with_access(API_KEYS_FILE=str(keys.path)) as api:
        for method, path in (
            ("GET", READ),
            ("HEAD", READ),
            ("OPTIONS", READ),
            ("POST", READ),
            ("PATCH", READ),
            ("GET", "/metrics"),
            ("GET", "/"),
            ("GET", "/nothing"),
            ("GET", "//metrics"),
            ("GET", "/swagger/nothing"),
            ("GET", "/health/../metrics"),
            ("GET", "/health/live/../../metrics"),
            ("GET", "/health"),
        ):
            response = await api.request(method, f"http://test{path}", headers=raw)
            assert response.status_code == 401, (method, path)
            if path == "/":  # the page asks a browser for the key of its user
                assert response.headers["www-authenticate"].startswith("Basic ")
                assert "An API key is needed" in response.text
                continue
            assert response.headers["www-authenticate"].startswith("Bearer")
            if method != "HEAD":
                assert error(response)["code"] == "UNAUTHENTICATED"
        for path in (
            "/health/live",
            "/health/ready",
            "/openapi.json",
            "/swagger/doc.json",
            "/swagger/index.html",
            "/swagger",
            "/swagger/",
            "/swagger/swagger-ui-bundle.js",
            "/swagger/initializer.js",
        ):
            assert (await api.get(path, headers=raw)).status_code == 200, path


async def test_metrics_need_their_own_scope(with_access: WithAccess, keys: Keys) -> None:
    async with with_access(API_KEYS_FILE=str(keys.path)) as api:
        assert (await api.get("/metrics", headers=bearer(keys.writer))).status_code == 403
        response = await api.get("/metrics", headers=bearer(keys.scraper))
        assert response.status_code == 200
        assert 'http_requests_refused_total{code="FORBIDDEN"}' in response.text


async def test_an_unknown_path_is_404_with_a_key(with_access: WithAccess, keys: Keys) -> None:
    async with with_access(API_KEYS_FILE=str(keys.path)) as api:
        assert (await api.get("/nothing", headers=bearer(keys.reader))).status_code == 404


async def test_two_keys_that_differ_are_refused(with_access: WithAccess, keys: Keys) -> None:
    """A proxy in front may have checked the one, and the service would believe the other."""
    async with with_access(API_KEYS_FILE=str(keys.path)) as api:
        both = [(b"authorization", f"Bearer {keys.reader}".encode()), (b"x-api-key", keys.writer.encode())]
        assert (await api.get(READ, headers=both)).status_code == 401
        same = [(b"authorization", f"Bearer {keys.reader}".encode()), (b"x-api-key", keys.reader.encode())]
        assert (await api.get(READ, headers=same)).status_code == 200
        proxys_own = [(b"authorization", b"Basic eDp5"), (b"x-api-key", keys.reader.encode())]
        assert (await api.get(READ, headers=proxys_own)).status_code == 200


async def test_without_a_key_file_everything_is_open(with_access: WithAccess) -> None:
    async with with_access() as api:
        assert (await api.get(READ)).status_code == 200
        assert (await api.get(READ, headers=bearer("any"))).status_code == 200
        assert (await api.get("/metrics")).status_code == 200


async def test_the_log_has_the_name_of_the_key_and_never_the_key(with_access: WithAccess, keys: Keys) -> None:
    with structlog.testing.capture_logs() as logged:
        async with with_access(API_KEYS_FILE=str(keys.path)) as api:
            await api.get(READ, headers=bearer(keys.reader))
            await api.get(READ, headers=bearer("pd_a-wrong-key"))
            metrics = await api.get("/metrics", headers=bearer(keys.scraper))
    lines = [line for line in logged if line["event"] == "request"]
    assert (lines[0]["client"], lines[0]["address"]) == ("reader", "127.0.0.1")
    assert (lines[1]["client"], lines[1]["status"]) == ("127.0.0.1", 401)
    for secret in (keys.reader, keys.scraper, "pd_a-wrong-key"):
        assert secret not in str(logged)
        assert secret not in metrics.text


async def test_handlers_find_the_client_in_the_scope(keys: Keys) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        seen.append(client_of(scope))

    async def nothing(*_: object) -> Any:
        raise AssertionError

    admission = AdmissionControl(find_key=read_key_file(keys.path).ring.find)
    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": READ,
        "client": None,
        "state": {},
        "headers": [(b"x-api-key", keys.writer.encode())],
    }
    await guarded(app, admission)(scope, nothing, nothing)
    await guarded(app, AdmissionControl())(scope | {"state": {}}, nothing, nothing)
    assert seen == ["writer", ""]


# The file


def hashed(name: str = "shop", scopes: str = "read", digits: str = "0" * 64) -> str:
    return f"{name} {scopes} sha256:{digits}"


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("shop", "must have a name, scopes and a hash"),
        ("shop read", "must have a name, scopes and a hash"),
        (hashed() + " more", "must have a name, scopes and a hash"),
        (hashed(name="shöp"), "the name must have 1 to 64 letters"),
        (hashed(name="x" * 65), "the name must have 1 to 64 letters"),
        (hashed(name='"shop"'), "the name must have 1 to 64 letters"),
        (hashed(scopes="admin"), "must be some of read, write, metrics"),
        (hashed(scopes="public"), "must be some of read, write, metrics"),
        (hashed(scopes="read,"), "must be some of read, write, metrics"),
        (hashed(scopes="read,read"), "must be some of read, write, metrics"),
        (hashed(digits="0" * 63), "must be sha256: and 64 hexadecimal digits"),
        ("shop read pd_the-key-itself", "and not the key"),
        ("pd_the-key-itself read shop", "must be sha256:"),
        ("pd_the=key-itself read shop", "the name must have"),
    ],
)
def test_a_bad_line_stops_the_start_with_its_number_and_what_to_do(
    tmp_path: Path, line: str, remedy: str
) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(f"# comment\n\n{hashed(digits='1' * 64)}\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings({**NOWHERE, "API_KEYS_FILE": str(path)})
    (problem,) = refused.value.problems
    assert "line 4: " in problem
    assert remedy in problem
    assert "the-key-itself" not in problem


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"line 1: .*; line 3: .*"):
        parse_keys(f"shop\n{hashed()}\nshop2\n")


def test_the_same_key_twice_is_refused_and_the_same_name_is_not() -> None:
    """A client gets a new key beside its old one, and keeps its name."""
    assert len(parse_keys(f"{hashed(digits='1' * 64)}\n{hashed(digits='2' * 64)}")) == 2
    with pytest.raises(KeyFileError, match="line 2: this key is in the file already"):
        parse_keys(f"{hashed(name='a')}\n{hashed(name='b')}")


@pytest.mark.parametrize("text", ["", "\n# none\n"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.txt").write_text(text)
    with pytest.raises(KeyFileError, match=r"has no key.*just api-key"):
        read_key_file(tmp_path / "keys.txt")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"API_KEYS_FILE=.*cannot be read: No such file"):
        load_settings({**NOWHERE, "API_KEYS_FILE": str(tmp_path / "none")})
    (tmp_path / "keys.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(KeyFileError, match="not UTF-8"):
        read_key_file(tmp_path / "keys.txt")


def test_settings_show_no_hash(keys: Keys) -> None:
    settings = load_settings({**NOWHERE, "API_KEYS_FILE": str(keys.path)})
    for line in keys.path.read_text().splitlines():
        digits = line.rpartition("sha256:")[2]
        if len(digits) == 64:
            assert digits not in repr(settings)
            assert repr(bytes.fromhex(digits)) not in repr(settings)


async def test_a_changed_file_is_in_force_after_the_next_check(keys: Keys) -> None:
    watched = WatchedKeys(read_key_file(keys.path))
    added, old = new_key(), keys.reader

    keys.write(key_line("added", [Access.READ], added))
    await watched.check()

    assert watched.ring.find(added.encode()) is not None
    assert watched.ring.find(old.encode()) is None


async def test_a_file_that_is_replaced_by_another_is_noticed_even_with_its_time_and_size(keys: Keys) -> None:
    watched = WatchedKeys(read_key_file(keys.path))
    before = keys.path.stat()
    other = keys.path.with_name("other")
    other.write_text(keys.path.read_text().replace("reader", "leader"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(keys.path)

    await watched.check()

    found = watched.ring.find(keys.reader.encode())
    assert found is not None
    assert found.name == "leader"


@pytest.mark.parametrize("broken", ["not a key file", "", None])
async def test_a_broken_file_keeps_the_old_keys_and_is_logged_once(keys: Keys, broken: str | None) -> None:
    watched = WatchedKeys(read_key_file(keys.path))
    right = keys.path.read_text()
    if broken is None:
        keys.path.unlink()
    else:
        keys.path.write_text(broken)
    with structlog.testing.capture_logs() as logged:
        await watched.check()
        await watched.check()
    assert [(line["event"], line["log_level"]) for line in logged] == [("access.keys_not_reloaded", "error")]
    assert watched.ring.find(keys.reader.encode()) is not None

    keys.path.write_text(right.replace("reader", "leader"))
    with structlog.testing.capture_logs() as logged:
        await watched.check()
    assert [line["event"] for line in logged] == ["access.keys_reloaded"]


async def test_a_process_that_starts_while_the_file_is_broken_accepts_no_key_until_it_is_mended(
    keys: Keys,
) -> None:
    """The supervisor read the file when the service started: its keys may have been removed since."""
    watched = WatchedKeys(read_key_file(keys.path))
    right = keys.path.read_text()
    keys.path.write_text("not a key file")
    async with watched.watching():
        assert watched.find(keys.reader.encode()) is None
        keys.path.write_text(right)
        await watched.check()
        assert watched.find(keys.reader.encode()) is not None


async def test_the_running_service_reads_a_new_key_by_itself(
    with_access: WithAccess, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("product_dashboard.access.key_file.CHECK_INTERVAL_S", 0.02)
    added = new_key()
    async with with_access(API_KEYS_FILE=str(keys.path)) as api:
        assert (await api.get(READ, headers=bearer(added))).status_code == 401
        keys.write(key_line("added", [Access.READ], added))
        async with asyncio.timeout(PATIENCE_S):
            while (await api.get(READ, headers=bearer(added))).status_code == 401:  # noqa: ASYNC110 - it is asked
                await asyncio.sleep(0.02)
        assert (await api.get(READ, headers=bearer(keys.reader))).status_code == 401


# The document


def test_the_document_has_the_scheme_and_the_scope_of_each_operation(keys: Keys) -> None:
    app = create_app(load_settings({**NOWHERE, "API_KEYS_FILE": str(keys.path)}))
    document = document_of(app)
    OpenAPIV31SpecValidator(json.loads(msgspec.json.encode(app.openapi_schema.to_schema()))).validate()
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/health/"):
                assert operation["security"] == []
                assert not {"401", "403", "421", "429"} & operation["responses"].keys()
            else:
                scope = "read" if method == "get" else "write"
                assert operation["security"] == [{"ApiKey": [scope]}]
                assert {"401", "403", "421", "429"} <= operation["responses"].keys()


def test_the_document_of_an_open_service_asks_for_no_key() -> None:
    document = document_of(create_app(load_settings(NOWHERE)))
    assert "securitySchemes" not in document["components"]
    for operations in document["paths"].values():
        assert all("security" not in operation for operation in operations.values())


# Properties

raw_values = st.binary(max_size=80)
raw_headers = st.lists(
    st.tuples(st.sampled_from([b"authorization", b"x-api-key", b"accept", b"host"]), raw_values), max_size=6
)


@given(raw_headers)
def test_no_header_makes_the_parser_fail_or_find_a_key_that_was_not_sent(
    headers: list[tuple[bytes, bytes]],
) -> None:
    found = presented_key(headers)
    assert not found or any(
        value.strip() == found or value[7:].strip() == found
        for name, value in headers
        if name in {b"authorization", b"x-api-key"}
    )


@given(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
    st.sets(st.sampled_from(SCOPES), min_size=1),
)
def test_a_line_that_is_written_is_read_back(name: str, scopes: set[Access]) -> None:
    key = new_key()
    found = parse_keys(key_line(name, sorted(scopes), key)).find(key.encode())
    assert found is not None
    assert found.name == name
    assert set(found.scopes) == scopes
    assert presented_key([(b"authorization", f"Bearer {key}".encode())]) == key.encode()


@given(st.text(max_size=200))
def test_any_text_is_a_key_file_or_is_refused_with_a_line(text: str) -> None:
    try:
        keys, reason = len(parse_keys(text)), ""
    except KeyFileError as refused:
        keys, reason = 0, str(refused)
    assert keys > 0 or "line " in reason or "no key" in reason
