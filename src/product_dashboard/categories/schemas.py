"""The Structs of categories in requests and answers."""

from uuid import UUID

from msgspec import Struct

from product_dashboard.fields import Description, Input, Name


class CategoryInput(Input, frozen=True, kw_only=True):
    """A category as a client writes it; PUT replaces all of it."""

    name: Name
    description: Description | None = None


class Category(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    description: str | None
