"""Every way of being wrong is named with the field's path, and nothing wrong gets through."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, Struct, UnsetType

from product_dashboard.errors import BadRequest, Code, FieldProblem
from product_dashboard.web.fields import MAX_PRICE, Input, Money, Name, Price
from product_dashboard.web.validation import decode_body, decode_query


class Line(Struct, frozen=True, kw_only=True):
    product_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=10)]
    unit_price: Price | UnsetType = UNSET


class Basket(Input, frozen=True, kw_only=True):
    name: Name
    lines: Annotated[list[Line], Meta(min_length=1, max_length=3)]
    note: Annotated[str, Meta(max_length=5)] | None = None
    urgent: bool = False
    kind: Literal["a", "b"] = "a"

    def problems(self) -> Iterable[FieldProblem]:
        if self.note == self.name:
            yield FieldProblem("note", "must not repeat the name")


class Query(Input, frozen=True, kw_only=True):
    number: Annotated[int, Meta(ge=-5, le=5)] = 0
    amount: Money | UnsetType = UNSET
    yes: bool = False
    text: str | UnsetType = UNSET
    id: UUID | UnsetType = UNSET


ID = "019aab28-7c20-7a01-8d3e-4b5c6d7e8f90"
GOOD: dict[str, Any] = {"name": "n", "lines": [{"product_id": ID, "quantity": 1}]}


def basket(body: object) -> Basket:
    return decode_body(Basket, body if isinstance(body, bytes) else json.dumps(body).encode())


def problems(body: object) -> dict[str, str]:
    with pytest.raises(BadRequest) as caught:
        basket(body)
    found = [detail for detail in caught.value.details if isinstance(detail, FieldProblem)]
    return {problem.field: problem.message for problem in found}


def test_what_is_right_becomes_a_struct() -> None:
    price = b'{"name": "n", "lines": [{"product_id": "%s", "quantity": 2, "unit_price": 1.5}]}' % ID.encode()
    found = basket(price)
    assert found == Basket(
        name="n", lines=[Line(product_id=UUID(ID), quantity=2, unit_price=Decimal("1.50"))]
    )
    assert str(found.lines[0].unit_price) == "1.50"


def test_all_that_is_wrong_is_told_at_every_depth() -> None:
    lines = [{"product_id": 1, "quantity": 0}, "x", {"unit_price": "1"}]
    assert problems({"lines": lines, "note": "longer", "urgent": "yes", "kind": "c"}) == {
        "name": "is required: must be a text of 1 to 200 characters, one of them visible",
        "lines[0].product_id": "must be a UUID",
        "lines[0].quantity": "must be a whole number from 1 to 10",
        "lines[1]": "must be an object",
        "lines[2].product_id": "is required: must be a UUID",
        "lines[2].quantity": "is required: must be a whole number from 1 to 10",
        "lines[2].unit_price": "must be an amount from 0.01 to 9999999999.99 with at most two decimals",
        "note": "must be a text of at most 5 characters or null",
        "urgent": "must be true or false",
        "kind": "must be one of a, b",
    }


@pytest.mark.parametrize("lines", [[], [GOOD["lines"][0]] * 4, "x", None, {}])
def test_a_list_of_the_wrong_length_or_kind_is_told(lines: object) -> None:
    assert problems({**GOOD, "lines": lines}) == {"lines": "must be a list of 1 to 3 items"}


def test_rules_across_fields_are_told_when_the_fields_are_right() -> None:
    assert problems({**GOOD, "note": "n"}) == {"note": "must not repeat the name"}
    assert "note" not in problems({**GOOD, "name": "", "note": ""})


def query(text: str) -> Query:
    return decode_query(Query, text.encode())


def test_texts_of_a_query_become_what_their_fields_are() -> None:
    found = query(f"number=-3&amount=1.5&yes=true&text=a%20b%26c&id={ID}")
    assert found == Query(number=-3, amount=Decimal("1.50"), yes=True, text="a b&c", id=UUID(ID))
    assert query("") == query("number=&amount=&yes=") == Query()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just(ID),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
lines = st.fixed_dictionaries(
    {}, optional={"product_id": values, "quantity": values | st.integers(0, 11), "unit_price": values}
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": values | st.just("n"),
        "lines": values | st.lists(lines | values, max_size=4),
        "note": values,
        "urgent": values,
        "kind": values | st.sampled_from("abc"),
    },
)


@given(bodies | values)
def test_any_json_is_either_built_as_declared_or_told_to_be_wrong(body: object) -> None:
    try:
        found = basket(body)
    except BadRequest as error:
        if not error.details or error.code is not Code.VALIDATION_ERROR:
            raise
        return
    again = msgspec.convert(msgspec.to_builtins(found), Basket)
    assert again == found
    for line in found.lines:
        if line.unit_price is not UNSET:
            assert 0 < line.unit_price <= MAX_PRICE
            assert line.unit_price.as_tuple().exponent == -2


@given(st.binary(max_size=200))
def test_any_bytes_are_told_to_be_wrong(body: bytes) -> None:
    with pytest.raises(BadRequest):
        basket(body)


@given(st.text(max_size=30))
def test_any_text_for_a_number_is_refused_or_means_what_it_says(text: str) -> None:
    try:
        found = query(f"number={quote(text)}&amount={quote(text)}")
    except BadRequest:
        return
    if text:
        assert int(text) == found.number == found.amount


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=Decimal("0.01"), max_value=MAX_PRICE
    )
)
def test_every_amount_arrives_exactly(amount: Decimal) -> None:
    body = f'{{"name": "n", "lines": [{{"product_id": "{ID}", "quantity": 1, "unit_price": {amount:f}}}]}}'
    (line,) = (basket(body.encode())).lines
    assert line.unit_price == amount
