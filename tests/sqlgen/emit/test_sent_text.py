"""The SQL text that generated code sends, for every variant of the cases.

`expected.sql` in a case holds the text of every variant of the queries that have a choice, as the generated code
sends it, with the driver's `%s` written as `?`. `--update-goldens` rewrites it.
"""

import importlib
import inspect
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.sqlgen.emit.values import Recorder, some_value
from tests.sqlgen.test_cases import CASES, compile_case, project_of
from tools.sqlgen.input.sources import QueryText
from tools.sqlgen.lower.query import CompiledQuery
from tools.sqlgen.lower.rendering import Choice, render
from tools.sqlgen.lower.template import SliceValue, Text, Value, flat_parts
from tools.sqlgen.lower.variants import variants


def compiled(case: Path) -> list[CompiledQuery]:
    """The queries of a case that have a choice."""
    text = (case / "query.sql").read_text(encoding="utf-8")
    file = project_of(case).check(QueryText("query.sql", "query", text))
    return [q for q in file.compiled if not all(isinstance(part, Text | Value) for part in q.template)]


NAMES = sorted(path.name for path in CASES.iterdir() if (path / "expected.py").exists() and compiled(path))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the package of each case, importable."""
    folder = tmp_path_factory.mktemp("sent")
    for name in NAMES:
        files, _ = compile_case(CASES / name)
        (folder / f"sent_{name}").mkdir()
        for file, text in files.items():
            (folder / f"sent_{name}" / file).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def module_of(name: str) -> ModuleType:
    return importlib.import_module(f"sent_{name}.query")


async def sent(module: ModuleType, query: CompiledQuery, choice: Choice) -> str:
    """Call the generated function for a choice, and return the text that it sends, with `?` as placeholders."""
    function = getattr(module, query.function)
    hints = typing.get_type_hints(function)
    hints.pop("return")
    hints.pop("conn")
    given: dict[str, Any] = {}
    if query.source.command == ":batch":
        item = typing.get_args(hints["items"])[0]
        fields = values_of(query, typing.get_type_hints(item), choice)
        given["items"] = [item(**fields)]
    else:
        given = values_of(query, hints, choice)
    recorder = Recorder()
    called = function(recorder, **given)
    try:
        if inspect.isasyncgen(called):
            assert [row async for row in called] == []
        else:
            await called
    except TypeError:
        assert query.analysed.cardinality == "one"  # the recorder has no row for it
    [(text, args)] = recorder.sent
    return text % (("?",) * len(args))


def values_of(query: CompiledQuery, hints: dict[str, Any], choice: Choice) -> dict[str, Any]:
    """Values for the choice, by the name of the function's parameter."""
    values: dict[str, Any] = {}
    own = [name for name in hints if name not in {"order", "after"}]
    for index, (parameter, name) in enumerate(zip(query.analysed.parameters, own, strict=True)):
        if index in choice.given:
            values[name] = True if parameter.is_flag else some_value(hints[name], choice.slice_length)
        elif not parameter.optional and not parameter.is_flag:
            values[name] = some_value(hints[name], choice.slice_length)
    if choice.order:
        values["order"] = choice.order.name
    if choice.after and choice.order:
        columns = {column.name.lower(): column.name for column in query.analysed.order_columns}
        cursor = next(arm for arm in typing.get_args(hints["after"]) if arm is not type(None))
        types = typing.get_type_hints(cursor)
        keys = {columns[key.column.lower()] for key in choice.order.keys}
        values["after"] = cursor(order=choice.order.name, **{key: some_value(types[key]) for key in keys})
    return values


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("packages")
async def test_every_variant_is_sent_as_it_was_lowered_and_as_it_is_expected(
    name: str, request: pytest.FixtureRequest
) -> None:
    blocks: list[str] = []
    for query in compiled(CASES / name):
        for variant in variants(query.template, query.analysed, query.source.orders):
            text = await sent(module_of(name), query, variant.choice)
            assert text == variant.sql
            label = f" ({variant.label})" if variant.label else ""
            blocks.append(f"-- {query.source.name}{label}\n{text};\n")
    golden = CASES / name / "expected.sql"
    if request.config.getoption("--update-goldens"):
        golden.write_text("\n".join(blocks), encoding="utf-8")
    assert "\n".join(blocks) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 8])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("packages")
async def test_a_slice_of_any_length_is_sent_as_it_was_lowered(name: str, length: int) -> None:
    for query in compiled(CASES / name):
        if any(isinstance(part, SliceValue) for part in flat_parts(query.template)):
            every = frozenset(range(len(query.analysed.parameters)))
            choice = Choice(every, slice_length=length)
            assert await sent(module_of(name), query, choice) == render(query.template, choice)[0]


@pytest.mark.usefixtures("packages")
async def test_part_of_the_parameters_of_a_condition_is_an_error_before_anything_is_sent() -> None:
    module, recorder = module_of("nested_conditions"), Recorder()
    for given, message in (
        ({"narrow": True, "low": 1, "high": 2}, "narrow needs low and high and stocks"),
        ({"a": "x", "c": "y"}, "a and b and c must be given together"),
    ):
        with pytest.raises(ValueError, match=message):
            await module.three_together(recorder, **given)
    assert recorder.sent == []


@pytest.mark.usefixtures("packages")
async def test_values_are_sent_in_the_order_of_their_placeholders() -> None:
    module, recorder = module_of("optional_conditions"), Recorder()
    await module.search(recorder, low=1, high=2, limit=9, name="n", ids=[], less_than=5)
    await module.search(recorder, low=1, high=2, limit=9, name="n", less_than=5, scarce=True)
    assert [args for _, args in recorder.sent] == [("n", 1, 2, 9), ("n", 1, 2, 5, 9)]


def test_every_case_with_a_choice_has_its_texts() -> None:
    assert {path.parent.name for path in CASES.glob("*/expected.sql")} == set(NAMES)
