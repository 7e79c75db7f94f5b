"""The rules of customers: an email belongs to one customer, and a customer with orders cannot be deleted."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from generated import customers, statistics
from generated.connection import Connection
from product_dashboard import tags
from product_dashboard.cache import Tag, cached
from product_dashboard.customers.schemas import Customer, CustomerInput, CustomerPatch
from product_dashboard.database import Database
from product_dashboard.errors import (
    Code,
    Conflict,
    DuplicateKey,
    FieldProblem,
    NotFound,
    StillReferenced,
    found,
)
from product_dashboard.idempotency.once import Once
from product_dashboard.resources import Resources, retry_on_deadlock
from product_dashboard.web.fields import merge
from product_dashboard.web.preconditions import Precondition

# The unique key of migrations/0002.
EMAIL_KEY = "customers_email"


def _tags(*, id: UUID) -> tuple[Tag, ...]:  # noqa: A002 - the name that it has in SQL
    return (tags.customer(id),)


@cached(name="customer", ttl=timedelta(minutes=10), tags=_tags)
async def read_customer(database: Database, *, id: UUID) -> Customer:  # noqa: A002 - the name that it has in SQL
    """Read the customer. Raises `NotFound`."""
    async with database.connection() as conn:
        return to_customer(found(await customers.get_customer(conn, id=id), "customer", id))


@retry_on_deadlock
async def create_customer(resources: Resources, new: CustomerInput, once: Once[Customer]) -> Customer:
    """Add a customer. Raises `Conflict` (EMAIL_IN_USE). No report shows a customer without orders."""
    customer = Customer(id=uuid7(), name=new.name, email=new.address, created_at=datetime.now(UTC))
    try:
        async with once.transaction(resources, invalidates=(tags.CUSTOMERS,)) as tx:
            await customers.create_customer(
                tx.conn.pipelined,
                id=customer.id,
                name=customer.name,
                email=customer.email,
                created_at=customer.created_at,
            )
            await once.keep(tx, customer)
            await statistics.add_customer_totals(tx.conn.pipelined, customers=1)
    except DuplicateKey as error:
        raise _named(error, new) from error
    return customer


@retry_on_deadlock
async def update_customer(
    resources: Resources,
    customer_id: UUID,
    changes: CustomerInput | CustomerPatch,
    precondition: Precondition | None,
) -> Customer:
    """Change what `changes` names. Raises `NotFound`, `PreconditionFailed`, and `Conflict` (EMAIL_IN_USE).

    A change to the same values invalidates nothing.
    """
    try:
        async with resources.cache.transaction(resources.database) as tx:
            old = await _lock(tx.conn, customer_id)
            if precondition is not None:
                precondition.require(old)
            new = merge(old, changes)
            if new != old:
                tx.invalidates(tags.customer(customer_id), tags.CUSTOMERS, tags.ORDERS, tags.NAMES)
                await customers.update_customer(
                    tx.conn.pipelined, id=customer_id, name=new.name, email=new.email
                )
    except DuplicateKey as error:
        raise _named(error, changes) from error
    return new


@retry_on_deadlock
async def delete_customer(resources: Resources, customer_id: UUID, precondition: Precondition | None) -> None:
    """Delete a customer. Raises `NotFound`, `PreconditionFailed`, and `Conflict` (CUSTOMER_IN_USE)."""
    changed = (tags.customer(customer_id), tags.CUSTOMERS)
    try:
        async with resources.cache.transaction(resources.database, invalidates=changed) as tx:
            if precondition is not None:
                precondition.require(await _lock(tx.conn, customer_id))
            if not await customers.delete_customer(tx.conn, id=customer_id):
                raise NotFound.of("customer", customer_id)
            await statistics.add_customer_totals(tx.conn.pipelined, customers=-1)
    except StillReferenced as error:
        raise Conflict("This customer has orders.", code=Code.CUSTOMER_IN_USE) from error


def to_customer(row: customers.CustomerRow | customers.ListCustomersRow) -> Customer:
    """Make the customer that is sent from a row."""
    return msgspec.convert(row, Customer, from_attributes=True)


async def _lock(conn: Connection, customer_id: UUID) -> Customer:
    return to_customer(found(await customers.lock_customer(conn, id=customer_id), "customer", customer_id))


def _named(error: DuplicateKey, new: CustomerInput | CustomerPatch) -> Conflict:
    """Return EMAIL_IN_USE for the key of the email, and the plain error for another key."""
    if error.key != EMAIL_KEY:
        return error
    problem = FieldProblem("email", "is in use", new.email)
    return Conflict("Another customer has this email.", code=Code.EMAIL_IN_USE, details=(problem,))
