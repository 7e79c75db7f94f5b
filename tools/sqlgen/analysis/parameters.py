"""The values that the caller gives: what each use says about a name, and what all of them make of it.

WHERE price > :limit OR :limit IS NULL  ->  limit DECIMAL(10,2), compared with price
"""

from msgspec import Struct

from tools.sqlgen.analysis.values import Want
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.ir.query import Parameter
from tools.sqlgen.syntax.ast import Param
from tools.sqlgen.types.sql_type import NUMERIC, TEMPORAL, TEXTUAL, UNKNOWN, VARCHAR, SqlType, kind


class _Use(Struct, frozen=True, gc=False):
    param: Param
    want: Want | None
    optional: bool
    flag: bool


class Parameters:
    """All uses of all parameters of one statement."""

    __slots__ = ("_typed", "_uses", "optional_depth")

    def __init__(self) -> None:
        self._uses: dict[tuple[int, int], _Use] = {}
        """By the place where the parameter stands, so that an expression analysed twice counts once."""
        self._typed: dict[str, SqlType] = {}
        self.optional_depth = 0

    def use(self, param: Param, want: Want | None, *, flag: bool = False) -> SqlType | None:
        """Note one use; the type of the parameter as far as it is known, None when it is not."""
        place = (param.start, param.end)
        before = self._uses.get(place)
        if before is None or _strength(want) > _strength(before.want):
            self._uses[place] = _Use(param, want, self.optional_depth > 0, flag)
        else:
            want = before.want
        if want is not None and not want.weak and kind(want.type) not in {"null", "unknown"}:
            if param.name is not None:
                self._typed.setdefault(param.name, want.type)
            return want.type
        if param.name is not None and param.name in self._typed:
            return self._typed[param.name]
        return want.type if want is not None and kind(want.type) not in {"null", "unknown"} else None

    def results(self) -> tuple[tuple[Parameter, ...], list[SqlError]]:
        """Every parameter once, in order of first appearance, and names whose uses contradict each other."""
        groups: dict[object, list[_Use]] = {}
        for place, use in sorted(self._uses.items()):
            key = use.param.name if use.param.name is not None else place
            groups.setdefault(key, []).append(use)
        errors: list[SqlError] = []
        parameters: list[Parameter] = []
        for uses in groups.values():
            errors.extend(_contradictions(uses))
            parameters.append(_unify(uses))
        return tuple(parameters), errors


def _strength(want: Want | None) -> int:
    if want is None or kind(want.type) in {"null", "unknown"}:
        return 0
    if want.weak:
        return 1
    return 3 if want.origin is not None else 2


def _unify(uses: list[_Use]) -> Parameter:
    typed = [use for use in uses if not use.flag] or uses
    best = max(typed, key=lambda use: _strength(use.want))  # the first of the strongest
    want = best.want
    param = uses[0].param
    known = want is not None and _strength(want) > 0
    sql_type = want.type if want is not None and known else VARCHAR
    assigned = [use.want.assigned for use in uses if use.want is not None and use.want.assigned is not None]
    nullable = any(use.param.kind == "narg" for use in uses) or (bool(assigned) and all(assigned))
    name = next((use.want.name for use in typed if use.want is not None and use.want.name), None)
    return Parameter(
        name=param.name,
        type=sql_type,
        nullable=nullable,
        uses=tuple((use.param.start, use.param.end) for use in uses),
        is_slice=any(use.param.kind == "slice" for use in uses),
        optional=all(use.optional or use.flag for use in uses),
        is_flag=all(use.flag for use in uses),
        origin=want.origin if want is not None else None,
        suggested_name=name if param.name is None else None,
    )


_FAMILIES: dict[str, str] = {
    **dict.fromkeys(NUMERIC, "a number"),
    **dict.fromkeys(TEXTUAL, "text"),
    **dict.fromkeys(TEMPORAL, "a date or time"),
    "bytes": "bytes",
    "json": "JSON",
    "geometry": "a geometry",
    "vector": "a vector",
}


def _contradictions(uses: list[_Use]) -> list[SqlError]:
    """A name that is plainly two things at once, a number and a date say."""
    first: tuple[str, _Use] | None = None
    for use in uses:
        if use.want is None or _strength(use.want) < 2:  # noqa: PLR2004 - conventions do not count
            continue
        family = _FAMILIES.get(kind(use.want.type), UNKNOWN.name)
        if first is None:
            first = (family, use)
        elif {family, first[0]} == {"a number", "a date or time"}:
            return [
                SqlError(
                    f"parameter '{use.param.name}' is {family} here and {first[0]} elsewhere",
                    use.param.start,
                    use.param.end,
                    "give the two values two names",
                )
            ]
    return []
