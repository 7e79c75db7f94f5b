"""The errors of the driver: what each says about the connection and the server, and its exception of `errors.py`."""

import re
from collections.abc import Callable

from asyncmy.errors import InterfaceError, InternalError, MySQLError

from product_dashboard.database.driver import REFUSED_FOR_GOOD
from product_dashboard.database.primary import NoPrimary, NotPrimary
from product_dashboard.errors import (
    AppError,
    Busy,
    DatabaseUnavailable,
    Deadlock,
    DuplicateKey,
    MissingReference,
    QueryTimeout,
    RuleViolation,
    SchemaOutdated,
    StillReferenced,
    Unavailable,
)

_CONNECTION_ENDED = frozenset(
    {1053, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2006, 2013, 2014, 2055, 4031}
)
# The server is read only or offline, or a member that leaves its group or cannot get a message through it: another
# server is or will be the primary, and a new connection finds it. 3098: while a group moves its primary by command,
# it refuses writes to tables with foreign keys that cascade. 1792: new sessions may only read (transaction_read_only).
_NOT_PRIMARY = frozenset({1290, 1792, 1836, 3032, 3098, 3100, 3101, 3796, 3797, 3798, 3799, 6400})
_CONNECTION_UNUSABLE = _CONNECTION_ENDED | _NOT_PRIMARY
_KEY_NAME = re.compile(r"for key '(?:[^']*\.)?([^'.]+)'")
_CONSTRAINT_NAME = re.compile(r"CONSTRAINT [`\"]([^`\"]+)[`\"]")
_RULE_NAME = re.compile(r"(?:constraint|column) (?:[`'][^`']+[`']\.)*[`']([^`']+)[`']", re.IGNORECASE)

_TRANSLATIONS: tuple[tuple[frozenset[int], Callable[[str], AppError]], ...] = (
    (frozenset({1062, 1586}), lambda text: DuplicateKey(_first(_KEY_NAME, text))),
    (frozenset({1217, 1451}), lambda text: StillReferenced(_first(_CONSTRAINT_NAME, text))),
    (frozenset({1216, 1452}), lambda text: MissingReference(_first(_CONSTRAINT_NAME, text))),
    (frozenset({1264, 1366, 1406, 3819, 4025}), lambda text: RuleViolation(_first(_RULE_NAME, text))),
    (frozenset({1213}), lambda _: Deadlock()),
    (frozenset({1205, 3572}), lambda _: Busy()),
    (frozenset({1054, 1146}), lambda _: SchemaOutdated()),
    (frozenset({1317, 1969, 3024}), lambda _: QueryTimeout()),
    (_CONNECTION_UNUSABLE, lambda _: DatabaseUnavailable()),
    (frozenset({1040, 1203}), lambda _: DatabaseUnavailable()),  # too many connections
)


def translate(error: MySQLError) -> Exception:
    """Return the exception of `errors.py` for a server's error; the error itself if the service is at fault."""
    if isinstance(error, InterfaceError):
        # The connection is closed. If it is lost while the driver prepares a statement, the driver does not raise that
        # error, but tries to send the statement as text.
        return DatabaseUnavailable()
    for numbers, make in _TRANSLATIONS:
        if _number(error) in numbers:
            return make(str(error))
    return error


def is_permanent(error: DatabaseUnavailable) -> bool:
    """Return True if to try again does not help: the server refused the account or the database, or is of no use."""
    cause = error.__cause__
    if isinstance(cause, NoPrimary | NotPrimary):
        return cause.for_good
    return isinstance(cause, MySQLError) and _number(cause) in REFUSED_FOR_GOOD


def is_answer(error: BaseException | None) -> bool:
    """Return whether a block has an answer for its caller that comes from rows: a result, or a refusal such as 404."""
    if isinstance(error, MySQLError):
        error = translate(error)
    return error is None or (isinstance(error, AppError) and not isinstance(error, Unavailable))


def is_complete(error: BaseException | None) -> bool:
    """Return whether a connection can be lent again after `error`: no answer on it may be half read."""
    if isinstance(error, MySQLError):
        return not (isinstance(error, InternalError) or _number(error) in _CONNECTION_UNUSABLE)
    # An AppError was raised by the service's own code, between two statements.
    return error is None or isinstance(error, AppError)


def _number(error: MySQLError) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
