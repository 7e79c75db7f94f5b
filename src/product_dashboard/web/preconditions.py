"""Conditional requests (RFC 9110, 13): entity tags of If-Match and If-None-Match, and their comparison.

    If-Match: "a", W/"b"        a write is done only if the resource's strong ETag is "a"; a weak tag never matches
    If-Match: *                 ... if the resource exists
    If-None-Match: "a", W/"b"   a read is answered with 304 if the ETag is "a" or "b", and a write is not done then;
                                whether a tag is weak is ignored
    If-None-Match: *            ... if the resource exists

A resource that does not exist is 404 with or without these headers: an error that a request without the header would
get too takes precedence (RFC 9110, 13.2.1), and no PUT of this service creates a resource.
"""

import re
from dataclasses import dataclass

from product_dashboard.access.content_type import RawHeaders
from product_dashboard.errors import BadRequest, FieldProblem, PreconditionFailed
from product_dashboard.web.representation import entity_tag
from product_dashboard.web.validation import shown

ANY = "*"
LISTS = (b"if-match", b"if-none-match")

# One element of a list, which may be empty, and the comma or the end after it. A tag may contain commas. The
# quantifiers are possessive: a long run of blanks is read once.
_ELEMENT = re.compile(r'[ \t]*+((?:W/)?"[!\x23-\x7e\x80-\xff]*+")?+[ \t]*+(?:,|\Z)')


@dataclass(frozen=True, slots=True)
class Precondition:
    """The demands of If-Match and If-None-Match on the resource that a write changes.

    `matches`: its ETag is one of these; None: any. `differs`: its ETag is none of these opaque tags; None: it does not
    exist.
    """

    matches: frozenset[str] | None
    differs: frozenset[str] | None

    def require(self, current: object) -> None:
        """Raise `PreconditionFailed` unless the headers allow to change `current`, the resource as GET would answer it.

        The caller must hold locks on all rows that `current` was read from, until its transaction ends.
        """
        if self.differs is None:
            raise PreconditionFailed
        if self.matches is not None or self.differs:
            etag = entity_tag(current)
            if etag in self.differs or (self.matches is not None and etag not in self.matches):
                raise PreconditionFailed


def parse_precondition(if_match: str | None, if_none_match: str | None) -> Precondition | None:
    """Return what the headers demand; None without them. Raises `BadRequest` for one that is not such a header."""
    if if_match is None and if_none_match is None:
        return None
    matches = _parse("If-Match", ANY if if_match is None else if_match)
    differs = _parse("If-None-Match", if_none_match or "")
    return Precondition(matches, None if differs is None else frozenset(map(_opaque, differs)))


def _parse(header: str, text: str) -> frozenset[str] | None:
    """Return the entity tags of a header; None for `*`. Raises `BadRequest`."""
    if text.strip() == ANY:
        return None
    tags = _parse_tags(text)
    if tags is None:
        problem = FieldProblem(header, 'must be * or a list of entity tags such as "abc"', shown(text))
        raise BadRequest.of([problem])
    return frozenset(tags)


def names(if_none_match: str, etag: str) -> bool:
    """Return True if an If-None-Match header names `etag`. One that is malformed names nothing: the answer is sent."""
    if if_none_match.strip() == ANY:
        return True
    tags = _parse_tags(if_none_match) or []
    return _opaque(etag) in map(_opaque, tags)


def _opaque(tag: str) -> str:
    """Return an entity tag without its mark of a weak one."""
    return tag.removeprefix("W/")


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
