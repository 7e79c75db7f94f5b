"""Which content types count as JSON."""

import time

import pytest

from product_dashboard.access.media_type import is_json


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;",
        "application/json ; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf8; version=1",
        'application/json; profile="a;charset=latin1"',
        "application/json; x-charset=latin1",
    ],
)
def test_json_in_utf_8_is_json(content_type: str) -> None:
    assert is_json(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "json",
        "text/json",
        "application/vnd.shop+json",
        "application/merge-patch+json",
        "application/jsonp",
        "application/json, application/json",
        "application/json charset=utf-8",
        "application/json; charset=",
        'application/json; charset=""',
        "application/json; charset",
        "application/json; charset = utf-8",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; charset=latin1",
    ],
)
def test_another_type_another_charset_and_a_header_that_is_not_well_formed_are_not(content_type: str) -> None:
    assert not is_json(content_type)


def test_a_type_that_the_caller_names_is_accepted_beside_it() -> None:
    assert is_json("application/merge-patch+json", ("application/json", "application/merge-patch+json"))


@pytest.mark.parametrize("piece", [";  ", " ; ", "; a=b", ';a="', '; a="\\"', "  ", ";a=" + "b" * 9])
def test_a_long_header_is_refused_in_no_time(piece: str) -> None:
    began = time.monotonic()
    assert not is_json("application/json" + piece * 1500 + "(")
    assert time.monotonic() - began < 0.5
