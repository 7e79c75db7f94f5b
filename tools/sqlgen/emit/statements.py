"""Writes how a function gets the SQL text and the values of its statement.

A text without choices is a module constant. Any other text is one f-string in the order of the query's text, with
a hole for each optional condition, named for its parameter:

    if_category_id = " AND (category_id = %s)" if category_id is not UNSET else ""
    sql = f"SELECT name FROM products WHERE is_active{if_category_id} LIMIT %s"
    args = (*((category_id.bytes,) if category_id is not UNSET else ()), limit)
"""

from collections.abc import Collection, Sequence

from msgspec import Struct

from tools.sqlgen.emit.namespace import ModuleNamespace
from tools.sqlgen.emit.orders import OrderWriter
from tools.sqlgen.emit.parameters import Argument
from tools.sqlgen.emit.text import Hole, joined, literal, sql_literal
from tools.sqlgen.ir.names import unique
from tools.sqlgen.lower.template import (
    AfterCursor,
    OptionalCondition,
    OrderBy,
    Part,
    SliceValue,
    Template,
    Text,
    Value,
)

_SLICE_FUNCTIONS = {
    "alone": "in_list",
    "comma_before": "following_items",
    "comma_after": "leading_items",
    "argument": "argument_list",
}
"""Functions of runtime.py that write the placeholders of a slice."""


class Statement(Struct, frozen=True):
    """The Python of one statement."""

    setup: tuple[str, ...]
    """Lines before the call of `execute`."""
    sql: str
    """Expression of the SQL text."""
    values: tuple[str, ...] = ()
    """Expressions of the values, in the order of the placeholders; one with a star is for several values."""
    args: str = ""
    """Variable that holds the values, if `setup` puts them into one."""


def is_fixed(template: Template) -> bool:
    """True if every call sends the same text."""
    return all(isinstance(part, Text | Value) for part in template)


def escaped_percent(sql: str) -> str:
    """Return the text with doubled percent signs, because the driver replaces `%s`."""
    return sql.replace("%", "%%")


def fixed_text(template: Template) -> str:
    """Return the text of a template without choices, with `%s` for each value."""
    return "".join(escaped_percent(part.sql) if isinstance(part, Text) else "%s" for part in template)


class StatementWriter:
    """Writes the statement of one query."""

    def __init__(
        self,
        namespace: ModuleNamespace,
        arguments: Sequence[Argument],
        orders: OrderWriter | None,
        owner: str = "",
        taken: Collection[str] = (),
    ) -> None:
        """`owner` is written before a parameter's name: `item.` for a field of a Params Struct.

        `taken` are the function's other local names.
        """
        self.namespace = namespace
        self.arguments = arguments
        self.orders = orders
        self.owner = owner
        self.taken = set(taken)
        self.checks: list[str] = []
        self.conditions: list[str] = []

    def fixed(self, template: Template, constant: str) -> Statement:
        """Return the statement of a template without choices, whose text is a constant of the module."""
        return Statement((), constant, self.values(template))

    def values(self, template: Template) -> tuple[str, ...]:
        """Return the expressions of the values of a template without choices."""
        return tuple(self._value(part.parameter) for part in template if isinstance(part, Value))

    def composed(self, template: Template) -> Statement:
        """Return the statement of a template with choices."""
        sql, args = self._local("sql"), self._local("args")
        for part in template:
            if isinstance(part, OptionalCondition):
                self._check_all_given(part)
        text, values = self._parts(template)
        setup = [*self.checks, *([self.orders.lookup()] if self.orders else []), *self.conditions]
        setup.append(f"{sql} = {sql_literal(text)}")
        if not self.conditions:
            return Statement(tuple(setup), sql, tuple(values))
        return Statement((*setup, f"{args} = {joined(values)}"), sql, args=args)

    def _local(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def _value(self, parameter: int) -> str:
        return self.arguments[parameter].value(self.owner, self.namespace)

    def _parts(self, parts: Sequence[Part]) -> tuple[list[str | Hole], list[str]]:
        """Return the text and the values."""
        text: list[str | Hole] = []
        values: list[str] = []
        for part in parts:
            piece, more = self._part(part)
            text.append(piece)
            values += more
        return text, values

    def _part(self, part: Part) -> tuple[str | Hole, list[str]]:
        match part:
            case Text():
                return escaped_percent(part.sql), []
            case Value():
                return "%s", [self._value(part.parameter)]
            case SliceValue():
                function = self.namespace.ref(".runtime", _SLICE_FUNCTIONS[part.style])
                argument = self.arguments[part.parameter]
                value = argument.value(self.owner, self.namespace, padded=part.is_padded)
                return Hole(f"{function}({self.owner}{argument.name})"), [value]
            case OptionalCondition():
                return self._optional(part)
            case OrderBy():
                return Hole(self._orders.local(part)), []
            case AfterCursor():
                return self._after(part)

    @property
    def _orders(self) -> OrderWriter:
        assert self.orders is not None
        return self.orders

    def _optional(self, part: OptionalCondition) -> tuple[Hole, list[str]]:
        switches = [self.arguments[index] for index in part.switches]
        given = [switch.given(self.owner, self.namespace) for switch in switches]
        text, values = self._parts(part.parts)
        condition = " and ".join(given)
        hole = self._condition(switches[0].name, [escaped_percent(part.lead), *text], condition, part.lead)
        return hole, _values_if(condition, values)

    def _after(self, part: AfterCursor) -> tuple[Hole, list[str]]:
        orders = self._orders
        text: list[str | Hole] = [f"{escaped_percent(part.lead)}(", Hole(orders.local(part)), ")"]
        hole = self._condition("after", text, "after is not None", part.lead)
        return hole, [f"*({orders.cursor_values()} if after is not None else ())"]

    def _condition(self, name: str, text: list[str | Hole], condition: str, lead: str) -> Hole:
        """Write the line that chooses the text of an optional condition, and return the hole for it."""
        local = unique(f"if_{name}", self.taken)
        self.taken.add(local)
        otherwise = '""' if lead else '"TRUE"'
        self.conditions.append(f"{local} = {sql_literal(text)} if {condition} else {otherwise}")
        return Hole(local)

    def _check_all_given(self, part: OptionalCondition) -> None:
        """Write the error for a condition of which some parameters are given, and some are not.

        A condition inside of another needs no check: its parameters are parameters of the outer one too.
        """
        if len(part.switches) == 1:
            return
        values = [self.arguments[index] for index in part.parameters]
        names = " and ".join(value.name for value in values)
        missing = [f"{self.owner}{v.name} is {self.namespace.ref('msgspec', 'UNSET')}" for v in values]
        if part.flag is not None:
            flag = self.arguments[part.flag]
            absent = missing[0] if len(missing) == 1 else f"({' or '.join(missing)})"
            check = f"{flag.given(self.owner, self.namespace)} and {absent}"
            message = f"{flag.name} needs {names}"
        else:
            equal = " == ".join(f"({each})" for each in missing)
            check = f"({missing[0]}) != ({missing[1]})" if len(missing) == 2 else f"not ({equal})"  # noqa: PLR2004 - a pair
            message = f"{names} must be given together"
        error = self.namespace.ref("", "ValueError")
        self.checks += [f"if {check}:", f"    raise {error}({literal(message)})"]


def _values_if(condition: str, values: Sequence[str]) -> list[str]:
    """Return the values of an optional condition as one expression with a star; nothing if there are none."""
    if not values:
        return []
    if len(values) == 1:
        only = values[0]
        given = only[1:] if only.startswith("*") else f"({only},)"
    else:
        given = joined(values)
    return [f"*({given} if {condition} else ())"]
