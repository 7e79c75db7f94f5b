"""URLs of Redis."""

import ssl

import pytest
from product_dashboard.cache.endpoint import parse_url


def test_a_plain_url_names_host_port_and_database() -> None:
    target = parse_url("redis://user:p%40ss@cache.example:6380/4")
    assert (target.kind, target.addresses, target.database) == ("single", (("cache.example", 6380),), 4)
    assert (target.username, target.password, target.tls) == ("user", "p@ss", None)


def test_a_url_shows_no_password_when_printed() -> None:
    assert "secret" not in repr(parse_url("redis://:secret@h/1"))


def test_rediss_verifies_certificate_and_host_name_unless_told_otherwise() -> None:
    strict = parse_url("rediss://h").tls
    assert strict is not None
    assert (strict.check_hostname, strict.verify_mode) == (True, ssl.CERT_REQUIRED)
    lax = parse_url("rediss://h?ssl_cert_reqs=none").tls
    assert lax is not None
    assert (lax.check_hostname, lax.verify_mode) == (False, ssl.CERT_NONE)


def test_sentinels_are_listed_and_the_service_comes_after_them() -> None:
    target = parse_url("redis+sentinel://:pw@a,b:26380/main/2?sentinel_password=other")
    assert target.addresses == (("a", 26379), ("b", 26380))
    assert (target.service, target.database, target.sentinel_login) == ("main", 2, (None, "other"))


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
    ],
)
def test_a_wrong_url_says_what_is_wrong(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_url(url)
