"""Errors as documents."""

from typing import Any, Final

import htpy as h
from litestar import Request

from product_dashboard.errors import AppError, BadRequest, FieldProblem, Unavailable
from product_dashboard.page.frame import HEADERS, HTML, document
from product_dashboard.web.envelope import NO_STORE, Reply, log

_TITLES: Final = ((BadRequest, "This address is not right"), (Unavailable, "Not possible now"))


def on_page_error(request: Request[Any, Any, Any], error: AppError) -> Reply[Any]:
    """Answer with the error for people."""
    title = next((title for kind, title in _TITLES if isinstance(error, kind)), "Something went wrong")
    if isinstance(error, Unavailable):
        log.warning("request.unavailable", code=error.code, reason=str(error.__cause__ or error))
    problems = [each for each in error.details if isinstance(each, FieldProblem)]
    body = document(
        title,
        None,
        h.h1[title],
        h.p[error.message],
        h.ul[(h.li[h.code[each.field], f" {each.message}"] for each in problems)] if problems else None,
        h.p[h.a(href=request.scope["path"])["Open the page without filters"]] if problems else None,
    )
    wait = ((b"retry-after", b"%d" % error.retry_after_s),) if error.retry_after_s is not None else ()
    return Reply(body, status=error.code.status, headers=(NO_STORE, *HEADERS, *wait), media_type=HTML)
