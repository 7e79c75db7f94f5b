"""The SQL text that is sent: the author's own, cut at its parameters and macros.

`cut` turns one statement into a template, a list of parts; `render` puts a template together for one choice
of optional conditions, order and cursor. The emitter writes the same parts as Python.

    SELECT id FROM t WHERE a = :a AND sqlc.optional(b = :b)

    Text("SELECT id FROM t WHERE a = "), Value(0), OptionalPart(" AND ", (Text("(b = "), Value(1), Text(")")))
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal, TypeAlias, cast

from msgspec import Struct

from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.input.query_files import NamedOrder
from tools.sqlgen.ir.query import AnalysedQuery
from tools.sqlgen.syntax import ast as syntax
from tools.sqlgen.syntax.lexer import comment_spans

EMPTY_SET = "SELECT NULL FROM DUAL WHERE FALSE"
"""What an empty slice is in IN (...): IN is then false and NOT IN true, for NULL too.

`IN (NULL)` would make both NULL."""


class Text(Struct, frozen=True):
    sql: str


class Value(Struct, frozen=True):
    parameter: int


class SliceValue(Struct, frozen=True):
    """One placeholder an element.

    The style is what surrounds it: alone in IN (...), a member of a longer IN list (with the comma before or
    after it, which goes when the slice is empty), or an argument elsewhere (empty: NULL).
    """

    parameter: int
    style: Literal["alone", "comma_before", "comma_after", "argument"]


class OptionalPart(Struct, frozen=True):
    lead: str
    """The AND before it, with the white space round it; empty for a first condition, which leaves TRUE."""
    parts: "tuple[Part, ...]"
    parameters: tuple[int, ...]
    """Those that must be given for the condition to be there."""
    flag: int | None = None


class OrderPart(Struct, frozen=True):
    alias: str | None


class AfterPart(Struct, frozen=True):
    lead: str
    alias: str | None


Part: TypeAlias = Text | Value | SliceValue | OptionalPart | OrderPart | AfterPart
Template: TypeAlias = tuple[Part, ...]


class CursorField(Struct, frozen=True):
    """A value of the caller's cursor: the n-th column of the chosen order."""

    key: int


class SliceItems(Struct, frozen=True):
    parameter: int
    count: int


Argument: TypeAlias = Value | SliceItems | CursorField


class Variant(Struct, frozen=True):
    """One text that a function can send, its placeholders as `?`."""

    label: str
    """What was chosen, for a message: `category_id, order=newest, after`; empty where there is no choice."""
    sql: str
    arguments: tuple[Argument, ...]
    """What stands for each `?`, a slice as one entry."""
    order: str | None = None


class _Macro(Struct, frozen=True):
    start: int
    end: int
    node: syntax.Node
    parent: syntax.Node | None


# --- cutting ----------------------------------------------------------------------------------------


def cut(text: str, start: int, end: int, statement: syntax.Node, query: AnalysedQuery) -> Template:
    """The template of the statement in text[start:end]. Raises SqlError where a macro stands wrongly."""
    return _Cutter(text, statement, query).region(start, end)


