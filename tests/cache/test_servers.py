"""URLs of Redis."""

import ssl
from typing import Any, cast

import pytest
from redis.asyncio.connection import Connection, SSLConnection

from product_dashboard.cache.servers import RedisUrl, parse_url


async def connection_of(url: RedisUrl) -> Connection:
    """The connection that redis-py would open, not opened."""
    (options,) = (await url.find_masters(1.0)).options
    found = url.connection_class(**options)
    assert isinstance(found, Connection)
    return found


def checks(connection: Connection) -> tuple[bool, object]:
    """Return whether the host name is checked, and the required kind of certificate."""
    assert isinstance(connection, SSLConnection)
    required: object = cast("Any", connection).cert_reqs
    return connection.check_hostname, required


async def test_a_plain_url_names_host_port_and_database() -> None:
    url = parse_url("redis://user:p%40ss@cache.example:6380/4")
    assert (url.kind, url.addresses) == ("single", (("cache.example", 6380),))
    connection = await connection_of(url)
    assert (connection.host, connection.port, connection.db) == ("cache.example", 6380, 4)
    assert (connection.username, connection.password) == ("user", "p@ss")
    assert not isinstance(connection, SSLConnection)


async def test_what_a_url_leaves_out_has_the_usual_values() -> None:
    connection = await connection_of(parse_url("redis://"))
    assert (connection.host, connection.port, connection.db) == ("localhost", 6379, 0)


def test_a_url_shows_no_password_when_printed() -> None:
    assert "secret" not in repr(parse_url("redis://:secret@h/1"))


@pytest.mark.parametrize(
    "url", ["redis://:secret@h:port", "redis://u:secret@h:99999999", "redis://:secret@h/x"]
)
def test_a_wrong_url_shows_no_password_either(url: str) -> None:
    with pytest.raises(ValueError, match="Redis URL") as caught:
        parse_url(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_rediss_verifies_certificate_and_host_name_unless_told_otherwise() -> None:
    strict = await connection_of(parse_url("rediss://h"))
    assert checks(strict) == (True, ssl.CERT_REQUIRED)
    by_name = await connection_of(parse_url("rediss://h?ssl_check_hostname=false"))
    assert checks(by_name) == (False, ssl.CERT_REQUIRED)
    lax = await connection_of(parse_url("rediss://h?ssl_cert_reqs=none"))
    assert checks(lax) == (False, ssl.CERT_NONE)


def test_sentinels_are_listed_and_the_service_comes_after_them() -> None:
    url = parse_url("redis+sentinel://:pw@a,b:26380/main/2?sentinel_password=other")
    assert url.addresses == (("a", 26379), ("b", 26380))
    assert (url.service, url.options["db"], url.options["password"]) == ("main", 2, "pw")
    assert url.sentinel_login == {"password": "other"}


def test_ipv6_addresses_are_read() -> None:
    assert parse_url("redis://[::1]:7000").addresses == (("::1", 7000),)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://h", "scheme 'http'"),
        ("redis://a,b", "several hosts"),
        ("redis://h/x", "no database number"),
        ("redis://h:port", "no host:port"),
        ("redis+sentinel://h", "name of the service"),
        ("redis+cluster://h/1", "database 0 only"),
        ("redis://h?ssl_cert=1", "unknown option ssl_cert"),
        ("redis://h?ssl_ca_certs=/ca.pem", "unknown option ssl_ca_certs"),
        ("redis://h?decode_responses=1", "unknown option decode_responses"),
        ("rediss://h?ssl_cert_reqs=maybe", "ssl_cert_reqs"),
    ],
)
def test_a_wrong_url_says_what_is_wrong(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_url(url)
