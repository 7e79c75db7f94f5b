"""A recipe, and what it makes of stored bytes."""

from dataclasses import dataclass

from product_dashboard.cache import Answers, Locations
from product_dashboard.envelope import Cached, Layout
from product_dashboard.idempotency.answer import StoredAnswer


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How a GET is answered again: the entries to read, the layout of the answer, and the route for log and figures."""

    locations: Locations
    layout: Layout
    route: str


class Prepared:
    """The answers of a recipe's entries, for all requests of one turn of the event loop.

    `took_s` is how long it took to have them, in seconds.
    """

    __slots__ = ("_answers", "_plain", "recipe", "took_s")

    def __init__(self, recipe: Recipe, answers: Answers, took_s: float) -> None:
        self.recipe = recipe
        self.took_s = took_s
        self._answers = answers
        self._plain: StoredAnswer | None = None

    def reply(self, if_none_match: str | None) -> Cached[object]:
        """Return the answer that the handler would make."""
        return self.recipe.layout.reply(self._answers, if_none_match, self.took_s)

    def plain(self) -> StoredAnswer:
        """Return the answer to a request without If-None-Match, as lines of headers and a body. It is made once."""
        if self._plain is None:
            self._plain = self.reply(None).to_answer()
        return self._plain
