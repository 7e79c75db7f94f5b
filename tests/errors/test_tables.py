"""Each code has a status, an example, and an exception that is drawn in the tree."""

import inspect

import pytest

from product_dashboard import errors
from product_dashboard.errors import AppError, Code
from product_dashboard.openapi.examples import ERROR_EXAMPLES


@pytest.mark.parametrize("code", Code)
def test_every_code_has_one_status_and_an_example(code: Code) -> None:
    assert 400 <= code.status < 600
    message, _ = ERROR_EXAMPLES[code]
    assert message[0].isupper()


def test_every_exception_is_drawn_in_the_tree() -> None:
    drawn = errors.__doc__ or ""
    classes = [
        found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, AppError)
    ]
    assert len(classes) > 10
    for each in classes:
        assert f"{each.__name__} " in drawn, f"{each.__name__} is not in the docstring of errors.py"
