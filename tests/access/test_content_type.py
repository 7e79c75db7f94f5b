"""A request that writes has JSON or nothing; which content types count as JSON."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.access.content_type import JSON_TYPES, is_json, require_json
from product_dashboard.errors import AppError, Code
from tests.api_client import Api, error

pytestmark = pytest.mark.any_server

CATEGORIES = "/api/v1/categories"
UNKNOWN = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"
BODY = b'{"name": "Lamps"}'


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"content-type", b"")],
        [(b"content-type", b"text/plain")],
        [(b"content-type", b"application/x-www-form-urlencoded")],
        [(b"content-type", b"multipart/form-data; boundary=application/json")],
        [(b"content-type", b"text/plain; application/json")],
        [(b"content-type", b"application/json; charset=latin1")],
        [(b"content-type", b"application/json"), (b"content-type", b"text/plain")],
        [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")],
    ],
)
async def test_another_type_or_none_is_415_on_every_method_that_writes(
    client: Api, method: str, headers: list[tuple[bytes, bytes]]
) -> None:
    for path in (CATEGORIES, f"{CATEGORIES}/{UNKNOWN}"):
        response = await client.request(method, path, headers=headers, content=BODY)
        assert (response.status_code, error(response)["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE"), path


async def test_nothing_is_written_by_a_body_without_a_type(client: Api) -> None:
    assert (await client.post(CATEGORIES, content=BODY)).status_code == 415
    assert json.loads((await client.get(CATEGORIES)).content)["data"] == []


async def test_a_request_without_a_body_needs_no_type(client: Api) -> None:
    category = await client.category()
    assert (await client.delete(f"{CATEGORIES}/{category['id']}")).status_code == 200
    response = await client.post(CATEGORIES)
    assert (response.status_code, error(response)["code"]) == (400, "MALFORMED_JSON")


def refused(headers: list[tuple[bytes, bytes]]) -> bool:
    try:
        require_json("POST", headers)
    except AppError as problem:
        return problem.code is Code.UNSUPPORTED_MEDIA_TYPE
    return False


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"content-type", b"content-length", b"transfer-encoding", b"content-encoding"]),
            st.binary(max_size=40) | st.sampled_from([b"application/json", b"0", b"17", b"identity"]),
        ),
        max_size=5,
    )
)
def test_no_headers_make_the_check_fail_and_no_body_passes_without_json(
    headers: list[tuple[bytes, bytes]],
) -> None:
    kinds = [value for name, value in headers if name == b"content-type"]
    has_body = any(name == b"transfer-encoding" for name, _ in headers)
    if not refused(headers):
        assert kinds or not has_body
        assert all(is_json(kind.decode("latin-1"), JSON_TYPES) for kind in kinds)


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
    began = time.process_time()
    assert not is_json("application/json" + piece * 1500 + "(")
    assert time.process_time() - began < 0.5