class _Cutter:
    def __init__(self, text: str, statement: syntax.Node, query: AnalysedQuery) -> None:
        self.text = text
        self.query = query
        self.by_start = {
            use[0]: index for index, parameter in enumerate(query.parameters) for use in parameter.uses
        }
        self.macros = sorted(_macros(statement), key=lambda macro: (macro.start, -macro.end))
        self.conjuncts = {id(condition) for condition in _conjuncts(statement)}
        self.comments = comment_spans(text, statement.start, statement.end)

    def region(self, start: int, end: int) -> Template:
        parts: list[Part] = []
        at = start
        for macro in self.macros:
            if macro.start < at or macro.start >= end:
                continue
            part, part_start, part_end = self.part(macro, at)
            parts += self.plain(at, part_start)
            parts += [part] if not isinstance(part, tuple) else part
            at = part_end
        parts += self.plain(at, end)
        return tuple(_joined(parts))

    def plain(self, start: int, end: int) -> list[Part]:
        sql = _without_comments(self.text, start, end, self.comments)
        return [Text(sql)] if sql else []

    def part(self, macro: _Macro, floor: int) -> tuple[Part | tuple[Part, ...], int, int]:
        """What stands for a macro, and the span of text that it takes the place of."""
        node = macro.node
        match node:
            case syntax.Param():
                index = self.index(node)
                if self.query.parameters[index].is_slice:
                    return self.slice_part(macro, index)
                return Value(index), node.start, node.end
            case syntax.Embed():
                return Text(self.embed_columns(node)), node.start, node.end
            case syntax.OrderByMacro():
                return OrderPart(node.alias), node.start, node.end
            case syntax.AfterMacro():
                lead, start = self.lead(node, floor)
                return AfterPart(lead, node.alias), start, node.end
            case syntax.Optional():
                lead, start = self.lead(node, floor)
                return self.optional(node, lead), start, node.end
            case _:
                raise AssertionError(node)

    def index(self, param: syntax.Param) -> int:
        return self.by_start[param.start]

    def lead(self, node: syntax.Expr, floor: int) -> tuple[str, int]:
        """The AND before a conjunct, and where it begins; empty for a first one."""
        if id(node) not in self.conjuncts:
            macro = "sqlc.after" if isinstance(node, syntax.AfterMacro) else "sqlc.optional"
            raise SqlError(
                f"{macro} must be a whole condition of WHERE, ON or HAVING, joined to others with AND",
                node.start, node.end, "what is left out would otherwise change the meaning of the rest",
            )  # fmt: skip
        before = self.skip_back(node.start, floor)
        for word in ("AND", "&&"):
            start = before - len(word)
            if (
                start >= floor
                and self.text[start:before].upper() == word
                and not _is_word(self.text, start - 1, word)
            ):
                white = self.skip_back(start, floor)
                lead = _without_comments(self.text, white, node.start, self.comments)
                return lead, white
        return "", node.start

    def skip_back(self, at: int, floor: int) -> int:
        """The end of the last character before `at` that is neither white space nor comment."""
        ends = {span[1]: span[0] for span in self.comments}
        while at > floor:
            if at in ends:
                at = ends[at]
            elif self.text[at - 1].isspace():
                at -= 1
            else:
                break
        return max(at, floor)

    def optional(self, node: syntax.Optional, lead: str) -> OptionalPart:
        opening = self.text.index("(", node.start)
        if node.flag is None:
            parts = self.region(opening, node.end)
            flag = None
        else:
            flag = self.index(node.flag)
            comma = self.text.rindex(",", opening, node.flag.start)
            parts = tuple(_joined([*self.region(opening, comma), Text(")")]))
        parameters = self.query.parameters
        own = sorted({index for index in _values(parts) if parameters[index].optional})
        if flag is None and not own:
            raise SqlError(
                "sqlc.optional has no parameter of its own that could be left out", node.start, node.end,
                "name a parameter that is used here alone, or give a flag: sqlc.optional(condition, :flag)",
            )  # fmt: skip
        return OptionalPart(lead, parts, tuple(own), flag)

    def slice_part(self, macro: _Macro, index: int) -> tuple[Part, int, int]:
        node, parent = macro.node, macro.parent
        if not isinstance(parent, syntax.In) or not isinstance(parent.items, tuple):
            return SliceValue(index, "argument"), node.start, node.end
        if len(parent.items) == 1:
            return SliceValue(index, "alone"), node.start, node.end
        if all(isinstance(item, syntax.Param) and item.kind == "slice" for item in parent.items):
            raise SqlError(
                "an IN list of several slices and nothing else", parent.start, parent.end,
                "join the values into one slice, or write a IN (...) OR a IN (...)",
            )  # fmt: skip
        position = parent.items.index(node) if isinstance(node, syntax.Expr) else 0
        if all(isinstance(item, syntax.Param) and item.kind == "slice" for item in parent.items[:position]):
            after = self.text.index(",", node.end) + 1
            return SliceValue(index, "comma_after"), node.start, after
        before = self.text.rindex(",", 0, node.start)
        return SliceValue(index, "comma_before"), before, node.end

    def embed_columns(self, node: syntax.Embed) -> str:
        name = node.table.strip("`").lower()
        index = next(i for i, embed in enumerate(self.query.embeds) if embed.table.lower() == name)
        columns = [column for column in self.query.columns if column.embed == index]
        return ", ".join(f"{quoted(node.table)}.{quoted(column.name)}" for column in columns)


def _macros(statement: syntax.Node) -> Iterator[_Macro]:
    for node, parent in walk(statement):
        if isinstance(
            node, syntax.Param | syntax.Embed | syntax.Optional | syntax.OrderByMacro | syntax.AfterMacro
        ):
            yield _Macro(node.start, node.end, node, parent)


