"""The parts that all documents have: head, navigation, the status of the updates, and the headers of their answers."""

from typing import Final, Literal

import htpy as h

from product_dashboard.page.assets import asset
from product_dashboard.web.envelope import BASE_PATH

HTML: Final = b"text/html; charset=utf-8"
HEADERS: Final = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
EVENTS: Final = f"{BASE_PATH}/dashboard/events"
PROCESS: Final = "/process"

Place = Literal["/", "/products", "/orders", "/process"]
Failed = Literal["again", "final"]
PLACES: Final[dict[Place, str]] = {
    "/": "Overview",
    "/products": "Products",
    "/orders": "Orders",
    "/process": "Process",
}


def document(title: str, place: Place | None, *main: h.Node, failed: Failed | None = None) -> bytes:
    """Return a complete document in UTF-8.

    `failed`: it replaces one that could not be made, and the script asks again, or leaves it as it is.
    """
    page = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="color-scheme", content="light dark"),
            h.title[f"{title} · Product dashboard"],
            h.link(rel="icon", href=asset("icon.svg").path, type="image/svg+xml"),
            h.link(rel="stylesheet", href=asset("page.css").path),
            h.script(src=asset("page.js").path, type="module"),
        ],
        h.body(data_events=EVENTS, data_process=PROCESS, data_failed=failed)[
            h.a(".skip", href="#main")["Skip to the content"],
            h.header(".top")[
                h.a(".brand", href="/")[_mark(), h.span["Product dashboard"]],
                h.nav(aria_label="Pages")[(_link(path, name, place) for path, name in PLACES.items())],
                None
                if failed == "final"
                else _status("Reload to try again" if failed else "Reload to update"),
            ],
            h.main(id="main", tabindex="-1")[main],
            _footer(place),
        ],
    ]
    return str(page).encode()


def section(
    name: str, title: str, *content: h.Node, link: tuple[str, str] | None = None, note: str = ""
) -> h.Element:
    """Make a part of a document that the script replaces when it changes; `link` has an address and a text."""
    return h.section(".card", id=name, aria_labelledby=f"{name}-heading", data_live=True)[
        h.div(".heading")[
            h.h2(id=f"{name}-heading")[title],
            h.a(href=link[0])[link[1]] if link else h.span(".quiet")[note],
        ],
        content,
    ]


def _status(text: str) -> h.Element:
    """Make the place for the state of the updates; `text` is shown without the script."""
    return h.p(id="status", class_="status", data_state="off", role="status")[text]


def _link(path: Place, name: str, place: Place | None) -> h.Element:
    return h.a(href=path, aria_current="page" if path == place else None)[name]


def _footer(place: Place | None) -> h.Element:
    return h.footer[
        h.div(id="process", class_="process", aria_label="This process", role="group", hidden=True)
        if place != "/process"
        else None,
        h.p[
            "Times are in UTC. The same figures for programs: ",
            h.a(href="/swagger/index.html")["the API"],
            ".",
        ],
    ]


def _mark() -> h.Element:
    """Draw the mark of the service, as in the icon."""
    return h.svg(".mark", {"viewBox": "0 0 16 16"}, aria_hidden="true")[
        h.rect(x="1", y="8", width="3.6", height="7", rx="0.8"),
        h.rect(x="6.2", y="4.5", width="3.6", height="10.5", rx="0.8"),
        h.rect(x="11.4", y="1", width="3.6", height="14", rx="0.8"),
    ]
