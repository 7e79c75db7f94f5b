"""The Structs of customers in requests and answers."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from product_dashboard.errors import FieldProblem
from product_dashboard.web.fields import EMAIL, Input, Moment, Name

MAX_EMAIL = 254

Email = Annotated[str, Meta(min_length=3, max_length=MAX_EMAIL, pattern=EMAIL)]


class _WithEmail(Input, frozen=True, kw_only=True):
    """Base of the inputs with an email, which is stored in lower case."""

    def named(self) -> dict[str, Any]:
        """Return the fields that have a value, the email in lower case: its spelling does not make two customers."""
        fields = super().named()
        return fields | {"email": fields["email"].lower()} if "email" in fields else fields

    def problems(self) -> Iterable[FieldProblem]:
        # One character may become two: U+0130 in lower case is an i and a combining dot.
        if len(self.named().get("email", "")) > MAX_EMAIL:
            yield FieldProblem("email", f"must be a text of at most {MAX_EMAIL} characters in lower case")


class CustomerPatch(_WithEmail, frozen=True, kw_only=True):
    """Changes of a customer: a field that is left out stays as it is."""

    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET


class CustomerInput(_WithEmail, frozen=True, kw_only=True):
    """A customer as a client writes it; PUT replaces all of it."""

    name: Name
    email: Email

    @property
    def address(self) -> str:
        """The email as it is stored."""
        return self.email.lower()


class Customer(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    created_at: Moment
