"""Mutations: the small changes of a module that its tests must notice.

The operators are chosen for code that proves something: they drop a condition of a conjunction, a case of a match, an
entry of a table, an update of a set of facts. Texts of messages are not mutated.

    if bound == 0 or op == ">":   ->   if bound == 0:
    return left & right           ->   return left | right
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, cast

from msgspec import Struct

MODULE = "<module>"
"""The function name of a mutation outside of every function."""

_MESSAGES = frozenset(
    {"report", "report_span", "report_unknown", "SqlError", "AssertionError", "did_you_mean"}
)
"""Calls whose arguments are the text and the place of a message."""


class Mutation(Struct, frozen=True):
    """One change of a module."""

    function: str
    """Qualified name of the function or method, or MODULE."""
    line: int
    change: str
    """Description of the change; unique in its function, and independent of the place in the file."""
    apply: Callable[[], None]
    """Makes the change in the tree that the mutation was found in."""


Replacement = tuple[ast.AST, str]
_N = TypeVar("_N", bound=ast.AST)


def mutations(tree: ast.Module) -> Iterator[Mutation]:
    """Yield every mutation of a module; at most one may be applied to a tree."""
    seen: Counter[tuple[str, str]] = Counter()
    for function, slot in _slots(tree, ""):
        node = slot.node()
        for new, change in _replacements(node):
            seen[function, change] += 1
            number = seen[function, change]
            label = change if number == 1 else f"{change} #{number}"
            yield Mutation(function, getattr(node, "lineno", slot.line), label, _application(slot, node, new))


def functions_of(tree: ast.Module) -> frozenset[str]:
    """Return the qualified names of all functions and methods of a module."""
    return frozenset(_functions(tree, ""))


def _functions(parent: ast.AST, outside: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(parent):
        name = _inside(node, outside)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield name
        yield from _functions(node, name)


def _application(slot: "_Slot", old: ast.AST, new: ast.AST) -> Callable[[], None]:
    def apply() -> None:
        slot.put(ast.copy_location(new, old) if hasattr(old, "lineno") else new)

    return apply


class _Slot(Struct, frozen=True):
    """A place in the tree that holds a node."""

    parent: ast.AST
    field: str
    index: int | None
    line: int

    def node(self) -> ast.AST:
        value = getattr(self.parent, self.field)
        found: ast.AST = value if self.index is None else value[self.index]
        return found

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


_SKIPPED_FIELDS = frozenset({"annotation", "returns", "decorator_list", "bases", "type_params"})
_SKIPPED_NODES = (ast.Import, ast.ImportFrom, ast.Assert, ast.Raise, ast.JoinedStr)


def _slots(parent: ast.AST, function: str, line: int = 1) -> Iterator[tuple[str, _Slot]]:
    """Yield the places below `parent` with the qualified name of their function, outermost first."""
    for field, value in ast.iter_fields(parent):
        if field in _SKIPPED_FIELDS or (isinstance(parent, ast.Call) and _is_message(parent)):
            continue
        if field == "keywords" and isinstance(parent, ast.ClassDef):
            continue  # frozen=True, gc=False: options of a struct
        if isinstance(parent, ast.keyword) and parent.arg == "strict":
            continue  # a check of zip, which no right code fails
        for index, node in _elements(value):
            if not isinstance(node, ast.AST) or isinstance(node, _SKIPPED_NODES) or _is_docstring(node):
                continue
            if field == "slice" and isinstance(node, ast.Tuple):
                continue  # the arguments of a type
            line = getattr(node, "lineno", line)
            name = _inside(node, function)
            yield function or MODULE, _Slot(parent, field, index, line)
            yield from _slots(node, name, line)


def _elements(value: object) -> Sequence[tuple[int | None, object]]:
    """Return the values of a field with their places: those of a list, or the one."""
    if isinstance(value, list):
        return list(enumerate(cast("list[object]", value)))
    return [(None, value)]


def _inside(node: ast.AST, function: str) -> str:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return f"{function}.{node.name}" if function else node.name
    return function


def _is_message(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _MESSAGES


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


# --- operators ----------------------------------------------------------------------------------------


def _replacements(node: ast.AST) -> Iterator[Replacement]:  # noqa: C901, PLR0912 - one case a kind of node
    match node:
        case ast.BoolOp():
            yield from _bool_op(node)
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            yield _changed(node, ops=[_COMPARISONS[type(operator)]()])
        case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
            yield _changed(node, op=_OPERATORS[type(operator)]())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand, f"{_text(node)} -> {_text(node.operand)}"
        case ast.Constant(value=bool()):
            yield _changed(node, value=not node.value)
        case ast.Constant(value=int() as number):
            yield _changed(node, value=number + 1)
        case ast.If() | ast.IfExp():
            yield from _always_and_never(node)
        case ast.comprehension(ifs=[_, *_]):
            for index in range(len(node.ifs)):
                yield _without(node, "ifs", index, f"comprehension without if {_text(node.ifs[index])}")
        case ast.Match():
            yield from _match(node)
        case ast.match_case(guard=ast.expr() as guard):
            yield _changed_silently(node, f"without guard {_text(guard)}", guard=None)
        case ast.MatchOr():
            for index, pattern in enumerate(node.patterns):
                yield _without(node, "patterns", index, f"pattern without | {_text(pattern)}")
        case ast.MatchClass(kwd_patterns=[_, *_]):
            yield from _match_class(node)
        case ast.Set() | ast.List() | ast.Tuple(ctx=ast.Load()):
            yield from _display(node)
        case ast.Dict():
            yield from _dict(node)
        case ast.Call():
            yield from _call(node)
        case ast.Attribute(attr=("left" | "right") as side, ctx=ast.Load()):
            yield _changed(node, attr="right" if side == "left" else "left")
        case ast.Return(value=ast.expr()):
            yield from _return(node)
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield ast.Pass(), f"without {_text(node)}"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass(), f"without {_text(node)}"
        case ast.Continue():
            yield ast.Pass(), "without continue"
        case ast.Break():
            yield ast.Pass(), "without break"
        case _:
            return


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add,
}  # fmt: skip
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _copy(node: _N, **fields: object) -> _N:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _changed(node: ast.AST, **fields: object) -> Replacement:
    new = _copy(node, **fields)
    return new, f"{_text(node)} -> {_text(new)}"


def _changed_silently(node: ast.AST, change: str, **fields: object) -> Replacement:
    return _copy(node, **fields), change


def _without(node: ast.AST, field: str, index: int, change: str) -> Replacement:
    values: Sequence[object] = getattr(node, field)
    return _copy(node, **{field: [*values[:index], *values[index + 1 :]]}), change


def _bool_op(node: ast.BoolOp) -> Iterator[Replacement]:
    yield _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for index, value in enumerate(node.values):
        rest = [*node.values[:index], *node.values[index + 1 :]]
        yield (
            rest[0] if len(rest) == 1 else _copy(node, values=rest),
            f"{_text(node)}: without {_text(value)}",
        )


def _always_and_never(node: ast.If | ast.IfExp) -> Iterator[Replacement]:
    for value in (True, False):
        if not isinstance(node.test, ast.NamedExpr):
            change = f"if {_text(node.test)} -> if {value}"
            yield _copy(node, test=ast.copy_location(ast.Constant(value), node.test)), change


def _match(node: ast.Match) -> Iterator[Replacement]:
    if len(node.cases) > 1:
        for index, case in enumerate(node.cases):
            guard = f" if {_text(case.guard)}" if case.guard else ""
            yield _without(node, "cases", index, f"without case {_text(case.pattern)}{guard}")


def _match_class(node: ast.MatchClass) -> Iterator[Replacement]:
    for index, (name, pattern) in enumerate(zip(node.kwd_attrs, node.kwd_patterns, strict=True)):
        if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
            continue  # only binds a name
        yield _changed_silently(
            node,
            f"{_text(node)}: without {name}",
            kwd_attrs=[*node.kwd_attrs[:index], *node.kwd_attrs[index + 1 :]],
            kwd_patterns=[*node.kwd_patterns[:index], *node.kwd_patterns[index + 1 :]],
        )


def _display(node: ast.Set | ast.List | ast.Tuple) -> Iterator[Replacement]:
    """Drop each element of a display of at least two: an entry of a table, one direction of a symmetric rule."""
    if len(node.elts) > 1:
        for index, element in enumerate(node.elts):
            yield _without(node, "elts", index, f"{_short(node)}: without {_text(element)}")


def _dict(node: ast.Dict) -> Iterator[Replacement]:
    for index, key in enumerate(node.keys):
        if key is not None:
            yield (
                _copy(
                    node,
                    keys=[*node.keys[:index], *node.keys[index + 1 :]],
                    values=[*node.values[:index], *node.values[index + 1 :]],
                ),
                f"{_short(node)}: without {_text(key)}",
            )


def _short(node: ast.AST) -> str:
    text = _text(node)
    limit = 60
    return text if len(text) <= limit else f"{text[:limit]}..."


def _call(node: ast.Call) -> Iterator[Replacement]:
    match node.func:
        case ast.Name(id=name) if name in _CALLS:
            yield _changed(node, func=ast.copy_location(ast.Name(_CALLS[name], ast.Load()), node.func))
        case _:
            return


def _return(node: ast.Return) -> Iterator[Replacement]:
    """Return a constant instead of a condition, and nothing instead of a set."""
    match node.value:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            values: list[ast.expr] = [ast.Constant(value=True), ast.Constant(value=False)]
        case ast.Call(func=ast.Name(id="any" | "all" | "bool")):
            values = [ast.Constant(value=True), ast.Constant(value=False)]
        case ast.BinOp(op=ast.BitOr() | ast.BitAnd()):
            values = [ast.parse("set()", mode="eval").body]
        case _:
            values = []
    for value in values:
        yield _changed(node, value=ast.copy_location(value, node))
