"""The model: which names and sums an answer may show, and how doubts are settled."""

import time

import pytest

from tests.faults.closing import Tables, compare
from tests.faults.history import State
from tests.faults.model import ORDER, Facts, Model, Thing
from tests.faults.report import Findings
from tests.faults.timeline import Fault, Timeline


@pytest.fixture
def model() -> Model:
    return Model(Findings())


def made(model: Model, name: str = "product 1 v1") -> Thing:
    """A product that a client has created."""
    thing = model.new("product")
    model.ended(thing, model.write(thing, Facts(name), (model.totals["product"], 1)), State.CONFIRMED)
    model.learn_id(thing, f"id of {thing}")
    return thing


def replaced(model: Model, thing: Thing, name: str | None, state: State) -> None:
    value = None if name is None else Facts(name)
    model.ended(thing, model.write(thing, value), state)


def later() -> float:
    return time.monotonic() + 0.001


def test_the_old_name_after_a_confirmed_replacement_is_a_stale_read(model: Model) -> None:
    thing = made(model)
    replaced(model, thing, "product 1 v2", State.CONFIRMED)
    model.see_name("product 1 v2", later(), "list")
    assert model.findings.passed
    model.see_name("product 1 v1", later(), "list")
    assert model.findings.violations == {"stale read": 1}


def test_a_404_for_an_object_that_exists_is_a_stale_read(model: Model) -> None:
    thing = made(model)
    model.see(thing, None, later(), "detail")
    assert model.findings.violations == {"stale read": 1}


def test_a_name_that_no_client_wrote_is_a_violation(model: Model) -> None:
    model.see_name("product 99 v1", later(), "list")
    assert model.findings.violations == {"foreign object": 1}


def test_after_a_write_in_doubt_both_names_are_right_until_one_was_shown(model: Model) -> None:
    thing = made(model)
    replaced(model, thing, "product 1 v2", State.DOUBTFUL)
    model.see_name("product 1 v1", later(), "list")
    model.see_name("product 1 v2", later(), "list")
    assert model.findings.passed
    model.see_name("product 1 v1", time.monotonic() + 1, "list")
    assert model.findings.violations == {"stale read": 1}


def test_a_read_after_the_longest_transaction_settles_a_doubt(model: Model) -> None:
    thing = made(model)
    write = model.write(thing, None, (model.totals["product"], -1))
    model.ended(thing, write, State.DOUBTFUL)
    assert model.totals["product"].bounds(later()) == (0, 1)
    model.see(thing, "product 1 v1", thing.settled_at + 1, "detail")
    assert thing.doubt is None
    assert model.totals["product"].bounds(thing.settled_at + 2) == (1, 1)
    assert thing.facts.name == "product 1 v1"


def tables(names: list[tuple[str, str]], orders: dict[str, tuple[str, dict[str, int]]]) -> Tables:
    return Tables(
        {"category": [], "product": names, "customer": []}, {id_: (0, 0) for id_, _ in names}, {}, orders
    )


def test_a_confirmed_row_that_is_missing_at_the_end_is_found(model: Model) -> None:
    made(model)
    compare(model, tables([], {}))
    assert model.findings.violations == {"lost write": 1, "wrong sum": 1}


def test_two_rows_for_one_creation_are_found(model: Model) -> None:
    thing = made(model)
    compare(model, tables([(thing.id, "product 1 v1"), ("another id", "product 1 v1")], {}))
    assert model.findings.violations["doubled object"] == 1


def ordered(model: Model, product: Thing, state: State) -> Thing:
    """An order of 2 pieces that has no answer yet."""
    order = model.new("order")
    order.lines = ((product, 2),)
    model.nameless_orders[order] = None
    model.ended(order, model.write(order, ORDER, (model.totals["order"], 1)), state)
    return order


def test_an_order_in_doubt_may_be_there_once_but_not_twice(model: Model) -> None:
    product = made(model)
    ordered(model, product, State.DOUBTFUL)
    line = {product.id: 2}
    rows = {"order a": ("nobody", line), "order b": ("nobody", line)}
    compare(model, tables([(product.id, "product 1 v1")], rows))
    assert model.findings.violations == {"doubled order": 1, "wrong sum": 1}


@pytest.mark.parametrize("there", [True, False])
def test_an_order_in_doubt_is_settled_at_the_end(model: Model, *, there: bool) -> None:
    product = made(model)
    ordered(model, product, State.DOUBTFUL)
    orders = {"order a": ("nobody", {product.id: 2})} if there else {}
    compare(model, tables([(product.id, "product 1 v1")], orders))
    assert model.findings.passed, model.findings.told()


def test_only_a_fault_that_ends_connections_excuses_a_cut() -> None:
    timeline = Timeline([Fault("freeze redis", 10, 12), Fault("kill worker", 20, 21)])
    assert not timeline.excuses_cut(10, 11)
    assert timeline.excuses_cut(19, 20.5)
    assert timeline.excuses_cut(21.5, 22)
    assert not timeline.excuses_cut(24, 25)
