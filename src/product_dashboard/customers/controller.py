"""Customers over HTTP."""

from uuid import UUID

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from product_dashboard.customers import pages, service
from product_dashboard.customers.examples import CUSTOMER, CUSTOMER_INPUT, CUSTOMER_PATCH
from product_dashboard.customers.schemas import Customer, CustomerInput, CustomerPatch
from product_dashboard.errors import Code
from product_dashboard.idempotency.header import Idempotent
from product_dashboard.web.envelope import (
    BASE_PATH,
    Cached,
    Envelope,
    Page,
    Reply,
    Tagged,
    changed,
    created,
    from_cache,
    ok,
    page_from_cache,
)
from product_dashboard.web.paging import PageQuery, decode_cursor
from product_dashboard.web.preconditions import parse_precondition
from product_dashboard.web.request import IfMatch, IfNoneMatch, IfNoneMatchOfWrite, Injected


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
        self, params: NamedDependency[PageQuery], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Page[Customer]]:
        after = decode_cursor(pages.Cursor, params, pages.ORDER_BY)
        answer = await pages.read_page.response(
            resources.cache, resources.database, query=params, after=after
        )
        return page_from_cache(answer, if_none_match)

    @get("/{customer_id:str}", summary="Get a customer", example=CUSTOMER)
    async def get_customer(
        self, customer_id: FromPath[UUID], resources: Injected, if_none_match: IfNoneMatch = None
    ) -> Cached[Envelope[Customer]]:
        answer = await service.read_customer.response(resources.cache, resources.database, id=customer_id)
        return from_cache(answer, if_none_match)

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
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Tagged[Envelope[Customer]]:
        return changed(
            await service.update_customer(
                resources, customer_id, data, parse_precondition(if_match, if_none_match)
            )
        )

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
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Tagged[Envelope[Customer]]:
        return changed(
            await service.update_customer(
                resources, customer_id, data, parse_precondition(if_match, if_none_match)
            )
        )

    @delete(
        "/{customer_id:str}",
        status_code=200,
        summary="Delete a customer without orders",
        errors=[Code.CUSTOMER_IN_USE],
    )
    async def delete_customer(
        self,
        customer_id: FromPath[UUID],
        resources: Injected,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatchOfWrite = None,
    ) -> Reply[Envelope[None]]:
        await service.delete_customer(resources, customer_id, parse_precondition(if_match, if_none_match))
        return ok(None)
