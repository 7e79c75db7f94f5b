"""The exceptions of the service, and the code and HTTP status of each.

    AppError                        an error for the client: a code, a sentence, details
    ├── BadRequest                  the request is wrong
    │   └── RuleViolation           a value breaks a rule of the table (named by the database)
    ├── NotFound                    the resource of the path does not exist
    ├── Conflict                    the request conflicts with stored data
    │   ├── DuplicateKey            a unique key is taken            (named by the database)
    │   ├── KeyInUse                a request with the same Idempotency-Key is running
    │   └── StillReferenced         other rows refer to the row      (named by the database)
    ├── OutcomeUnknown              the answer of COMMIT is missing: the write has happened, or not, or will
    ├── PreconditionFailed          the resource is not in the state that If-Match names
    ├── Unprocessable               the request refers to a resource that does not exist
    │   ├── KeyReused               an Idempotency-Key was used before, with another body
    │   └── MissingReference        a foreign key has no parent row  (named by the database)
    ├── RateLimited                 the client sends too many requests; retry after `retry_after_s`
    └── Unavailable                 not possible now; retry after `retry_after_s`
        ├── Overloaded              the queue for a database connection is full or slow
        ├── DatabaseUnavailable     MySQL cannot be reached
        ├── SchemaOutdated          the database lacks a table or column: `migrate up` was not run
        ├── QueryTimeout            a query ran into its time limit
        ├── DeadlineExceeded        the request ran into its deadline
        └── Busy                    a row was locked for too long
            └── Deadlock            the transaction was the victim of a deadlock; worth an immediate retry

Any other exception is a fault of the service: opaque to the client, complete in the log.
"""

import random
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Self, TypeVar

import msgspec

T = TypeVar("T")


class Code(StrEnum):
    """The stable code of an error, for programs, and its HTTP status. Messages may change."""

    status: int

    def __new__(cls, value: str, status: int) -> Self:
        code = str.__new__(cls, value)
        code._value_ = value
        code.status = status
        return code

    BAD_REQUEST = "BAD_REQUEST", 400
    VALIDATION_ERROR = "VALIDATION_ERROR", 400
    MALFORMED_JSON = "MALFORMED_JSON", 400
    UNAUTHENTICATED = "UNAUTHENTICATED", 401
    FORBIDDEN = "FORBIDDEN", 403
    CROSS_SITE = "CROSS_SITE", 403
    NOT_FOUND = "NOT_FOUND", 404
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED", 405
    CONFLICT = "CONFLICT", 409
    CATEGORY_IN_USE = "CATEGORY_IN_USE", 409
    PRODUCT_IN_USE = "PRODUCT_IN_USE", 409
    CUSTOMER_IN_USE = "CUSTOMER_IN_USE", 409
    EMAIL_IN_USE = "EMAIL_IN_USE", 409
    PRODUCT_INACTIVE = "PRODUCT_INACTIVE", 409
    PRICE_CHANGED = "PRICE_CHANGED", 409
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK", 409
    IDEMPOTENCY_KEY_IN_USE = "IDEMPOTENCY_KEY_IN_USE", 409
    STOCK_LIMIT = "STOCK_LIMIT", 409
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT", 408
    PRECONDITION_FAILED = "PRECONDITION_FAILED", 412
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE", 413
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE", 415
    MISDIRECTED = "MISDIRECTED", 421
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE", 422
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED", 422
    RATE_LIMITED = "RATE_LIMITED", 429
    HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE", 431
    INTERNAL_ERROR = "INTERNAL_ERROR", 500
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED", 501
    HTTP_VERSION_NOT_SUPPORTED = "HTTP_VERSION_NOT_SUPPORTED", 505
    UNAVAILABLE = "UNAVAILABLE", 503
    OVERLOADED = "OVERLOADED", 503
    BUSY = "BUSY", 503
    TIMEOUT = "TIMEOUT", 503
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN", 503


class FieldProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A bad field of a request: its path (`items[0].quantity`), a message, and the value that was sent."""

    field: str
    message: str
    value: Any = msgspec.UNSET


Detail = FieldProblem | Mapping[str, object]

_NOT_EMPTY = re.compile(r"[a-z_]+_([a-z]+)_not_empty")


class AppError(Exception):
    """An error that the client receives: `code`, `message` (one sentence) and `details`.

    `retry_after_s` is sent as Retry-After; None if the client must not simply try again.
    """

    default_code = Code.INTERNAL_ERROR
    retry_after_s: int | None = None

    def __init__(self, message: str, *, code: Code | None = None, details: Iterable[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details: tuple[Detail, ...] = tuple(details)


class BadRequest(AppError):
    default_code = Code.VALIDATION_ERROR

    @classmethod
    def of(cls, problems: Iterable[FieldProblem]) -> "BadRequest":
        """Make the error that names every bad field; `problems` must not be empty."""
        details = tuple(problems)
        names = ", ".join(dict.fromkeys(problem.field for problem in details))
        return cls(f"The request is not valid: see {names}.", details=details)


class RuleViolation(BadRequest):
    """A value breaks a rule of the database; `rule` is the name of the constraint or the column.

    Validation refuses most such values before. It cannot know which characters a collation ignores: a text of only
    these breaks the CHECK `<table>_<column>_not_empty`, whose name tells the field.
    """

    def __init__(self, rule: str) -> None:
        empty = _NOT_EMPTY.fullmatch(rule)
        if empty:
            field = empty.group(1)
            problem = FieldProblem(field, "must have a visible character")
            super().__init__(f"The request is not valid: see {field}.", details=(problem,))
        else:
            super().__init__("A value of the request is not allowed.")
        self.rule = rule


class NotFound(AppError):
    default_code = Code.NOT_FOUND

    @classmethod
    def of(cls, kind: str, identifier: object) -> "NotFound":
        """Make the error for a resource of `kind` ("product") that does not exist under `identifier`."""
        return cls(f"There is no {kind} with this id.", details=({"resource": kind, "id": str(identifier)},))


def found(row: T | None, kind: str, identifier: object) -> T:
    """Return the row. Raises `NotFound` if there is none."""
    if row is None:
        raise NotFound.of(kind, identifier)
    return row


class Conflict(AppError):
    default_code = Code.CONFLICT


class DuplicateKey(Conflict):
    """A value that must be unique is taken; `key` is the name of the unique key, without its table."""

    def __init__(self, key: str) -> None:
        super().__init__("A value that must be unique is already in use.")
        self.key = key


class KeyInUse(Conflict):
    default_code = Code.IDEMPOTENCY_KEY_IN_USE
    retry_after_s = 1

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is still running: send this one again later.")


class StillReferenced(Conflict):
    """Other rows still refer to the row; `constraint` is the name of their foreign key."""

    def __init__(self, constraint: str) -> None:
        super().__init__("This is still in use elsewhere.")
        self.constraint = constraint


class PreconditionFailed(AppError):
    default_code = Code.PRECONDITION_FAILED

    def __init__(self) -> None:
        super().__init__("This has changed since it was read: read it again, and decide again.")


class Unprocessable(AppError):
    default_code = Code.UNKNOWN_REFERENCE


class KeyReused(Unprocessable):
    default_code = Code.IDEMPOTENCY_KEY_REUSED

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key belongs to a request with another body: a new request needs a new key."
        )


class MissingReference(Unprocessable):
    """A row refers to a row that does not exist; `constraint` is the name of the foreign key."""

    def __init__(self, constraint: str) -> None:
        super().__init__("The request refers to something that does not exist.")
        self.constraint = constraint


class RateLimited(AppError):
    default_code = Code.RATE_LIMITED

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__("You have sent too many requests; wait as long as Retry-After says.")
        self.retry_after_s = retry_after_s


class OutcomeUnknown(AppError):
    """COMMIT was sent, and its answer is missing. To repeat the write could make it happen twice."""

    default_code = Code.OUTCOME_UNKNOWN

    def __init__(self) -> None:
        super().__init__("The change may have been made or not: look before you send it again.")


class Unavailable(AppError):
    """Not possible now; a client may retry after `retry_after_s` seconds."""

    default_code = Code.UNAVAILABLE

    def __init__(
        self,
        message: str,
        *,
        code: Code | None = None,
        details: Iterable[Detail] = (),
        retry_after_s: int = 1,
    ) -> None:
        super().__init__(message, code=code, details=details)
        self.retry_after_s = retry_after_s


def soon() -> int:
    """Return 1 to 3 seconds, at random: clients that are refused together must not all come back together."""
    return random.randint(1, 3)  # noqa: S311 - no secret depends on it


class Overloaded(Unavailable):
    default_code = Code.OVERLOADED

    def __init__(self) -> None:
        message = "The service has more work than it can take on; try again soon."
        super().__init__(message, retry_after_s=soon())


class DatabaseUnavailable(Unavailable):
    def __init__(self) -> None:
        super().__init__("The database cannot be reached at the moment.", retry_after_s=2)


class SchemaOutdated(Unavailable):
    def __init__(self) -> None:
        super().__init__("The service is being updated; try again soon.", retry_after_s=2)


class QueryTimeout(Unavailable):
    default_code = Code.TIMEOUT

    def __init__(self) -> None:
        super().__init__("The database took too long to answer.", retry_after_s=2)


class DeadlineExceeded(Unavailable):
    default_code = Code.TIMEOUT

    def __init__(self) -> None:
        super().__init__("The request could not be answered in time.", retry_after_s=2)


class Busy(Unavailable):
    default_code = Code.BUSY

    def __init__(self) -> None:
        message = "Too many changes of the same things at once; try again."
        super().__init__(message, retry_after_s=soon())


class Deadlock(Busy):
    pass
