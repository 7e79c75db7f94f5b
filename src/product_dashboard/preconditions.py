"""Conditional requests (RFC 9110, 13): entity tags of If-Match and If-None-Match, and their comparison.

    If-Match: "a", W/"b"        a write is done only if the resource's strong ETag is "a"; a weak tag never matches
    If-Match: *                 ... if the resource exists
    If-None-Match: "a", W/"b"   a read is answered with 304 if the ETag is "a" or "b"; whether a tag is weak is ignored

A resource that does not exist is 404 with or without If-Match: what a request without the header would be refused
for takes precedence (RFC 9110, 13.2.1), and no PUT of this service creates a resource.
"""

import re
from dataclasses import dataclass

from product_dashboard.errors import BadRequest, FieldProblem, PreconditionFailed
from product_dashboard.representation import entity_tag
from product_dashboard.validation import shown

ANY = "*"
LISTS = (b"if-match", b"if-none-match")

# One element of a list, which may be empty, and the comma or the end after it. A tag may contain commas. The
# quantifiers are possessive: a long run of blanks is read once.
_ELEMENT = re.compile(r'[ \t]*+((?:W/)?"[!\x23-\x7e\x80-\xff]*+")?+[ \t]*+(?:,|\Z)')

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Precondition:
    """The strong and weak tags of If-Match, of which one must be the resource's ETag; None for `*`."""

    tags: frozenset[str] | None

    def require(self, current: object) -> None:
        """Raise `PreconditionFailed` unless the header names `current`, the resource as GET would answer it now.

        The caller must hold locks on all rows that `current` was read from, until its transaction ends.
        """
        if self.tags is not None and entity_tag(current) not in self.tags:
            raise PreconditionFailed


def parse_if_match(text: str | None) -> Precondition | None:
    """Return what the header demands; None without the header. Raises `BadRequest` if it is not such a header."""
    if text is None:
        return None
    if text.strip() == ANY:
        return Precondition(None)
    tags = _parse_tags(text)
    if tags is None:
        problem = FieldProblem("If-Match", 'must be * or a list of entity tags such as "abc"', shown(text))
        raise BadRequest.of([problem])
    return Precondition(frozenset(tags))


def names(if_none_match: str, etag: str) -> bool:
    """Return True if an If-None-Match header names `etag`. One that is malformed names nothing: the answer is sent."""
    if if_none_match.strip() == ANY:
        return True
    tags = _parse_tags(if_none_match) or []
    return etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}


def combine_lines(headers: RawHeaders) -> RawHeaders:
    """Join several lines of one conditional header into one: they are one list (RFC 9110, 5.3)."""
    found = [name for name, _ in headers if name in LISTS]
    several = {name for name in found if found.count(name) > 1}
    if not several:
        return headers
    rest = [(name, value) for name, value in headers if name not in several]
    return rest + [
        (name, b", ".join([value for other, value in headers if other == name])) for name in sorted(several)
    ]


def _parse_tags(text: str) -> list[str] | None:
    """Return the entity tags of a list, quotes and W/ included; None if it is not a list of entity tags."""
    tags: list[str] = []
    at = 0
    while at < len(text):
        element = _ELEMENT.match(text, at)
        if element is None:
            return None
        if element.group(1):
            tags.append(element.group(1))
        at = element.end()
    return tags
