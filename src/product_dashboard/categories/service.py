"""The rules of categories: one in use cannot be deleted, and no cached answer may show an old name."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from generated import categories, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import cached
from product_dashboard.categories.schemas import Category, CategoryInput, CategoryPatch
from product_dashboard.database import Database
from product_dashboard.errors import Code, Conflict, NotFound, StillReferenced, found
from product_dashboard.idempotency.once import Once
from product_dashboard.resources import Resources, retry_on_deadlock
from product_dashboard.web.fields import merge
from product_dashboard.web.preconditions import Precondition


@cached(name="category", ttl=timedelta(minutes=10), tags=(tags.CATEGORIES,))
async def read_category(database: Database, *, id: UUID) -> Category:  # noqa: A002 - the name that it has in SQL
    """Read the category. Raises `NotFound`."""
    async with database.connection() as conn:
        return to_category(found(await categories.get_category(conn, id=id), "category", id))


@retry_on_deadlock
async def create_category(resources: Resources, new: CategoryInput, once: Once[Category]) -> Category:
    """Add a category."""
    category = Category(id=uuid7(), name=new.name, description=new.description)
    async with once.transaction(resources, invalidates=(tags.CATEGORIES,)) as tx:
        await categories.create_category(
            tx.conn.pipelined,
            id=category.id,
            name=category.name,
            description=category.description,
            created_at=datetime.now(UTC),
        )
        await once.keep(tx, category)
        await statistics.add_category_count(tx.conn.pipelined, categories=1)
    return category


@retry_on_deadlock
async def update_category(
    resources: Resources,
    category_id: UUID,
    changes: CategoryInput | CategoryPatch,
    precondition: Precondition | None,
) -> Category:
    """Change what `changes` names. Raises `NotFound` and `PreconditionFailed`.

    A change to the same values invalidates nothing.
    """
    async with resources.cache.transaction(resources.database) as tx:
        old = await _lock(tx.conn, category_id)
        if precondition is not None:
            precondition.require(old)
        new = merge(old, changes)
        if new != old:
            tx.invalidates(tags.CATEGORIES, tags.NAMES)
            await categories.update_category(
                tx.conn.pipelined, id=category_id, name=new.name, description=new.description
            )
    return new


@retry_on_deadlock
async def delete_category(resources: Resources, category_id: UUID, precondition: Precondition | None) -> None:
    """Delete a category. Raises `NotFound`, `PreconditionFailed`, and `Conflict` (CATEGORY_IN_USE)."""
    try:
        async with resources.cache.transaction(resources.database, invalidates=(tags.CATEGORIES,)) as tx:
            if precondition is not None:
                precondition.require(await _lock(tx.conn, category_id))
            if not await categories.delete_category(tx.conn, id=category_id):
                raise NotFound.of("category", category_id)
            await statistics.add_category_count(tx.conn.pipelined, categories=-1)
    except StillReferenced as error:
        message = "Products still belong to this category."
        raise Conflict(message, code=Code.CATEGORY_IN_USE) from error


def to_category(row: categories.CategoryRow | categories.ListCategoriesRow) -> Category:
    """Make the category that is sent from a row."""
    return msgspec.convert(row, Category, from_attributes=True)


async def _lock(conn: Connection, category_id: UUID) -> Category:
    return to_category(found(await categories.lock_category(conn, id=category_id), "category", category_id))