def walk(node: syntax.Node) -> Iterator[tuple[syntax.Node, syntax.Node | None]]:
    """Every node below and including `node`, in the order of the text, with the node it hangs on."""
    stack: list[tuple[object, syntax.Node | None]] = [(node, None)]
    while stack:
        value, parent = stack.pop()
        if isinstance(value, syntax.Node):
            yield value, parent
            stack += [(getattr(value, name), value) for name in reversed(value.__struct_fields__[2:])]
        elif isinstance(value, tuple):
            items = cast("tuple[object, ...]", value)  # of nodes, of tuples, of words
            stack += [(item, parent) for item in reversed(items)]


def _conjuncts(statement: syntax.Node) -> Iterator[syntax.Expr]:
    """The conditions that can be left out: WHERE, ON or HAVING as a whole, and all operands of AND."""
    for node, _ in walk(statement):
        roots: list[syntax.Expr | None] = []
        match node:
            case syntax.Select():
                roots = [node.where, node.having]
            case syntax.Update() | syntax.Delete():
                roots = [node.where]
            case syntax.Join():
                roots = [node.on]
            case syntax.Binary(op="AND"):
                roots = [node.left, node.right]
            case _:
                continue
        yield from (root for root in roots if root is not None)


def _values(parts: Template) -> Iterator[int]:
    for part in parts:
        match part:
            case Value() | SliceValue():
                yield part.parameter
            case OptionalPart():
                yield from _values(part.parts)
            case _:
                continue


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """Neighbouring texts as one."""
    pending = ""
    for part in parts:
        if isinstance(part, Text):
            pending += part.sql
            continue
        if pending:
            yield Text(pending)
            pending = ""
        yield part
    if pending:
        yield Text(pending)


def _is_word(text: str, at: int, word: str) -> bool:
    return word.isalpha() and at >= 0 and (text[at].isalnum() or text[at] in "_$`")


def _without_comments(text: str, start: int, end: int, comments: Sequence[tuple[int, int]]) -> str:
    """text[start:end] without its comments, and without the lines that held nothing else."""
    pieces: list[str] = []
    at = start
    for span_start, span_end in comments:
        if span_start < at or span_end > end:
            continue
        before = text[at:span_start]
        line = before.rstrip(" \t")
        after = text[span_end:end].lstrip(" \t")
        if line.endswith("\n") and after.startswith("\n"):
            pieces.append(line[:-1])
            at = span_end
        elif after.startswith("\n") or not after:
            pieces.append(line if after else before)
            at = span_end
        else:
            pieces.append(before)
            glued = not before[-1:].isspace() and not text[span_end : span_end + 1].isspace()
            pieces.append(" " if glued else "")
            at = span_end
    pieces.append(text[at:end])
    return "".join(pieces)


def quoted(name: str) -> str:
    """An identifier in backticks."""
    bare = name.strip("`")
    return f"`{bare.replace('`', '``')}`"


# --- macros spelt out ---------------------------------------------------------------------------------


def order_sql(order: NamedOrder, alias: str | None) -> str:
    """`p`.`price` ASC, `p`.`id` DESC."""
    return ", ".join(
        f"{_qualified(alias, key.column)} {'DESC' if key.descending else 'ASC'}" for key in order.keys
    )


def after_condition(order: NamedOrder, alias: str | None) -> tuple[str, tuple[int, ...]]:
    """The condition for the rows after a cursor, with `?`, and which column's value each `?` is.

    `a <= ? AND (a < ? OR (a = ? AND b > ?))` for a DESC, b ASC: the first comparison is what an index on
    (a, ...) is entered by, the rest decides among equal values. Holds for columns that are never NULL.
    """
    first = order.keys[0]
    column = _qualified(alias, first.column)
    comparison = "<" if first.descending else ">"
    if len(order.keys) == 1:
        return f"{column} {comparison} ?", (0,)
    rest, places = after_condition(NamedOrder(order.name, order.keys[1:]), alias)
    sql = f"{column} {comparison}= ? AND ({column} {comparison} ? OR ({column} = ? AND {rest}))"
    return sql, (0, 0, 0, *(place + 1 for place in places))


def _qualified(alias: str | None, column: str) -> str:
    return quoted(column) if alias is None else f"{quoted(alias)}.{quoted(column)}"


