"""The process: `python -m product_dashboard.server`.

Reads the settings, and serves in this process or in several workers under a supervisor. With --check it loads the
settings and the code, and ends.

SIGTERM and SIGINT end it in order (`process.serving`). SIGHUP restarts it with new code and settings if it has several
workers (`process.supervisor`), and ends it in order if it is one process.

Exit status: 0 after an orderly end, 1 if the service cannot start or cannot end in order, 2 if the settings are
wrong, 128 + the signal's number after a second signal.
"""

import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

import structlog

from product_dashboard.observability.metrics_folder import MULTIPROCESS_DIRECTORY, metrics_folder
from product_dashboard.process.restart import CHECK_OPTION, Inheritance, take_inheritance
from product_dashboard.process.supervisor import CANNOT_START, SIGNALS, Supervisor
from product_dashboard.settings import Settings, SettingsError, load_settings

# The modules of the service are imported in functions: before them, the number of workers must be known, because
# prometheus_client decides at its import whether the metrics are kept for one process or for several.

log = structlog.stdlib.get_logger()

# Bytes of an answer that the kernel takes before the client reads. By default it takes megabytes: hundreds of clients
# that ask for large answers and do not read then block the event loop for seconds, in which the kernel copies.
UNSENT_BYTES = 128 * 1024

WRONG_SETTINGS = 2


def main() -> NoReturn:
    """Run the service until a signal ends it."""
    for each in SIGNALS:
        # The first process of a container ignores a signal without a handler.
        signal.signal(each, _end_before_start)
    inheritance = take_inheritance()
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        print(f"product-dashboard: {error}", file=sys.stderr)  # noqa: T201 - logging is not set up yet
        sys.exit(WRONG_SETTINGS)
    if CHECK_OPTION in sys.argv:
        importlib.import_module("product_dashboard.process.serving")
        sys.exit(0)
    if settings.http.workers == 1 and inheritance is None:
        sys.exit(run_here(settings))
    with metrics_folder(inheritance.folder if inheritance else None) as folder:
        status = run_workers(settings, folder, inheritance)
    sys.exit(status)


def _end_before_start(*_: object) -> NoReturn:
    os._exit(0)


def run_here(settings: Settings) -> int:
    """Serve in this process; return the exit status."""
    from product_dashboard.observability.logs import configure_logging  # noqa: PLC0415 - see above
    from product_dashboard.process.open_files import fit_connections  # noqa: PLC0415 - see above
    from product_dashboard.process.serving import serve  # noqa: PLC0415 - see above

    configure_logging(settings.log)
    settings = fit_connections(settings)
    with open_listener(settings) as listener:
        return serve(settings, listener, signals=(*SIGNALS, signal.SIGHUP))


def run_workers(settings: Settings, folder: str, inheritance: Inheritance | None) -> int:
    """Serve in several processes, whose metrics are in the folder; return the exit status."""
    os.environ[MULTIPROCESS_DIRECTORY] = folder
    from product_dashboard.observability import metrics  # noqa: PLC0415 - see above
    from product_dashboard.observability.logs import configure_logging  # noqa: PLC0415 - see above
    from product_dashboard.process.heap import trim_heap  # noqa: PLC0415 - see above
    from product_dashboard.process.open_files import fit_connections  # noqa: PLC0415 - see above
    from product_dashboard.process.serving import serve  # noqa: PLC0415 - see above

    configure_logging(settings.log, threaded=False)
    metrics.delete_metrics_of_supervisor()
    settings = fit_connections(settings)
    listener = socket.socket(fileno=inheritance.listener) if inheritance else open_listener(settings)

    def work(slot: int, on_serving: Callable[[], None]) -> int:
        metrics.use_slot(slot)
        configure_logging(settings.log)
        return serve(settings, listener, signals=(signal.SIGTERM, signal.SIGHUP), on_serving=on_serving)

    trim_heap()  # before the workers are forked, which share the memory of this process
    with listener:
        return Supervisor(
            work,
            inheritance or Inheritance(listener.fileno(), folder, os.pipe(), []),
            count=settings.http.workers,
            grace_s=settings.drain_s + settings.shutdown_timeout_s,
            check_without=MULTIPROCESS_DIRECTORY,
            on_death=metrics.forget_worker,
            on_stopping=listener.close,
        ).run()


def open_listener(settings: Settings) -> socket.socket:
    """Open the listening socket before anything else, so that a port in use is reported at once; exit if it is."""
    from product_dashboard.access.notice import warn_if_open  # noqa: PLC0415 - see above

    try:
        listener = bind(settings)
    except (OSError, UnicodeError) as error:  # UnicodeError: a text that can be the name of no host
        where = f"{settings.http.host}:{settings.http.port}"
        reason = f"cannot listen on {where!r}: {error} (see HOST and PORT)"
        log.error("startup.failed", reason=reason)  # noqa: TRY400 - one line
        sys.exit(CANNOT_START)
    warn_if_open(listener.getsockname()[0], has_keys=settings.access.keys is not None)
    return listener


def bind(settings: Settings) -> socket.socket:
    """Return the listening socket. Raises OSError or UnicodeError."""
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
    return listener


if __name__ == "__main__":
    main()
