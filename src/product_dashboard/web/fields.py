"""The types of fields that requests share, and the words that say what a field expects."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, TypeVar

from msgspec import UNSET, Meta, Struct, inspect, structs

from product_dashboard.errors import FieldProblem

MAX_PRICE = Decimal("9999999999.99")
MAX_STOCK = 1_000_000_000
CENT = Decimal("0.01")

StructT = TypeVar("StructT", bound=Struct)

# No control characters; and (?!\s), as Python's $ lets a line break pass.
EMAIL = r"^[^@\s\x00-\x1f\x7f]+@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+(?!\s)$"

# At least one character that is neither blank, control, combining nor format: those that occur in practice, and in a
# form that ECMAScript reads as Python does. The CHECKs of the tables refuse the rare ones that a collation ignores too.
VISIBLE = (
    r"[^\s\x00-\x1f\x7f-\x9f\xad\u0300-\u036f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=VISIBLE)]
Description = Annotated[str, Meta(max_length=2000)]
Moment = Annotated[datetime, Meta(tz=True)]  # tz gives it format: date-time in the OpenAPI document


class Input(Struct, frozen=True, kw_only=True):
    """Base of the Structs that requests are decoded into."""

    def problems(self) -> Iterable[FieldProblem]:
        """Yield what is wrong across fields. Asked only when each field on its own is right."""
        return ()

    def named(self) -> dict[str, Any]:
        """Return the fields that have a value, as they are stored. A field that a client left out may be UNSET."""
        return {name: value for name, value in structs.asdict(self).items() if value is not UNSET}


def merge(current: StructT, changes: Input) -> StructT:
    """Return `current` with the fields that `changes` names: all in a PUT, some in a PATCH (RFC 7396)."""
    return structs.replace(current, **changes.named())


class _IsDecimal(type):
    """Makes every Decimal an instance of an amount: msgspec checks what `decode_amount` returns."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Decimal)


class Amount(metaclass=_IsDecimal):
    """An amount in a request: at most two decimals, from `low` to `MAX_PRICE`.

    A type of its own makes msgspec call `decode_amount`; its own Decimal takes "NaN", "1_0" and texts.
    """

    low: ClassVar[Decimal] = Decimal("0.00")


class PositiveAmount(Amount):
    low = Decimal("0.01")


# To a type checker, and in every Struct that was decoded, an amount is a Decimal.
if TYPE_CHECKING:
    Money: TypeAlias = Decimal
    Price: TypeAlias = Decimal
else:
    Money = Amount
    Price = PositiveAmount


def decode_amount(kind: type, value: object) -> Decimal:
    """Convert a JSON number to the amount `kind`, with exactly two decimals: msgspec's `dec_hook`.

    Raises ValueError if it is not such an amount.
    """
    if not issubclass(kind, Amount):
        raise NotImplementedError(f"no field of a request has the type {kind}")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError  # noqa: TRY004 - msgspec turns a ValueError into its own error with the field's path
    amount = Decimal(value)
    if not amount.is_finite() or not kind.low <= amount <= MAX_PRICE or amount != amount.quantize(CENT):
        raise ValueError
    return amount.quantize(CENT)


def decode_text(rule: inspect.Type, text: str) -> object:
    """Convert the text of a query parameter to what JSON would have; a text that does not fit stays a text."""
    match rule:
        case inspect.Metadata(type=inner):
            return decode_text(inner, text)
        case inspect.IntType() if re.fullmatch(r"-?[0-9]{1,18}", text):
            return int(text)
        case inspect.CustomType() if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text):
            return Decimal(text)
        case inspect.BoolType() if text in {"true", "false"}:
            return text == "true"
        case _:
            return text


def words(rule: inspect.Type) -> str:
    """Say what a field expects: the rest of a sentence that begins with the field's name."""
    return "must be " + " or ".join(_phrases(rule))


def _phrases(rule: inspect.Type) -> Iterator[str]:
    match rule:
        case inspect.UnionType(types):
            for member in types:
                yield from _phrases(member)
        case inspect.Metadata(type=inner):
            yield from _phrases(inner)
        case inspect.CustomType(cls=kind) if issubclass(kind, Amount):
            yield f"an amount from {kind.low} to {MAX_PRICE} with at most two decimals"
        case inspect.StrType(min_length=low, max_length=high, pattern=pattern):
            yield f"a text{_range(low, high, 'characters')}{_PATTERN_WORDS.get(pattern or '', '')}"
        case inspect.IntType(ge=low, le=high):
            yield f"a whole number{_range(low, high)}"
        case inspect.ListType(min_length=low, max_length=high):
            yield f"a list{_range(low, high, 'items')}"
        case inspect.LiteralType(values=values):
            yield "one of " + ", ".join(str(value) for value in values)
        case _:
            yield _PLAIN_WORDS.get(type(rule), "of another type")


_PATTERN_WORDS = {VISIBLE: ", one of them visible", EMAIL: " of the form name@example.org"}
_PLAIN_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.NoneType: "null",
    inspect.UUIDType: "a UUID",
    inspect.StructType: "an object",
    inspect.DateTimeType: "a time such as 2026-01-31T12:00:00Z",
}


def _range(low: int | None, high: int | None, unit: str = "") -> str:
    unit = f" {unit}" if unit else ""
    if low is not None and high is not None:
        return f" of {low} to {high}{unit}" if unit else f" from {low} to {high}"
    if high is not None:
        return f" of at most {high}{unit}"
    return f" of at least {low}{unit}" if low is not None else ""