# --- putting together -----------------------------------------------------------------------------------


class Choice(Struct, frozen=True):
    """What a caller asks for."""

    given: frozenset[int] = frozenset()
    """Parameters and flags of optional conditions that are given."""
    order: NamedOrder | None = None
    after: bool = False
    slice_length: int = 2


def render(template: Template, choice: Choice) -> tuple[str, tuple[Argument, ...]]:
    """The text with `?`, and what stands for each."""
    sql: list[str] = []
    arguments: list[Argument] = []
    for part in template:
        _render(part, choice, sql, arguments)
    return "".join(sql), tuple(arguments)


def _render(part: Part, choice: Choice, sql: list[str], arguments: list[Argument]) -> None:
    match part:
        case Text():
            sql.append(part.sql)
        case Value():
            sql.append("?")
            arguments.append(part)
        case SliceValue():
            sql.append(slice_sql(part.style, choice.slice_length))
            arguments.append(SliceItems(part.parameter, choice.slice_length))
        case OptionalPart():
            _render_optional(part, choice, sql, arguments)
        case OrderPart():
            sql.append(order_sql(choice.order, part.alias) if choice.order else "NULL")
        case AfterPart():
            _render_after(part, choice, sql, arguments)


def _render_optional(part: OptionalPart, choice: Choice, sql: list[str], arguments: list[Argument]) -> None:
    wanted = part.parameters if part.flag is None else (*part.parameters, part.flag)
    if choice.given.issuperset(wanted):
        sql.append(part.lead)
        for inner in part.parts:
            _render(inner, choice, sql, arguments)
    elif not part.lead:
        sql.append("TRUE")


def _render_after(part: AfterPart, choice: Choice, sql: list[str], arguments: list[Argument]) -> None:
    if choice.after and choice.order:
        condition, places = after_condition(choice.order, part.alias)
        sql.append(f"{part.lead}({condition})")
        arguments += [CursorField(place) for place in places]
    elif not part.lead:
        sql.append("TRUE")


def slice_sql(style: str, length: int, mark: str = "?") -> str:
    """The placeholders of a slice of that length."""
    match style:
        case "comma_before":
            return f", {mark}" * length
        case "comma_after":
            return f"{mark}, " * length
        case "alone":
            return ", ".join([mark] * length) or EMPTY_SET
        case _:
            return ", ".join([mark] * length) or "NULL"


_MOST_VARIANTS = 256


def variants(template: Template, query: AnalysedQuery, orders: Sequence[NamedOrder]) -> Iterator[Variant]:
    """Every text that a function can send; slices with two elements.

    With more than 256 combinations: none of the conditions, each alone, and all together, in every order.
    """
    switches = _switches(template)
    chosen_orders: Sequence[NamedOrder | None] = orders or (None,)
    cursors = (False, True) if any(isinstance(part, AfterPart) for part in _flat(template)) else (False,)
    count = 2 ** len(switches) * len(chosen_orders) * len(cursors)
    if count <= _MOST_VARIANTS:
        subsets = [
            frozenset[int]().union(*(group for group, on in zip(switches, bits, strict=True) if on))
            for bits in product((False, True), repeat=len(switches))
        ]
    else:
        subsets = [frozenset[int](), *switches, frozenset[int]().union(*switches)]
    for given, order, after in product(subsets, chosen_orders, cursors):
        sql, arguments = render(template, Choice(given, order, after))
        yield Variant(_label(given, order, query, after=after), sql, arguments, order.name if order else None)


def _switches(template: Template) -> list[frozenset[int]]:
    """The parameters that are given together, one set for each condition that can be left out."""
    found: dict[frozenset[int], None] = {}
    for part in _flat(template):
        if isinstance(part, OptionalPart):
            found[frozenset((*part.parameters, *(() if part.flag is None else (part.flag,))))] = None
    return list(found)


def _flat(template: Template) -> Iterator[Part]:
    for part in template:
        yield part
        if isinstance(part, OptionalPart):
            yield from _flat(part.parts)


def _label(given: frozenset[int], order: NamedOrder | None, query: AnalysedQuery, *, after: bool) -> str:
    names = [query.parameters[index].name or f"?{index + 1}" for index in sorted(given)]
    if order:
        names.append(f"order={order.name}")
    if after:
        names.append("after")
    return ", ".join(names)
