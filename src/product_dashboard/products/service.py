"""The rules of products: they belong to a category, and the totals follow every change of price and stock."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from generated import product_lists, product_matches, product_prices, product_search, products, trigrams
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import Tag, cached
from product_dashboard.database import Database
from product_dashboard.errors import (
    Code,
    Conflict,
    FieldProblem,
    MissingReference,
    StillReferenced,
    Unprocessable,
    found,
)
from product_dashboard.idempotency.once import Once
from product_dashboard.products import totals
from product_dashboard.products.prices import add_counts, bucket_of, moved
from product_dashboard.products.schemas import Product, ProductCategory, ProductInput, ProductPatch
from product_dashboard.resources import Resources, retry_on_deadlock
from product_dashboard.web.fields import merge
from product_dashboard.web.preconditions import Precondition


def _tags(*, id: UUID) -> tuple[Tag, ...]:  # noqa: A002 - the name that it has in SQL
    return tags.product(id), tags.CATEGORIES


@cached(name="product", ttl=timedelta(minutes=10), tags=_tags)
async def read_product(database: Database, *, id: UUID) -> Product:  # noqa: A002 - the name that it has in SQL
    """Read the product with its category. Raises `NotFound`."""
    async with database.connection() as conn:
        return to_product(found(await products.get_product(conn, id=id), "product", id))


@retry_on_deadlock
async def create_product(resources: Resources, new: ProductInput, once: Once[Product]) -> Product:
    """Add a product. Raises `Unprocessable` if its category does not exist."""
    bucket = bucket_of(new.price)
    with _naming_the_category(new):
        async with once.transaction(resources, invalidates=(tags.PRODUCTS,)) as tx:
            product = Product(
                id=uuid7(),
                name=new.name,
                description=new.description,
                price=new.price,
                stock_quantity=new.stock_quantity,
                is_active=new.is_active,
                total_sold=0,
                category=await _category(tx.conn, new.category_id),
            )
            await products.create_product(
                tx.conn.pipelined,
                id=product.id,
                category_id=new.category_id,
                name=product.name,
                description=product.description,
                price=product.price,
                price_bucket=bucket,
                stock_quantity=product.stock_quantity,
                is_active=product.is_active,
                created_at=datetime.now(UTC),
            )
            await trigrams.add_trigrams(tx.conn.pipelined, product_ids=[product.id])
            await add_counts(tx.conn.pipelined, moved(None, bucket))
            await once.keep(tx, product)
            counted = totals.NewProduct(new.category_id, new.price, new.stock_quantity)
            await totals.add_product(tx.conn.pipelined, counted)
    return product


@retry_on_deadlock
async def update_product(
    resources: Resources,
    product_id: UUID,
    changes: ProductInput | ProductPatch,
    precondition: Precondition | None,
) -> Product:
    """Change what `changes` names. Raises `NotFound`, `PreconditionFailed`, and `Unprocessable` for the category.

    A change to the same values invalidates nothing.
    """
    with _naming_the_category(changes):
        async with resources.cache.transaction(resources.database) as tx:
            old = await _lock(tx.conn, product_id, precondition)
            new = merge(old, changes)
            if new == old:
                return to_product(old)
            if new.category_id != old.category_id:
                category = await _category(tx.conn, new.category_id)
                new = msgspec.structs.replace(
                    new, category_name=category.name, category_description=category.description
                )
            tx.invalidates(*_showing(product_id, old, new))
            bucket = bucket_of(new.price)
            await products.update_product(
                tx.conn.pipelined,
                id=product_id,
                category_id=new.category_id,
                name=new.name,
                is_renamed=new.name != old.name,
                description=new.description,
                price=new.price,
                price_bucket=bucket,
                stock_quantity=new.stock_quantity,
                is_active=new.is_active,
            )
            if new.name != old.name:
                await trigrams.delete_trigrams(tx.conn.pipelined, product_ids=[product_id])
                await trigrams.add_trigrams(tx.conn.pipelined, product_ids=[product_id])
            await add_counts(tx.conn.pipelined, moved(old.price_bucket, bucket))
            await totals.change_product(tx.conn.pipelined, old, new)
    return to_product(new)


@retry_on_deadlock
async def delete_product(resources: Resources, product_id: UUID, precondition: Precondition | None) -> None:
    """Delete a product. Raises `NotFound`, `PreconditionFailed`, and `Conflict` (PRODUCT_IN_USE)."""
    changed = (tags.product(product_id), tags.PRODUCTS)
    try:
        async with resources.cache.transaction(resources.database, invalidates=changed) as tx:
            old = await _lock(tx.conn, product_id, precondition)
            await products.delete_product(tx.conn.pipelined, id=product_id)
            await add_counts(tx.conn.pipelined, moved(old.price_bucket, None))
            await totals.remove_product(tx.conn.pipelined, old)
    except StillReferenced as error:
        raise Conflict("Orders name this product.", code=Code.PRODUCT_IN_USE) from error


ListRow: TypeAlias = (
    product_lists.ListProductsRow
    | product_matches.ListMatchingProductsRow
    | product_prices.ListProductsByPriceRow
    | product_search.SearchProductsRow
)
"""A row of a list of products: they differ only in the query that returns them."""


def to_product(row: ListRow | products.GetProductRow | products.LockProductRow) -> Product:
    """Make the product that is sent from a row."""
    return Product(
        id=row.id,
        name=row.name,
        description=row.description,
        price=row.price,
        stock_quantity=row.stock_quantity,
        is_active=row.is_active,
        total_sold=row.total_sold,
        category=ProductCategory(
            id=row.category_id, name=row.category_name, description=row.category_description
        ),
    )


def _showing(product_id: UUID, old: products.LockProductRow, new: products.LockProductRow) -> Iterator[Tag]:
    """Yield the tags of the answers that show what has changed."""
    yield tags.product(product_id)
    yield tags.PRODUCTS
    if (old.name, old.category_id) != (new.name, new.category_id):
        yield tags.NAMES


async def _lock(
    conn: Connection, product_id: UUID, precondition: Precondition | None
) -> products.LockProductRow:
    """Lock the product and its category, which the product shows. Raises `NotFound` and `PreconditionFailed`."""
    row = found(await products.lock_product(conn, id=product_id), "product", product_id)
    if precondition is not None:
        precondition.require(to_product(row))
    return row


async def _category(conn: Connection, category_id: UUID) -> ProductCategory:
    """Lock a category, shared, and return what a product shows of it. Raises `MissingReference` if there is none."""
    category = await products.share_category(conn, id=category_id)
    if category is None:
        raise MissingReference("products_category")  # the foreign key that the statement would violate
    return ProductCategory(id=category_id, name=category.name, description=category.description)


@contextmanager
def _naming_the_category(new: ProductInput | ProductPatch) -> Generator[None]:
    """Report a reference to a category that does not exist as an error of the field."""
    try:
        yield
    except MissingReference as error:
        problem = FieldProblem("category_id", "names no category", str(new.category_id))
        raise Unprocessable("The category of the product does not exist.", details=(problem,)) from error
