"""The Structs of categories in requests and answers."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from product_dashboard.web.fields import Description, Input, Name


class CategoryPatch(Input, frozen=True, kw_only=True):
    """Changes of a category: a field that is left out stays as it is."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET


class CategoryInput(Input, frozen=True, kw_only=True):
    """A category as a client writes it; PUT replaces all of it."""

    name: Name
    description: Description | None = None


class Category(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    description: str | None
