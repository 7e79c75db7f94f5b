"""Customers over HTTP."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put

from generated import customers, statistics
from product_dashboard.customers import service
from product_dashboard.customers.examples import CUSTOMER, CUSTOMER_INPUT
from product_dashboard.customers.schemas import Customer, CustomerInput
from product_dashboard.envelope import BASE_PATH, created, no_content, ok
from product_dashboard.errors import Code, NotFound
from product_dashboard.openapi.operation import Returns, operation
from product_dashboard.paging import ListMeta, PageQuery, decode_cursor, encode_cursor, split_page
from product_dashboard.resources import Injected
from product_dashboard.validation import parse_body, parse_query, path_id

ORDER: customers.ListCustomersOrder = "newest"

_cursors: msgspec.json.Decoder[customers.ListCustomersCursor] = msgspec.json.Decoder(
    customers.ListCustomersCursor
)


class CustomerController(Controller):
    path = "/customers"
    tags = ("Customers",)

    @post(
        opt=operation(
            "Create a customer",
            description="The email is stored in small letters; one address belongs to one customer.",
            body=CustomerInput,
            body_example=CUSTOMER_INPUT,
            returns=Returns(201, Customer, example=CUSTOMER),
            errors=(Code.EMAIL_IN_USE,),
        )
    )
    async def create_customer(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        customer = await service.create_customer(resources, await parse_body(request, CustomerInput))
        return created(customer, location=f"{BASE_PATH}/customers/{customer.id}")

    @get(
        opt=operation(
            "List customers, newest first",
            query=PageQuery,
            returns=Returns(200, list[Customer], meta=True, example=[CUSTOMER]),
        )
    )
    async def list_customers(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        query = parse_query(request, PageQuery)
        after = decode_cursor(_cursors, query.cursor, order=ORDER)
        async with resources.database.connection() as conn:
            totals = await statistics.get_totals(conn)
            rows = await customers.list_customers(
                conn, limit=query.limit, offset=query.offset, order=ORDER, after=after
            )
        page, last = split_page(rows, query)
        next_cursor = encode_cursor(customers.list_customers_cursor(last, ORDER)) if last else None
        return ok(page, meta=ListMeta.of(query, total=totals.customers, next_cursor=next_cursor))

    @get(
        "/{customer_id:str}",
        opt=operation(
            "Get a customer",
            returns=Returns(200, Customer, example=CUSTOMER),
            errors=(Code.NOT_FOUND,),
        ),
    )
    async def get_customer(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        customer_id = path_id(request, "customer_id")
        async with resources.database.connection() as conn:
            customer = await customers.get_customer(conn, id=customer_id)
        if customer is None:
            raise NotFound.of("customer", customer_id)
        return ok(customer)

    @put(
        "/{customer_id:str}",
        opt=operation(
            "Replace a customer",
            body=CustomerInput,
            body_example=CUSTOMER_INPUT,
            returns=Returns(200, Customer, example=CUSTOMER),
            errors=(Code.NOT_FOUND, Code.EMAIL_IN_USE),
        ),
    )
    async def update_customer(self, request: Request[Any, Any, Any], resources: Injected) -> Response[bytes]:
        customer_id = path_id(request, "customer_id")
        new = await parse_body(request, CustomerInput)
        return ok(await service.update_customer(resources, customer_id, new))

    @delete(
        "/{customer_id:str}",
        opt=operation(
            "Delete a customer without orders",
            returns=Returns(204),
            errors=(Code.NOT_FOUND, Code.CUSTOMER_IN_USE),
        ),
    )
    async def delete_customer(self, request: Request[Any, Any, Any], resources: Injected) -> Response[None]:
        await service.delete_customer(resources, path_id(request, "customer_id"))
        return no_content()
