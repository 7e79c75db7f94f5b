"""The process: `python -m product_dashboard.server`.

Reads the settings, and serves in this process or in several workers under a supervisor.

The first SIGTERM or SIGINT closes the listening socket and makes /health/ready answer 503. For DRAIN_SECONDS,
requests on open connections are served as before; then running requests may finish within SHUTDOWN_TIMEOUT. A
second signal ends the process at once.

Exit status: 0 after an orderly end, 1 if the service cannot start or cannot end in order, 2 if the settings are
wrong, 128 + the signal's number after a second signal.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import NoReturn, cast

import structlog
import uvicorn
from litestar import Litestar
from uvicorn._types import ASGI3Application

from product_dashboard.access.notice import warn_if_open
from product_dashboard.observability.logs import configure_logging
from product_dashboard.observability.metrics import MULTIPROCESS_DIRECTORY, WORKER_SLOT, forget_worker
from product_dashboard.observability.metrics_folder import hold, metrics_folder
from product_dashboard.open_files import fit_connections
from product_dashboard.protocol import HardenedProtocol
from product_dashboard.settings import Settings, SettingsError, load_settings
from product_dashboard.startup import StartupError
from product_dashboard.supervisor import PATIENCE_S, SIGNALS, Supervisor

log = structlog.stdlib.get_logger()

# Bytes of an answer that the kernel takes before the client reads. By default it takes megabytes: hundreds of clients
# that ask for large answers and do not read then block the event loop for seconds, in which the kernel copies.
UNSENT_BYTES = 128 * 1024

CANNOT_START = 1
CANNOT_END = 1
WRONG_SETTINGS = 2


def main() -> NoReturn:
    """Run the service until a signal ends it."""
    for each in SIGNALS:
        # The first process of a container ignores a signal without a handler.
        signal.signal(each, _end_before_start)
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        print(f"product-dashboard: {error}", file=sys.stderr)  # noqa: T201 - logging is not set up yet
        sys.exit(WRONG_SETTINGS)
    configure_logging(settings.log)
    settings = fit_connections(settings)
    try:
        listener = bind(settings)
    except OSError as error:
        where = f"{settings.http.host}:{settings.http.port}"
        log.error("startup.failed", reason=f"cannot listen on {where}: {error}")  # noqa: TRY400 - one line
        sys.exit(CANNOT_START)
    warn_if_open(listener.getsockname()[0], has_keys=settings.access.keys is not None)
    with listener:
        alone = settings.http.workers == 1
        status = run_here(settings, listener, SIGNALS) if alone else run_workers(settings, listener)
    sys.exit(status)


def _end_before_start(*_: object) -> NoReturn:
    os._exit(0)


def bind(settings: Settings) -> socket.socket:
    """Open the listening socket. It is opened first, so that a port in use is reported at once."""
    host, port = settings.http.host, settings.http.port
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    try:
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def configuration(app: Litestar, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration."""
    http = settings.http
    return uvicorn.Config(
        app=cast("ASGI3Application", app),
        workers=http.workers,
        loop="uvloop",
        http=cast("type[asyncio.Protocol]", partial(HardenedProtocol, limits=http)),
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


class GracefulServer(uvicorn.Server):
    """uvicorn's server with an end that begins at once, drains, has a limit, and gives exit status 0.

    It runs the lifespan of `app` itself, because uvicorn logs a failed start with its traceback.
    """

    def __init__(self, app: Litestar, settings: Settings, *, signals: tuple[signal.Signals, ...]) -> None:
        super().__init__(configuration(app, settings))
        self._app = app
        self._settings = settings
        self._signals = signals
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
            relieve_collector()
            log.info("service.listening", addresses=[_address(each) for each in self._listeners])

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
        # uvicorn copies this state into the scope of each request: /health/ready reads it there.
        self.lifespan.state["stopping"] = True
        _end_later(self._settings)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve the open connections for DRAIN_SECONDS, then end as uvicorn does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.drain_s
        while loop.time() < deadline and self.server_state.connections:
            await self.on_tick(0)  # it keeps the Date header right
            await asyncio.sleep(0.1)
        await super().shutdown(sockets)


def _end_later(settings: Settings) -> None:
    """End the process if the orderly end takes too long, even when the event loop is blocked."""
    limit_s = settings.drain_s + settings.shutdown_timeout_s + PATIENCE_S
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
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def run_here(settings: Settings, listener: socket.socket, signals: tuple[signal.Signals, ...]) -> int:
    """Serve in this process until one of `signals` comes; return the exit status."""
    from product_dashboard.app import create_app  # noqa: PLC0415 - a worker's metrics need the environment set first

    status = 0
    try:
        GracefulServer(create_app(settings), settings, signals=signals).run(sockets=[listener])
    except* StartupError as group:
        log.error("startup.failed", reason=_reason(group))  # noqa: TRY400 - one line, no traceback
        status = CANNOT_START
    return status


def run_workers(settings: Settings, listener: socket.socket) -> int:
    """Serve in several processes; return the exit status."""
    with metrics_folder() as folder:
        os.environ[MULTIPROCESS_DIRECTORY] = folder
        supervisor = Supervisor(
            partial(work, settings, listener),
            count=settings.http.workers,
            grace_s=settings.drain_s + settings.shutdown_timeout_s,
            cannot_start=CANNOT_START,
            before_start=lambda slot: os.environ.update({WORKER_SLOT: str(slot)}),  # the worker inherits it
            on_death=forget_worker,
            on_stopping=listener.close,
        )
        return supervisor.run()


def work(settings: Settings, listener: socket.socket) -> NoReturn:
    """Serve in one of several workers. Only the supervisor handles SIGINT, which a terminal sends to all processes."""
    configure_logging(settings.log)
    hold(os.environ[MULTIPROCESS_DIRECTORY])  # until this process ends
    sys.exit(run_here(settings, listener, (signal.SIGTERM,)))


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return str(error)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


if __name__ == "__main__":
    main()
