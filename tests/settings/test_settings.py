"""The environment becomes settings, or a message that names everything wrong with it."""

import pickle
from pathlib import Path

import pytest

from product_dashboard.settings import Settings, SettingsError, load_database_url, load_settings
from tests.certificates import certificates

GOOD = {"DATABASE_URL": "mysql://shop:p%40ss@db.example:3307/shop", "REDIS_URL": "redis://:pw@cache:6379/2"}


def problems_of(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings({**GOOD, **environ})
    return caught.value.problems


def test_two_urls_are_enough() -> None:
    settings = load_settings(GOOD)
    assert settings.database.servers == (("db.example", 3307),)
    assert settings.database.user == "shop"
    assert settings.database.password.reveal() == "p@ss"
    assert settings.database.database == "shop"
    assert settings.redis.url.reveal() == GOOD["REDIS_URL"]
    assert settings.http.port == 3000
    assert settings.http.host == "127.0.0.1"
    assert settings.http.trusted_proxies == ()


def test_reads_from_secondaries_need_several_servers() -> None:
    group = {**GOOD, "DATABASE_URL": "mysql://shop:pw@a,b,c/shop"}
    assert load_settings(GOOD).database.connections == load_settings(group).database.connections == 15
    assert load_settings({**group, "DATABASE_READS": "secondary"}).database.connections == 35
    (problem,) = problems_of(DATABASE_READS="secondary")
    assert "DATABASE_URL names one host" in problem
    (problem,) = problems_of(DATABASE_READS="any")
    assert "one of primary, secondary" in problem


def test_every_variable_reaches_its_field() -> None:
    settings = load_settings(
        {
            **GOOD,
            "DB_POOL_SIZE": "7",
            "DB_POOL_QUEUE": "0",
            "DB_ACQUIRE_TIMEOUT": "0.5",
            "DB_CONNECT_TIMEOUT": "3",
            "DB_QUERY_TIMEOUT": "4.5",
            "DB_STATEMENT_CACHE": "0",
            "REDIS_TIMEOUT": "0.1",
            "CACHE_ENABLED": "false",
            "HOST": "0.0.0.0",
            "PORT": "8080",
            "WORKERS": "4",
            "HEADER_TIMEOUT": "1",
            "BODY_TIMEOUT": "2",
            "WRITE_TIMEOUT": "3",
            "IDLE_TIMEOUT": "4",
            "MAX_HEADER_BYTES": "2048",
            "MAX_BODY_BYTES": "4096",
            "MAX_CONNECTIONS": "10",
            "TRUSTED_PROXIES": "10.0.0.0/8, 127.0.0.1",
            "LOG_LEVEL": "WARNING",
            "LOG_FORMAT": "json",
            "LOG_REQUESTS": "false",
            "REQUEST_TIMEOUT": "8",
            "STARTUP_TIMEOUT": "5",
            "SHUTDOWN_TIMEOUT": "6",
            "DRAIN_SECONDS": "7",
        }
    )
    database, http, log = settings.database, settings.http, settings.log
    assert (database.pool_size, database.pool_queue, database.acquire_timeout_s) == (7, 0, 0.5)
    assert (database.connect_timeout_s, database.query_timeout_s) == (3, 4.5)
    assert database.statement_cache == 0
    assert settings.request_timeout_s == 8
    redis = settings.redis
    assert (redis.timeout_s, redis.cache_reads) == (0.1, False)
    assert (http.host, http.port, http.workers) == ("0.0.0.0", 8080, 4)
    assert (http.header_timeout_s, http.body_timeout_s) == (1, 2)
    assert (http.write_timeout_s, http.idle_timeout_s) == (3, 4)
    assert (http.max_header_bytes, http.max_body_bytes, http.max_connections) == (2048, 4096, 10)
    assert http.trusted_proxies == ("10.0.0.0/8", "127.0.0.1")
    assert (log.level, log.format, log.requests) == ("warning", "json", False)
    assert (settings.startup_timeout_s, settings.shutdown_timeout_s, settings.drain_s) == (5, 6, 7)


def test_all_wrong_variables_are_named_at_once_with_value_and_what_is_allowed() -> None:
    found = problems_of(PORT="70000", LOG_LEVEL="loud", WORKERS="two", DB_QUERY_TIMEOUT="nan")
    assert sorted(found) == [
        "DB_QUERY_TIMEOUT='nan' is not allowed; allowed: seconds from 0.01 to 3600",
        "LOG_LEVEL='loud' is not allowed; allowed: one of debug, info, warning, error",
        "PORT='70000' is not allowed; allowed: a whole number from 0 to 65535",
        "WORKERS='two' is not allowed; allowed: auto, or a whole number from 1 to 256",
    ]


def test_missing_urls_are_named_with_their_shape() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({})
    message = str(caught.value)
    assert "DATABASE_URL is not set; it must be: mysql://user:password@host:3306/database" in message
    assert "REDIS_URL is not set; it must be: redis://" in message
    assert "redis+sentinel:// and redis+cluster://" in message


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings({**GOOD, "PORT": "", "TRUSTED_PROXIES": ""}).http.port == 3000


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres://u:secret-pw@h/d", "it must begin with mysql:// or mariadb://"),
        ("mysql://u:secret-pw@h", "it must name one database"),
        ("mysql://u:secret-pw@h/a/b", "it must name one database"),
        ("mysql://h/d", "it names no user"),
        ("mysql://u:secret-pw@/d", "it names no host"),
        ("mysql://u:secret-pw@h:99999/d", "its port is not a number"),
        ("mysql://u:secret-pw@h:0/d", "its port is not a number"),
        ("mysql://u:secret-pw@[::1/d", "it is not a URL"),
        ("mysql://u:secret-pw@a,b:x,c/d", "host 2 of 3, 'b:x': the port is not a number"),
        ("mysql://u:secret-pw@a,b,/d", "host 3 of 3 is empty"),
        ("mysql://u:secret-pw@a,:3307/d", "host 2 of 2, ':3307': the name is missing or wrong"),
        ("mysql://u:secret-pw@a:3306,b,a/d", "host 3 of 3, 'a', is named twice"),
        ("mysql://u:secret-pw,a:3306,b/d", "it names no user"),
        ("mysql://u:secret-pw@h/d?tls=on", "unknown option tls"),
        ("mysql://u:secret-pw@h/d?ssl-mode=MAYBE", "unknown ssl-mode"),
        ("mysql://u:secret-pw@h/d?ssl-mode=VERIFY_CA&ssl-ca=/nowhere.pem", "there is no file at ssl-ca"),
    ],
)
def test_a_bad_database_url_is_refused_with_its_reason_and_without_its_password(
    url: str, reason: str
) -> None:
    (problem,) = problems_of(DATABASE_URL=url)
    assert reason in problem
    assert "secret-pw" not in problem


