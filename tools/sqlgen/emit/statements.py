"""How a function gets its SQL text and its values: a constant and a tuple, or pieces put together."""

from collections.abc import Sequence

from tools.sqlgen.emit.parameters import Argument
from tools.sqlgen.emit.scope import Scope
from tools.sqlgen.emit.text import joined, literal
from tools.sqlgen.input.query_files import NamedOrder
from tools.sqlgen.variants import (
    EMPTY_SET,
    AfterPart,
    OptionalPart,
    OrderPart,
    Part,
    SliceValue,
    Template,
    Text,
    Value,
    after_condition,
    order_sql,
)


def is_fixed(template: Template) -> bool:
    """Whether the text is the same for every call."""
    return all(isinstance(part, Text | Value) for part in template)


class StatementWriter:
    """Writes the constants of one query, and the lines that make its text and values."""

    def __init__(
        self,
        constant: str,
        scope: Scope,
        arguments: Sequence[Argument],
        orders: Sequence[NamedOrder],
        owner: str = "",
    ) -> None:
        self.constant = constant
        self.scope = scope
        self.arguments = arguments
        self.orders = orders
        self.owner = owner
        """What stands before a parameter's name: `item.` for a field of a Params Struct."""
        self.after_values = ""
        """The function that gives the values of a cursor's condition."""
        self.constants: list[str] = []
        taken = {argument.name for argument in arguments}
        self.sql = "sql_" if "sql" in taken and not owner else "sql"
        self.values = "args_" if "args" in taken and not owner else "args"

    # --- a text that never changes ---

    def fixed(self, template: Template) -> tuple[str, str]:
        """The constant's name and the tuple of values."""
        sql, values = self._run(template)
        self.constants.append(f"{self.constant} = {literal(sql)}\n")
        return self.constant, joined(values)

    def _run(self, parts: Sequence[Part]) -> tuple[str, list[str]]:
        sql = ""
        values: list[str] = []
        for part in parts:
            if isinstance(part, Text):
                sql += part.sql.replace("%", "%%")
            elif isinstance(part, Value):
                sql += "%s"
                values.append(self.arguments[part.parameter].value(self.owner, self.scope))
        return sql, values

    def row_values(self, template: Template) -> list[str]:
        """The expressions for all values of a template without choices."""
        return self._run(template)[1]

    # --- a text made of pieces ---

    def pieces(self, template: Template) -> list[str]:
        """The lines that leave the text and the values in two variables."""
        lines = self._parts(template, first=True)
        any_ = self.scope.ref("typing", "Any")
        list_ = self.scope.ref("", "list")
        start = [f"{self.values}: {list_}[{any_}] = []"]
        return (
            [lines[0], *start, *lines[1:]]
            if lines[0].startswith(f"{self.sql} = ")
            else [f'{self.sql} = ""', *start, *lines]
        )

    def _parts(self, template: Sequence[Part], *, first: bool = False) -> list[str]:
        lines: list[str] = []
        run: list[Part] = []
        for part in (*template, None):
            if isinstance(part, Text | Value):
                run.append(part)
                continue
            if run:
                lines += self._add_run(run, first=first and not lines)
                run = []
            if part is not None:
                lines += self._dynamic(part)
        return lines

    def _add_run(self, run: Sequence[Part], *, first: bool) -> list[str]:
        sql, values = self._run(run)
        text = self._named(sql) if len(sql) > 12 or "\n" in sql else literal(sql)  # noqa: PLR2004 - `) ` and the like need no name
        lines = [f"{self.sql} {'=' if first else '+='} {text}"]
        return [*lines, f"{self.values} += {joined(values)}"] if values else lines

    def _named(self, sql: str) -> str:
        name = self.scope.define(f"{self.constant}_{len(self.constants) + 1}")
        self.constants.append(f"{name} = {literal(sql)}\n")
        return name

    def _dynamic(self, part: Part) -> list[str]:
        match part:
            case OptionalPart():
                return self._optional(part)
            case SliceValue():
                return self._slice(part)
            case OrderPart():
                texts = {order.name: order_sql(order, part.alias) for order in self.orders}
                return [f"{self.sql} += {self._by_order(texts)}[order]"]
            case AfterPart():
                return self._after(part)
            case _:
                raise AssertionError(part)

    def _optional(self, part: OptionalPart) -> list[str]:
        values = [self.arguments[index] for index in part.parameters]
        flag = None if part.flag is None else self.arguments[part.flag]
        switches = values if flag is None else [flag, *values]
        condition = " and ".join(switch.given(self.owner, self.scope) for switch in switches)
        inner = (Text(part.lead), *part.parts) if part.lead else part.parts
        lines = [f"if {condition}:", *_indented(self._parts(_merged(inner)))]
        if len(switches) > 1:
            lines += self._incomplete(values, flag)
        if not part.lead:
            lines += ["else:", f'    {self.sql} += "TRUE"']
        return lines

    def _incomplete(self, values: Sequence[Argument], flag: Argument | None) -> list[str]:
        """The refusal of a condition that was asked for, but not given all of its values."""
        names = " and ".join(value.name for value in values)
        if flag is not None:
            asked, message = flag.given(self.owner, self.scope), f"{flag.name} needs {names}"
        else:
            unset = self.scope.ref("msgspec", "UNSET")
            listed = ", ".join(f"{self.owner}{value.name}" for value in values)
            asked = f"{self.scope.ref('', 'any')}(value is not {unset} for value in ({listed}))"
            message = f"{names} must be given together"
        return [f"elif {asked}:", f"    raise {self.scope.ref('', 'ValueError')}({literal(message)})"]

    def _slice(self, part: SliceValue) -> list[str]:
        argument = self.arguments[part.parameter]
        name = f"{self.owner}{argument.name}"
        length = f"{self.scope.ref('', 'len')}({name})"
        match part.style:
            case "comma_before":
                text = f'", %s" * {length}'
            case "comma_after":
                text = f'"%s, " * {length}'
            case _:
                empty = EMPTY_SET if part.style == "alone" else "NULL"
                text = f"{self.scope.ref('.runtime', 'placeholders')}({length}, {literal(empty)})"
        value = argument.value(self.owner, self.scope).removeprefix("*")
        return [f"{self.sql} += {text}", f"{self.values} += {value}"]

    def _after(self, part: AfterPart) -> list[str]:
        texts = {
            order.name: f"{part.lead}({after_condition(order, part.alias)[0].replace('?', '%s')})"
            for order in self.orders
        }
        lines = [
            "if after is not None:",
            f"    {self.sql} += {self._by_order(texts)}[order]",
            f"    {self.values} += {self.after_values}(after, order)",
        ]
        return lines if part.lead else [*lines, "else:", f'    {self.sql} += "TRUE"']

    def _by_order(self, texts: dict[str, str]) -> str:
        name = self.scope.define(f"{self.constant}_{len(self.constants) + 1}")
        entries = ", ".join(f"{literal(order)}: {literal(sql)}" for order, sql in texts.items())
        self.constants.append(f"{name} = {{{entries}}}\n")
        return name


def _merged(parts: Sequence[Part]) -> Sequence[Part]:
    if len(parts) > 1 and isinstance(parts[0], Text) and isinstance(parts[1], Text):
        return (Text(parts[0].sql + parts[1].sql), *parts[2:])
    return parts


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]
