"""The limit of open files (`ulimit -n`), and the number of client connections that fit below it."""

import resource

import msgspec
import structlog

from product_dashboard.settings import Settings

log = structlog.stdlib.get_logger()

# Redis, the listening socket, the log, and connections that are refused because there are too many.
OTHER_FILES = 100


def fit_connections(settings: Settings) -> Settings:
    """Return the settings with a `max_connections` that the process can really hold.

    Raises the soft limit as far as the hard limit allows. If that is not enough, `max_connections` is lowered
    and a warning logged: beyond the limit the kernel would reset connections without a word. A worker process
    inherits the limit.
    """
    asked = settings.http.max_connections
    others = settings.database.connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= asked + others:
        return settings
    limit = asked + others if hard == resource.RLIM_INFINITY else min(asked + others, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    if limit == asked + others:
        return settings
    fitting = max(limit - others, limit // 2)
    log.warning(
        "startup.fewer_connections",
        max_connections=fitting,
        reason=f"MAX_CONNECTIONS={asked} needs {asked + others} open files; `ulimit -n` allows {limit}",
    )
    return msgspec.structs.replace(
        settings, http=msgspec.structs.replace(settings.http, max_connections=fitting)
    )