def test_a_database_may_have_several_servers() -> None:
    url = "mariadb://u:p@a:3307,B,[2001:db8::1]:3308/d"
    database = load_settings({**GOOD, "DATABASE_URL": url}).database
    assert [*map(str, database.servers)] == ["a:3307", "b:3306", "[2001:db8::1]:3308"]
    assert (database.user, database.password.reveal(), database.database) == ("u", "p", "d")


def test_a_bad_redis_url_is_refused_without_its_password() -> None:
    (problem,) = problems_of(REDIS_URL="http://:secret-pw@h/0")
    assert problem.startswith("REDIS_URL is not allowed")
    assert "secret-pw" not in problem


@pytest.mark.parametrize("proxies", ["localhost", "10.0.0.0/33", "*"])
def test_a_proxy_that_is_no_address_is_refused(proxies: str) -> None:
    (problem,) = problems_of(TRUSTED_PROXIES=proxies)
    assert problem.startswith(f"TRUSTED_PROXIES={proxies!r}")


@pytest.mark.parametrize("number", ["1_0", " 5", "+5", "٣", "1e2", "-1", "0x10"])
def test_a_number_written_in_another_way_is_refused(number: str) -> None:
    assert problems_of(WORKERS=number)
    assert problems_of(REQUEST_TIMEOUT=number)


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("2.5", 2.5), (".5", 0.5), ("03.0", 3)])
def test_seconds_may_have_decimals(text: str, number: float) -> None:
    assert load_settings({**GOOD, "REQUEST_TIMEOUT": text}).request_timeout_s == number


