"""The types of fields that requests share, and what a field expects, in words made from its type."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct, inspect

MAX_PRICE = Decimal("9999999999.99")
CENT = Decimal("0.01")

# No control characters; and (?!\s), as Python's $ lets a line break pass.
EMAIL = r"^[^@\s\x00-\x1f\x7f]+@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+(?!\s)$"


class MoneyRule(Struct, frozen=True):
    """An amount with at most two decimals, at least `low`, at most `MAX_PRICE`.

    Money needs a rule of its own, as msgspec's Decimal takes "NaN", "1_0" and 1E+400.
    """

    low: Decimal

    @property
    def words(self) -> str:
        return f"must be an amount from {self.low} to {MAX_PRICE} with at most two decimals"

    def apply(self, value: object) -> Decimal:
        """The amount with exactly two decimals; raises ValueError if it breaks the rule."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ValueError  # noqa: TRY004 - to the caller this is one of the ways of being wrong
        amount = Decimal(value)
        if not amount.is_finite() or not self.low <= amount <= MAX_PRICE or amount != amount.quantize(CENT):
            raise ValueError
        return amount.quantize(CENT)


def _money(low: str) -> Meta:
    schema = {
        "type": "number",
        "format": None,  # msgspec calls it a text
        "description": "At most two decimals.",
        "minimum": float(low),
        "maximum": float(MAX_PRICE),
    }
    return Meta(extra={"money": MoneyRule(Decimal(low))}, extra_json_schema=schema)


Price = Annotated[Decimal, _money("0.01")]
Money = Annotated[Decimal, _money("0.00")]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Description = Annotated[str, Meta(max_length=2000)]


def money_rule(rule: inspect.Type) -> MoneyRule | None:
    """The rule of an amount, also of one that may be null; None for other types."""
    if isinstance(rule, inspect.UnionType):
        return next(filter(None, map(money_rule, rule.types)), None)
    extra: dict[str, object] | None = getattr(rule, "extra", None)
    found = extra.get("money") if extra else None
    return found if isinstance(found, MoneyRule) else None


def words(rule: inspect.Type) -> str:
    """What a field expects, as the rest of a sentence that begins with its name."""
    return "must be " + " or ".join(_phrases(rule))


def _phrases(rule: inspect.Type) -> Iterator[str]:
    match rule:
        case inspect.UnionType(types):
            for member in types:
                yield from _phrases(member)
        case inspect.Metadata(type=inner):
            money = money_rule(rule)
            yield from (money.words.removeprefix("must be "),) if money else _phrases(inner)
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


_PATTERN_WORDS = {r"\S": ", not of blanks alone", EMAIL: " of the form name@example.org"}
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
