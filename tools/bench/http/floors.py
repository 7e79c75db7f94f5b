"""The floors of the comparison: servers that answer every request with the same bytes.

`python -m tools.bench.http.floors asgi` answers from a bare ASGI application, `... litestar` from a Litestar
handler; both run on the same uvicorn, event loop and HTTP parser as the API. PORT is the port to listen on.
"""

import os
import sys
from typing import Any, Literal

import uvicorn
from litestar import Litestar, Response, get

BODY = b'{"ok":true,"data":"' + b"x" * 2260 + b'","meta":null,"error":null}'
"""As long as the response of /dashboard/overview."""

START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))],
}
END = {"type": "http.response.body", "body": BODY}


async def bare(_: Any, __: Any, send: Any) -> None:
    await send(START)
    await send(END)


@get(["/", "/health/ready"], media_type="application/json")
async def constant() -> Response[bytes]:
    return Response(BODY)


def main(argv: list[str]) -> None:
    app: Any = bare
    if argv == ["litestar"]:
        app = Litestar([constant], openapi_config=None, logging_config=None)
    elif argv != ["asgi"]:
        raise SystemExit("usage: python -m tools.bench.http.floors asgi|litestar")
    serve(app, lifespan="off")


def serve(app: Any, *, lifespan: Literal["on", "off"] = "on") -> None:
    """Serve an ASGI application on the port PORT, with nothing that it does not need."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
