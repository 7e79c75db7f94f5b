"""A recipe, and its answers from stored bytes."""

import time
from dataclasses import dataclass

from product_dashboard.cache import Answers, Locations
from product_dashboard.idempotency.answer import StoredAnswer
from product_dashboard.web.envelope import Layout, complete


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """Says how to answer a GET again: entries to read, layout of the answer, and route for the log and the metrics."""

    locations: Locations
    layout: Layout
    route: str

    def is_over(self) -> bool:
        """Return whether the entries do not answer the request any more."""
        return time.time() >= self.layout.until


class Prepared:
    """The answers of a recipe's entries, for all requests of one turn of the event loop.

    `took_s` is how long it took to have them, in seconds.
    """

    __slots__ = ("_answers", "_recipe", "_took_s", "_unconditional")

    def __init__(self, recipe: Recipe, answers: Answers, took_s: float) -> None:
        self._recipe = recipe
        self._answers = answers
        self._took_s = took_s
        self._unconditional: StoredAnswer | None = None

    def answer(self, if_none_match: str | None) -> StoredAnswer:
        """Return the answer that the handler would make, as a status, lines of headers, and a body."""
        if if_none_match is not None:
            return self._made(if_none_match)
        if self._unconditional is None:
            self._unconditional = self._made(None)
        return self._unconditional

    def _made(self, if_none_match: str | None) -> StoredAnswer:
        status, headers, body = self._recipe.layout.render(self._answers, if_none_match, self._took_s)
        lines = [
            b"%s: %s\r\n" % header
            for header in complete(headers, status, body, self._recipe.layout.media_type)
        ]
        return StoredAnswer(status, b"".join(lines), body)
