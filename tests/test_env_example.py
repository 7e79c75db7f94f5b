"""`.env.example` documents every variable that the service reads, and the default that it has."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from product_dashboard.settings import load_settings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
STORES = {"DATABASE_URL": "mysql://u:p@127.0.0.1/d", "REDIS_URL": "redis://127.0.0.1"}
NOT_FOR_THE_SERVICE = {
    "STACK",
    "TEST_STORES",
    "MYSQL_ROOT_PASSWORD",
    "MYSQL_PASSWORD",
    "MYSQL_API_PASSWORD",
    "API_MEMORY",
    "IMAGE_LOCK",
    "STOP_GRACE_PERIOD",
    "REDIS_PASSWORD",
    "MYSQL_PORT",
    "REDIS_PORT",
    "CLUSTER_PORT",
    "GROUP_NETWORK",
}


class Recorder(Mapping[str, str]):
    """An environment with only the URLs of the stores, which records the variables that are read."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return STORES[name]

    def __iter__(self) -> Iterator[str]:
        return iter(STORES)

    def __len__(self) -> int:
        return len(STORES)


def documented() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := re.fullmatch(r"#([A-Z_]+)=(.*)", line))}


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    recorder = Recorder()
    load_settings(recorder)

    assert set(documented()) - NOT_FOR_THE_SERVICE == recorder.asked


def test_the_values_shown_are_the_defaults() -> None:
    shown = {name: value for name, value in documented().items() if name not in NOT_FOR_THE_SERVICE}

    assert load_settings({**shown, **STORES}) == load_settings(STORES)


def test_nothing_is_set_by_copying_it_as_it_is() -> None:
    assert all(line.startswith("#") or not line for line in EXAMPLE.read_text().splitlines())
