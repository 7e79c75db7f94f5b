"""The Structs of customers in requests and answers."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from product_dashboard.errors import FieldProblem
from product_dashboard.fields import EMAIL, Input, Moment, Name

MAX_EMAIL = 254

Email = Annotated[str, Meta(min_length=3, max_length=MAX_EMAIL, pattern=EMAIL)]


class CustomerInput(Input, frozen=True, kw_only=True):
    """A customer as a client writes it; PUT replaces all of it."""

    name: Name
    email: Email

    @property
    def address(self) -> str:
        """The email as it is stored: in lower case, so that its spelling does not make two customers."""
        return self.email.lower()

    def problems(self) -> Iterable[FieldProblem]:
        # One character may become two: U+0130 in lower case is an i and a combining dot.
        if len(self.address) > MAX_EMAIL:
            yield FieldProblem("email", f"must be a text of at most {MAX_EMAIL} characters in lower case")


class Customer(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    created_at: Moment
