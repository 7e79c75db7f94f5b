"""The client of a request, as admission control has identified it."""

from litestar.types import Scope

from product_dashboard.access.admission import ANONYMOUS

STATE_KEY = "client"


def client_of(scope: Scope) -> str:
    """Return the name of the API key that the request was sent with; ANONYMOUS, "", if no key was asked for."""
    return str(scope["state"].get(STATE_KEY, ANONYMOUS))
