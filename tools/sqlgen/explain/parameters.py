"""Finds the place that the type of a parameter comes from: the first place that gives it one."""

from tools.sqlgen.explain.source import AnalysedSource
from tools.sqlgen.ir.query import Parameter
from tools.sqlgen.syntax.ast import (
    Assignment,
    Between,
    Binary,
    Call,
    Case,
    ColumnRef,
    Expr,
    In,
    Insert,
    JsonTable,
    Like,
    Limit,
    Node,
    Optional,
    Param,
    Regexp,
    Row,
    Select,
    SelectItem,
    Unary,
    When,
)

_COMPARISONS = frozenset(("=", "<=>", "<>", "<", "<=", ">", ">=", "SOUNDS LIKE"))


def parameter_source(source: AnalysedSource, parameter: Parameter) -> str:
    """The place that a parameter's type comes from, in words."""
    nodes = [node for span in parameter.uses if (node := _node_at(source, span)) is not None]
    if parameter.is_flag:
        return "the flag of an optional condition"
    texts = [(node, _use(source, node)) for node in nodes]
    source_column = parameter.source_column
    if source_column is not None:
        chosen = next((text for _, text in texts if source_column.column.lower() in text.lower()), None)
        place = source.places.column(source_column.table, source_column.column)
        column = f"{source_column.table}.{source_column.column}" + (f" ({place})" if place else "")
        return f"{chosen or 'used'}: the type of {column}" if chosen else f"the type of {column}"
    return texts[0][1] if texts else "used in the statement"


def _node_at(source: AnalysedSource, span: tuple[int, int]) -> Param | None:
    return next(
        (node for node in source.parents if isinstance(node, Param) and (node.start, node.end) == span), None
    )


def _use(source: AnalysedSource, param: Param) -> str:
    """`compared with p.price at line 4`."""
    node: Node = param
    parent = source.parents.get(param)
    while isinstance(parent, Unary | Row):
        node, parent = parent, source.parents.get(parent)
    if parent is None:
        return "used in the statement"
    return f"{_in_parent(source, node, parent)} at {source.line(param)}"


def _in_parent(source: AnalysedSource, node: Node, parent: Node) -> str:  # noqa: C901, PLR0912 - one case a kind of parent
    match parent:
        case Binary() if parent.op in _COMPARISONS:
            return f"compared with {source.shown(_other(parent, node))}"
        case Binary():
            return f"an operand of {parent.op} beside {source.shown(_other(parent, node))}"
        case Like() | Regexp():
            return f"a pattern for {source.shown(parent.operand)}"
        case Between() | In():
            return f"compared with {source.shown(parent.operand)}"
        case Limit():
            return "LIMIT" if parent.count is node else "OFFSET"
        case Assignment():
            return f"assigned to {source.shown(parent.column)}"
        case Call():
            number = next((at for at, arg in enumerate(parent.args, 1) if arg is node), 0)
            return f"argument {number} of {parent.name.upper()}"
        case Case() | When():
            return "a value of CASE"
        case Optional():
            return "an optional condition"
        case JsonTable():
            return f"the document of JSON_TABLE AS {parent.alias}"
        case SelectItem():
            return _selected(source, parent)
        case Insert():
            return f"assigned to {_inserted(source, node, parent)}"
        case _:
            return f"used in {source.shown(parent)}"


def _other(binary: Binary, node: Node) -> Expr:
    return binary.right if binary.left is node else binary.left


def _selected(source: AnalysedSource, item: SelectItem) -> str:
    """A select item; in the SELECT of an INSERT, it is the value of a column."""
    select = source.parents.get(item)
    query = source.parents.get(select) if isinstance(select, Select) else None
    insert = source.parents.get(query) if query is not None else None
    if isinstance(select, Select) and isinstance(insert, Insert) and insert.columns:
        index = select.items.index(item)
        if index < len(insert.columns):
            return f"assigned to {insert.columns[index].column}"
    return "a column of the select list"


def _inserted(source: AnalysedSource, node: Node, insert: Insert) -> str:
    columns: tuple[ColumnRef, ...] = insert.columns or ()
    for row in insert.rows:
        for index, value in enumerate(row):
            if value is node and index < len(columns):
                return columns[index].column
    return f"a column of {source.shown(insert.table)}"
