"""Reads a document as a browser does: its elements, the text of each, and the rows of its tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False)
class Element:
    name: str
    attributes: dict[str, str | None]
    children: list["Element | str"] = field(default_factory=list["Element | str"])

    def __iter__(self) -> Iterator["Element"]:
        """This element and all inside it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        """The text that people read: without the title and the description of a drawing."""
        if self.name in {"title", "desc"}:
            return ""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, name: str) -> list["Element"]:
        return [each for each in self if each.name == name]

    def by_id(self, id_: str) -> "Element":
        (found,) = [each for each in self if each.attributes.get("id") == id_]
        return found

    def rows(self) -> list[list[str]]:
        """The cells of each row of its table, without the cells that are drawings."""
        return [
            [cell.text for cell in row.all("td") if cell.attributes.get("class") != "drawn"]
            for body in self.all("tbody")
            for row in body.all("tr")
        ]

    def links(self) -> dict[str, str]:
        """The address of each link by its text."""
        return {link.text: link.attributes["href"] or "" for link in self.all("a")}


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("#document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"{tag} has an attribute twice: {names}"
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> ends no element"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(text: str) -> Element:
    """Parse a document, whose elements must all be closed."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser.open == [parser.root], f"not closed: {[each.name for each in parser.open[1:]]}"
    return parser.root
