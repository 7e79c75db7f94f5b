"""The HTTP server of one process: uvicorn with the service's protocol, its start and its end.

The first signal closes the listening socket and makes /health/ready answer 503. For DRAIN_SECONDS, requests on open
connections are served as before; then running requests may finish within SHUTDOWN_TIMEOUT. A second signal ends the
process at once. SIGHUP, which a worker receives when another one takes its place, moves the clients instead: the
service stays ready, and each answer closes its connection, for at least MOVE_S.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn, cast

import structlog
import uvicorn
from litestar import Litestar
from uvicorn._types import ASGI3Application

from product_dashboard.app import DIRECT_ANSWERS, LISTENERS, create_app
from product_dashboard.events.listeners import Listeners
from product_dashboard.process.heap import trim_heap
from product_dashboard.process.supervisor import CANNOT_START, PATIENCE_S
from product_dashboard.recipes.direct import DirectAnswers
from product_dashboard.recipes.protocol import RecipeProtocol
from product_dashboard.settings import HttpSettings, Settings
from product_dashboard.startup import StartupError
from product_dashboard.web.protocol import HardenedProtocol

log = structlog.stdlib.get_logger()

CANNOT_END = 1
# Seconds in which the clients of a worker that is replaced send their next request, whose answer closes the connection.
MOVE_S = 2.0


def configuration(app: Litestar, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration."""
    http = settings.http
    return uvicorn.Config(
        app=cast("ASGI3Application", app),
        workers=http.workers,
        loop="uvloop",
        http=cast("type[asyncio.Protocol]", _protocol(app, http)),
        ws="none",
        interface="asgi3",
        lifespan="off",  # see GracefulServer
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(http.trusted_proxies),
        forwarded_allow_ips=list(http.trusted_proxies),
        timeout_keep_alive=cast("int", http.idle_timeout_s),  # it goes to call_later, which takes fractions
        timeout_graceful_shutdown=cast("int", settings.shutdown_timeout_s),
    )


def _protocol(app: Litestar, limits: HttpSettings) -> Callable[..., asyncio.Protocol]:
    """Return what makes the protocol of a connection: with recipes, if the application has them."""
    direct: DirectAnswers | None = app.state.get(DIRECT_ANSWERS)
    if direct is None:
        return partial(HardenedProtocol, limits=limits)
    return partial(RecipeProtocol, limits=limits, direct=direct)


class GracefulServer(uvicorn.Server):
    """uvicorn's server with an end that begins at once, drains, has a limit, and gives exit status 0.

    It runs the lifespan of `app` itself, because uvicorn logs a failed start with its traceback.
    """

    def __init__(
        self,
        app: Litestar,
        settings: Settings,
        *,
        signals: tuple[signal.Signals, ...],
        on_serving: Callable[[], None],
    ) -> None:
        super().__init__(configuration(app, settings))
        self._app = app
        self._settings = settings
        self._signals = signals
        self._on_serving = on_serving
        self._drain_s = settings.drain_s
        self._listeners: list[socket.socket] = []

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # The loop calls the handler, so that it interrupts nothing. Unlike uvicorn, the signal is not raised
        # again after the end: that would change the exit status.
        loop = asyncio.get_running_loop()
        for each in self._signals:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        yield

    async def _serve(self, sockets: list[socket.socket] | None = None) -> None:
        async with self._app.lifespan():
            await super()._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listeners = sockets or []
            trim_heap()
            relieve_collector()
            log.info("service.listening", addresses=[_address(each) for each in self._listeners])
            self._on_serving()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin the end at the first signal, and end the process at the second."""
        del frame
        again, self.should_exit = self.should_exit, True
        if again:
            log.warning("service.aborted", signal=signal.Signals(sig).name)
            end_at_once(128 + sig)
        log.info("service.stopping", signal=signal.Signals(sig).name)
        if not self.started:
            end_at_once(0)  # nothing runs yet that must be finished
        for server in self.servers:
            server.close()
        for listener in self._listeners:
            listener.close()
        streams: Listeners = self._app.state[LISTENERS]
        streams.end()
        if sig == signal.SIGHUP:
            self.lifespan.state["moving"] = True  # the protocol reads it
            self._drain_s = max(MOVE_S, self._drain_s)
        else:
            # uvicorn copies this state into the scope of each request: /health/ready reads it there.
            self.lifespan.state["stopping"] = True
        _end_later(self._drain_s + self._settings.shutdown_timeout_s + PATIENCE_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve the open connections for a time, then end as uvicorn does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._drain_s
        while loop.time() < deadline and self.server_state.connections:
            await self.on_tick(0)  # it keeps the Date header right
            await asyncio.sleep(0.1)
        await super().shutdown(sockets)


def _end_later(limit_s: float) -> None:
    """End the process if the orderly end takes too long, even when the event loop is blocked."""
    timer = threading.Timer(limit_s, end_at_once, [CANNOT_END])
    timer.daemon = True
    timer.start()


def end_at_once(status: int) -> NoReturn:
    """End the process; only the log is written before, within its own limit."""
    logging.shutdown()
    os._exit(status)


def relieve_collector() -> None:
    """Make Python's collector look for cycles less often, and never among the objects of the start.

    Requests leave few cycles behind, and reference counts free the rest. With Python's own thresholds the
    collector took a fifth of the CPU of a cached answer, and caused the slowest hundredth of the answers.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def serve(
    settings: Settings,
    listener: socket.socket,
    *,
    signals: tuple[signal.Signals, ...],
    on_serving: Callable[[], None] = lambda: None,
) -> int:
    """Serve in this process until one of `signals` comes; return the exit status. Calls `on_serving` when it serves."""
    status = 0
    try:
        server = GracefulServer(create_app(settings), settings, signals=signals, on_serving=on_serving)
        server.run(sockets=[listener])
    except* StartupError as group:
        log.error("startup.failed", reason=_reason(group))  # noqa: TRY400 - one line, no traceback
        status = CANNOT_START
    return status


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return str(error)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
