"""The hosts that the service answers for, as ALLOWED_HOSTS names them.

    api.example.org         this name with any port
    api.example.org:8443    this name with this port only
    *.example.org           every name below example.org, at any depth, and not example.org itself
    127.0.0.1, [::1]:3000   addresses are compared as text

A browser sends the name that its user has opened. A page of an attacker, whose name the attacker has pointed at this
machine (DNS rebinding), therefore sends the attacker's name, and is refused.

Litestar's AllowedHosts matches a port only if the list has it, is sensitive to case, answers outside of the envelope,
and runs after routing.
"""

import re
from dataclasses import dataclass

LONGEST_HOST = 261  # a name of 255 bytes, a colon and a port

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::([0-9]{0,5}))?")


@dataclass(frozen=True)
class AllowedHosts:
    """`names` have any port; `places` have one. A text of `suffixes` begins with a dot."""

    names: frozenset[str] = frozenset()
    places: frozenset[tuple[str, str]] = frozenset()
    suffixes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """True if no host is refused."""
        return not (self.names or self.places or self.suffixes)

    def allows(self, host: bytes) -> bool:
        """True if the service answers for the value of this Host header."""
        parsed = split_host(host.decode("latin-1")) if len(host) <= LONGEST_HOST else None
        if parsed is None:
            return False
        return parsed[0] in self.names or parsed in self.places or parsed[0].endswith(self.suffixes)


def split_host(text: str) -> tuple[str, str] | None:
    """Return the name in lower case without a dot at its end, and the port, "" if there is none.

    `API.example.org.:80` -> ("api.example.org", "80"). None if the text is no host.
    """
    found = _HOST.fullmatch(text.lower())
    return (found[1], found[2] or "") if found else None


def parse_hosts(text: str) -> AllowedHosts:
    """Parse ALLOWED_HOSTS; an asterisk on its own, and an empty text, allow any host. Raises ValueError."""
    names: set[str] = set()
    places: set[tuple[str, str]] = set()
    suffixes: list[str] = []
    entries = [entry for part in text.split(",") if (entry := part.strip())]
    if "*" in entries:
        return AllowedHosts()
    for entry in entries:
        parsed = split_host(entry.removeprefix("*."))
        if parsed is None or (parsed[1] and entry.startswith("*.")):
            raise ValueError(entry)
        if entry.startswith("*."):
            suffixes.append(f".{parsed[0]}")
        elif parsed[1]:
            places.add(parsed)
        else:
            names.add(parsed[0])
    return AllowedHosts(frozenset(names), frozenset(places), tuple(suffixes))
