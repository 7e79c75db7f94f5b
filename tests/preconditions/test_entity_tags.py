"""The parser of If-Match and If-None-Match: what is a list of entity tags, and what is none."""

import contextlib
import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from product_dashboard.errors import BadRequest, FieldProblem, PreconditionFailed
from product_dashboard.web.preconditions import Precondition, combine_lines, names, parse_precondition

OPAQUE = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f'), max_size=8
)
TAGS = st.builds("{}{}".format, st.sampled_from(["", "W/"]), OPAQUE.map('"{}"'.format))
BLANKS = st.text(" \t", max_size=3)


@given(st.lists(st.tuples(BLANKS, TAGS | st.just(""), BLANKS)))
def test_every_list_of_tags_is_read_and_weak_tags_stay_weak(parts: list[tuple[str, str, str]]) -> None:
    text = ",".join("".join(part) for part in parts)
    tags = frozenset(tag for _, tag, _ in parts if tag)
    assert parse_precondition(text, None) == Precondition(tags, frozenset())
    opaque = frozenset(tag.removeprefix("W/") for tag in tags)
    assert parse_precondition(None, text) == Precondition(None, opaque)
    for _, tag, _ in parts:
        if tag:
            assert names(text, tag.removeprefix("W/"))


@pytest.mark.parametrize(
    "text",
    ["abc", '"a', 'a"', '"a" "b"', '"a";"b"', 'w/"a"', 'W / "a"', '"a b"', '"a\x7f"', '*, "a"', '"a", *', "**", "W/"],
)  # fmt: skip
def test_what_is_no_list_of_tags_is_refused_and_names_the_header(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_precondition(text, None)
    message = 'must be * or a list of entity tags such as "abc"'
    assert refused.value.details == (FieldProblem("If-Match", message, text),)
    assert not names(text, '"a"'), "a read ignores it"


def test_no_header_demands_nothing_and_an_asterisk_any_representation() -> None:
    assert parse_precondition(None, None) is None
    assert parse_precondition(" * ", None) == Precondition(None, frozenset())
    Precondition(None, frozenset()).require({})
    assert parse_precondition(None, " * ") == Precondition(None, None)
    with pytest.raises(PreconditionFailed):
        Precondition(None, None).require({})


@given(st.text(st.characters(max_codepoint=0xFF), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_precondition(text, None)
    except BadRequest:
        assert not names(text, '"a"')
    else:
        assert found is not None


@pytest.mark.parametrize(
    "text", [" " * 16_000, " " * 16_000 + "x", ", " * 8_000 + "x", '"' * 16_000, '"a",' * 4_000]
)
def test_the_longest_header_is_read_at_once(text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(BadRequest):
        parse_precondition(text, None)
    assert time.process_time() - began < 0.5


def test_lines_of_one_header_become_one_in_their_order_and_others_stay() -> None:
    headers = [(b"if-match", b'"a"'), (b"x", b"1"), (b"if-match", b'"b", "c"'), (b"x", b"2")]
    assert combine_lines(headers) == [(b"x", b"1"), (b"x", b"2"), (b"if-match", b'"a", "b", "c"')]
    alone = [(b"if-match", b"*"), (b"if-none-match", b"*"), (b"x", b"1"), (b"x", b"2")]
    assert combine_lines(alone) is alone
