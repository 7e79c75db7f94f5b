"""The stored form of answers."""

from hypothesis import given
from hypothesis import strategies as st

from product_dashboard.cache.values import Stored, etag_of, fill_of, pack, unpack

NONCES = st.lists(st.binary(min_size=8, max_size=8), max_size=5)


def stored(body: bytes, nonces: list[bytes]) -> Stored:
    return Stored(b"12345678", b"abcdefgh", 5, etag_of(body), tuple(nonces), body)


@given(st.binary(max_size=2000), NONCES)
def test_what_is_packed_is_unpacked(body: bytes, nonces: list[bytes]) -> None:
    assert unpack(pack(stored(body, nonces))) == stored(body, nonces)


@given(st.binary(max_size=300), NONCES, st.integers(min_value=0))
def test_a_value_that_was_cut_off_is_no_value(body: bytes, nonces: list[bytes], at: int) -> None:
    raw = pack(stored(body, nonces))
    assert unpack(raw[: at % len(raw)]) is None


@given(st.one_of(st.none(), st.integers(), st.binary(max_size=200).filter(lambda b: b[:1] != b"V")))
def test_what_is_not_ours_is_no_value(raw: object) -> None:
    assert unpack(raw) is None
    assert fill_of(raw) == b""


def test_an_etag_is_strong_quoted_and_follows_the_body() -> None:
    assert etag_of(b"a") != etag_of(b"b")
    assert etag_of(b"a") == etag_of(b"a")
    assert etag_of(b"a").startswith('"')
