"""Events over HTTP."""

from litestar import Controller, get
from litestar.di import NamedDependency

from product_dashboard.access.rules import Access
from product_dashboard.events.listeners import TOPICS, Listeners
from product_dashboard.events.schemas import Change
from product_dashboard.events.stream import MEDIA_TYPE, EventStream, encode


class EventController(Controller):
    path = "/dashboard/events"
    tags = ("Dashboard",)

    @get(
        media_type=MEDIA_TYPE,
        access=Access.PAGE,
        summary="Events: something was committed that the reports may show",
        example=encode(Change(TOPICS, "up")).decode(),
    )
    async def get_events(self, listeners: NamedDependency[Listeners]) -> EventStream:
        """Server-sent events, each within a second of a commit of any process, at most four in a second.

        The first event comes at once and names all resources. Ask again for what you show after each event, with its
        ETag. Unless `cache` is "up", changes are not noticed: ask again every few seconds. A comment is sent every
        15 seconds. The stream ends when the process ends: connect again.
        """
        return EventStream(listeners)
