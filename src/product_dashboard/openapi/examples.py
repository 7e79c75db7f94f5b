"""An example of each error for the OpenAPI document: its message and its details."""

from collections.abc import Mapping

from product_dashboard.errors import Code, Detail, FieldProblem

_PRODUCT = {"product_id": "019aab29-0e80-7b13-94c5-7d2e0a8c6d43", "product_name": "Oak desk lamp"}

ERROR_EXAMPLES: Mapping[Code, tuple[str, tuple[Detail, ...]]] = {
    Code.BAD_REQUEST: ("This is not a valid HTTP request.", ()),
    Code.VALIDATION_ERROR: (
        "The request is not valid: see page_size, min_price.",
        (
            FieldProblem("page_size", "must be a whole number from 1 to 100", 1000),
            FieldProblem(
                "min_price", "must be an amount from 0.00 to 9999999999.99 with at most two decimals", "cheap"
            ),
        ),
    ),
    Code.MALFORMED_JSON: ("The body is not JSON: it ends too early.", ()),
    Code.UNAUTHENTICATED: ("Send an API key: Authorization: Bearer KEY.", ()),
    Code.FORBIDDEN: ("This API key lacks the scope write.", ({"scope": "write"},)),
    Code.CROSS_SITE: ("A page of another site may not send this request: see ALLOWED_ORIGINS.", ()),
    Code.NOT_FOUND: (
        "There is no product with this id.",
        ({"resource": "product", "id": "019aab29-0e80-7b13-94c5-7d2e0a8c6d43"},),
    ),
    Code.METHOD_NOT_ALLOWED: ("This path knows only GET, HEAD, OPTIONS.", ({"allow": "GET, HEAD, OPTIONS"},)),
    Code.REQUEST_TIMEOUT: ("The request's body took too long to arrive.", ()),
    Code.CONFLICT: ("This is still in use elsewhere.", ()),
    Code.CATEGORY_IN_USE: ("Products still belong to this category.", ()),
    Code.PRODUCT_IN_USE: ("Orders name this product.", ()),
    Code.CUSTOMER_IN_USE: ("This customer has orders.", ()),
    Code.EMAIL_IN_USE: (
        "Another customer has this email.",
        (FieldProblem("email", "is in use", "ada.moreau@example.org"),),
    ),
    Code.IDEMPOTENCY_KEY_IN_USE: (
        "A request with this Idempotency-Key is still running: send this one again later.",
        (),
    ),
    Code.IDEMPOTENCY_KEY_REUSED: (
        "This Idempotency-Key belongs to a request with another body: a new request needs a new key.",
        (),
    ),
    Code.OUTCOME_UNKNOWN: ("The change may have been made or not: look before you send it again.", ()),
    Code.PRODUCT_INACTIVE: ("Some of these products are not for sale.", (_PRODUCT,)),
    Code.PRICE_CHANGED: (
        "Some prices are no longer what the order says.",
        ({**_PRODUCT, "unit_price": 99.9, "price": 119.9},),
    ),
    Code.INSUFFICIENT_STOCK: (
        "There is not enough in stock of some of these products.",
        ({**_PRODUCT, "requested": 5, "available": 2},),
    ),
    Code.STOCK_LIMIT: (
        "The stock of some of these products would be above 1000000000.",
        ({**_PRODUCT, "added": 5, "stock_quantity": 999_999_998},),
    ),
    Code.PRECONDITION_FAILED: ("This has changed since it was read: read it again, and decide again.", ()),
    Code.PAYLOAD_TOO_LARGE: ("The body is larger than the service accepts.", ()),
    Code.UNSUPPORTED_MEDIA_TYPE: (
        "The body must be JSON: send content-type application/json, in UTF-8.",
        (),
    ),
    Code.MISDIRECTED: ("The service does not answer for this host: see ALLOWED_HOSTS.", ()),
    Code.RATE_LIMITED: ("You have sent too many requests; wait as long as Retry-After says.", ()),
    Code.UNKNOWN_REFERENCE: (
        "The category of the product does not exist.",
        (FieldProblem("category_id", "names no category", "019aab29-0e80-7b13-94c5-7d2e0a8c6d43"),),
    ),
    Code.HEADERS_TOO_LARGE: ("The request's headers are larger than 16384 bytes.", ()),
    Code.INTERNAL_ERROR: (
        "Something went wrong on our side. Report it with the request id 019aab2c-1c00-7d2e-9b3a.",
        (),
    ),
    Code.UNAVAILABLE: ("The database cannot be reached at the moment.", ()),
    Code.OVERLOADED: ("The service has more work than it can take on; try again soon.", ()),
    Code.BUSY: ("Too many changes of the same things at once; try again.", ()),
    Code.TIMEOUT: ("The database took too long to answer.", ()),
    Code.NOT_IMPLEMENTED: ("The only transfer coding of the service is chunked.", ()),
    Code.HTTP_VERSION_NOT_SUPPORTED: ("The service speaks HTTP/1.1 and HTTP/1.0.", ()),
}
