"""Customers over HTTP."""

from uuid import UUID

import msgspec
from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from generated import customers, statistics
from product_dashboard.customers import service
from product_dashboard.customers.examples import CUSTOMER, CUSTOMER_INPUT, CUSTOMER_PATCH
from product_dashboard.customers.schemas import Customer, CustomerInput, CustomerPatch
from product_dashboard.envelope import (
    BASE_PATH,
    Envelope,
    Page,
    Reply,
    Tagged,
    changed,
    created,
    ok,
    page,
    tagged,
)
from product_dashboard.errors import Code, found
from product_dashboard.idempotency import Idempotent
from product_dashboard.paging import PageQuery, decode_cursor, paginate
from product_dashboard.preconditions import parse_if_match
from product_dashboard.request import IfMatch, IfNoneMatch, Injected

ORDER: customers.ListCustomersOrder = "newest"


class CustomerController(Controller):
    path = "/customers"
    tags = ("Customers",)

    @post(
        summary="Create a customer", errors=[Code.EMAIL_IN_USE], example=CUSTOMER, body_example=CUSTOMER_INPUT
    )
    async def create_customer(
        self, data: JSONBody[CustomerInput], resources: Injected, idempotent: Idempotent
    ) -> Reply[Envelope[Customer]]:
        """The email is stored in lower case; one address belongs to one customer."""
        return await idempotent.reply(
            lambda once: service.create_customer(resources, data, once),
            lambda customer: created(customer, location=f"{BASE_PATH}/customers/{customer.id}"),
        )

    @get(summary="List customers, newest first", example=[CUSTOMER])
    async def list_customers(
        self, params: NamedDependency[PageQuery], resources: Injected
    ) -> Reply[Page[Customer]]:
        after = decode_cursor(customers.ListCustomersCursor, params, ORDER)
        async with resources.database.connection() as conn:
            totals = await statistics.get_totals(conn)
            rows = await customers.list_customers(
                conn, limit=params.limit, offset=params.offset, order=ORDER, after=after
            )
        shown, meta = paginate(rows, params, totals.customers, customers.list_customers_cursor, ORDER)
        return page(msgspec.convert(shown, list[Customer], from_attributes=True), meta)

    @get("/{customer_id:str}", summary="Get a customer", example=CUSTOMER)
    async def get_customer(
        self, customer_id: FromPath[UUID], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Tagged[Envelope[Customer]]:
        async with resources.database.connection() as conn:
            row = await customers.get_customer(conn, id=customer_id)
        return tagged(service.to_customer(found(row, "customer", customer_id)), if_none_match)

    @put(
        "/{customer_id:str}",
        summary="Replace a customer",
        errors=[Code.EMAIL_IN_USE],
        example=CUSTOMER,
        body_example=CUSTOMER_INPUT,
    )
    async def update_customer(
        self,
        customer_id: FromPath[UUID],
        data: JSONBody[CustomerInput],
        resources: Injected,
        if_match: IfMatch = None,
    ) -> Tagged[Envelope[Customer]]:
        return changed(await service.update_customer(resources, customer_id, data, parse_if_match(if_match)))

    @patch(
        "/{customer_id:str}",
        summary="Change some fields of a customer",
        errors=[Code.EMAIL_IN_USE],
        example=CUSTOMER,
        body_example=CUSTOMER_PATCH,
    )
    async def patch_customer(
        self,
        customer_id: FromPath[UUID],
        data: JSONBody[CustomerPatch],
        resources: Injected,
        if_match: IfMatch = None,
    ) -> Tagged[Envelope[Customer]]:
        return changed(await service.update_customer(resources, customer_id, data, parse_if_match(if_match)))

    @delete(
        "/{customer_id:str}",
        status_code=200,
        summary="Delete a customer without orders",
        errors=[Code.CUSTOMER_IN_USE],
    )
    async def delete_customer(
        self, customer_id: FromPath[UUID], resources: Injected, if_match: IfMatch = None
    ) -> Reply[Envelope[None]]:
        await service.delete_customer(resources, customer_id, parse_if_match(if_match))
        return ok(None)