@pytest.mark.parametrize("port", ["99999", "x"])
def test_a_collector_with_a_wrong_port_is_refused(port: str) -> None:
    (problem,) = problems_of(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}")
    assert problem.endswith("allowed: the URL of a collector, as http://127.0.0.1:4318")


def test_a_burst_without_a_rate_limit_is_refused_as_it_would_limit_nothing() -> None:
    (problem,) = problems_of(RATE_LIMIT_BURST="5")
    assert problem == "RATE_LIMIT_BURST=5 is not allowed without RATE_LIMIT: set RATE_LIMIT too, as 100/s"
    assert load_settings({**GOOD, "RATE_LIMIT_BURST": "0"}).access.rate is None
    assert load_settings({**GOOD, "RATE_LIMIT": "1/s", "RATE_LIMIT_BURST": "5"}).access.burst == 5


def test_tls_options_come_from_the_url(tmp_path: Path) -> None:
    certificates(tmp_path)
    authority = tmp_path / "cert.pem"
    url = f"mysql://u:p@h/d?ssl-mode=verify_identity&ssl-ca={authority}"
    database = load_settings({**GOOD, "DATABASE_URL": url}).database
    assert database.ssl_mode == "VERIFY_IDENTITY"
    assert database.ssl_ca == str(authority)


@pytest.mark.parametrize("mode", ["", "&ssl-mode=DISABLED", "&ssl-mode=REQUIRED"])
def test_an_authority_is_refused_where_no_certificate_would_be_verified(tmp_path: Path, mode: str) -> None:
    certificates(tmp_path)
    (problem,) = problems_of(DATABASE_URL=f"mysql://u:secret-pw@h/d?ssl-ca={tmp_path / 'cert.pem'}{mode}")
    assert "ssl-ca needs ssl-mode=VERIFY_CA or ssl-mode=VERIFY_IDENTITY" in problem
    assert "secret-pw" not in problem


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\xff\x00"])
def test_an_authority_without_a_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_bytes(content)
    (problem,) = problems_of(DATABASE_URL=f"mysql://u:secret-pw@h/d?ssl-mode=VERIFY_CA&ssl-ca={authority}")
    assert "there is no certificate in the file at ssl-ca" in problem
    assert "secret-pw" not in problem


def test_settings_show_no_password_and_travel_to_workers() -> None:
    settings = load_settings(GOOD)
    assert "p@ss" not in repr(settings)
    assert "pw@" not in repr(settings)
    copy: Settings = pickle.loads(pickle.dumps(settings))
    assert copy == settings
    assert copy.database.password.reveal() == "p@ss"


def test_secrets_come_from_files_without_the_space_around_them(tmp_path: Path) -> None:
    database, redis = tmp_path / "database", tmp_path / "redis"
    database.write_text(f"  {GOOD['DATABASE_URL']}\n\n")
    redis.write_text(f"{GOOD['REDIS_URL']}\n", encoding="utf-8-sig")  # as some editors begin a file
    files = {"DATABASE_URL_FILE": str(database), "REDIS_URL_FILE": str(redis)}
    assert load_settings(files) == load_settings(GOOD)
    assert load_database_url(files) == load_database_url(GOOD) == GOOD["DATABASE_URL"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_a_secret_that_is_set_twice_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "secret"
    path.write_text(GOOD[name])
    assert problems_of(**{f"{name}_FILE": str(path)}) == [
        f"{name} and {name}_FILE are both set; set one of them"
    ]


def test_a_file_of_a_secret_that_is_missing_empty_or_wrong_is_told_without_its_content(
    tmp_path: Path,
) -> None:
    empty, wrong, binary = tmp_path / "empty", tmp_path / "wrong", tmp_path / "binary"
    empty.write_text(" \n")
    wrong.write_text("http://user:secret-pw@host/x")
    binary.write_bytes(b"\xff\xfe")
    reasons = {
        tmp_path / "missing": "cannot be read: [Errno 2]",
        tmp_path: "cannot be read: [Errno 21]",
        binary: "cannot be read: 'utf-8' codec",
        empty: "is empty",
        wrong: "it must begin with mysql://",
    }
    for path, reason in reasons.items():
        (problem,) = problems_of(DATABASE_URL="", DATABASE_URL_FILE=str(path))
        assert reason in problem
        assert "secret-pw" not in problem
