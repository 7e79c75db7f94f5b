"""The Structs of customers in requests and answers."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from product_dashboard.fields import EMAIL, Input, Moment, Name

Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=EMAIL)]


class CustomerInput(Input, frozen=True, kw_only=True):
    """A customer as a client writes it; PUT replaces all of it."""

    name: Name
    email: Email

    @property
    def address(self) -> str:
        """The email as it is stored: in lower case, so that its spelling does not make two customers."""
        return self.email.lower()


class Customer(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    created_at: Moment
