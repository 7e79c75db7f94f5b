"""Parameters: the uses of each name or `?`, unified into one type.

WHERE price > :limit OR :limit IS NULL  ->  limit DECIMAL(10,2), compared with price
"""

from collections.abc import Mapping

from msgspec import Struct

from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.diagnostics import SqlError
from tools.sqlgen.ir.query import Parameter
from tools.sqlgen.syntax.ast import Expr, Param
from tools.sqlgen.types.sql_type import NUMERIC, TEMPORAL, TEXTUAL, UNKNOWN, VARCHAR, SqlType, family


class _Use(Struct, frozen=True, gc=False):
    param: Param
    expected: Expected | None
    optional: bool
    flag: bool


class Parameters:
    """All uses of all parameters of one statement.

    `decided` has the types of named parameters that an analysis before this one has found.
    """

    __slots__ = ("_decided", "_given", "_tested", "_typed", "_uses")

    def __init__(self, decided: Mapping[str, SqlType] | None = None) -> None:
        self._decided = decided or {}
        self._given: dict[str, set[str]] = {}
        """The families of the types that the uses of each name were given."""
        self._uses: dict[tuple[int, int], _Use] = {}
        """By the span of the parameter, so that an expression that is analysed twice counts once."""
        self._typed: dict[str, SqlType] = {}
        self._tested: dict[tuple[int, int], None] = {}
        """The places where the query asks if the value is NULL."""

    def use(
        self, param: Param, expected: Expected | None, *, optional: bool, flag: bool = False
    ) -> SqlType | None:
        """Record one use; returns the type of the parameter as far as it is known, or None.

        `optional` is true for a use in a condition that can be left out, `flag` for the flag of one.
        """
        known = self._note_use(param, expected, optional=optional, flag=flag)
        if param.name is None or known is None:
            return known
        known = self._decided.get(param.name, known)
        self._given.setdefault(param.name, set()).add(family(known))
        return known

    def _note_use(
        self, param: Param, expected: Expected | None, *, optional: bool, flag: bool
    ) -> SqlType | None:
        place = (param.start, param.end)
        before = self._uses.get(place)
        if before is None or _strength(expected) > _strength(before.expected):
            self._uses[place] = _Use(param, expected, optional, flag)
        else:
            expected = before.expected
        if expected is not None and not expected.weak and family(expected.type) not in {"null", "unknown"}:
            if param.name is not None:
                self._typed.setdefault(param.name, expected.type)
            return expected.type
        if param.name is not None and param.name in self._typed:
            return self._typed[param.name]
        return (
            expected.type
            if expected is not None and family(expected.type) not in {"null", "unknown"}
            else None
        )

    def changed(self) -> dict[str, SqlType]:
        """Return the types of the names whose uses were given values of several kinds.

        What depends on such a use must be analysed again: `SELECT id * :f FROM t WHERE weight > :f`.
        """
        several = {name for name, families in self._given.items() if len(families) > 1}
        if not several:
            return {}
        parameters, _ = self.results()
        return {each.name: each.type for each in parameters if each.name in several}

    def note_test(self, expr: Expr) -> None:
        """Record that the query asks if `expr` is NULL, if that is a parameter."""
        if isinstance(expr, Param) and expr.kind in {"arg", "positional"}:
            self._tested[(expr.start, expr.end)] = None

    def results(self) -> tuple[tuple[Parameter, ...], list[SqlError]]:
        """Return every parameter in order of first appearance, and errors for names with contradictory uses."""
        groups: dict[object, list[_Use]] = {}
        for place, use in sorted(self._uses.items()):
            key = use.param.name if use.param.name is not None else place
            groups.setdefault(key, []).append(use)
        errors: list[SqlError] = []
        parameters: list[Parameter] = []
        for uses in groups.values():
            errors.extend(_contradictions(uses))
            parameter = _unify(uses)
            parameters.append(parameter)
            tested = next((place for place in parameter.uses if place in self._tested), None)
            if tested is not None and not parameter.nullable:
                errors.append(_never_null(parameter, tested))
        return tuple(parameters), errors


def _never_null(parameter: Parameter, place: tuple[int, int]) -> SqlError:
    """Warn of a test for NULL of a parameter that takes no None."""
    name = parameter.name or parameter.suggested_name or "name"
    message = f"parameter '{name}' is tested for NULL, and takes no None"
    return SqlError(message, *place, f"write sqlc.narg({name})", "warning")


def _strength(expected: Expected | None) -> int:
    if expected is None or family(expected.type) in {"null", "unknown"}:
        return 0
    if expected.weak:
        return 1
    return 3 if expected.source_column is not None else 2


def _unify(uses: list[_Use]) -> Parameter:
    typed = [use for use in uses if not use.flag] or uses
    best = max(typed, key=lambda use: _strength(use.expected))  # the first of the strongest
    expected = best.expected
    param = uses[0].param
    known = expected is not None and _strength(expected) > 0
    sql_type = expected.type if expected is not None and known else VARCHAR
    assigned = [
        use.expected.assigned
        for use in uses
        if use.expected is not None and use.expected.assigned is not None
    ]
    nullable = any(use.param.kind == "narg" for use in uses) or (bool(assigned) and all(assigned))
    name = next((use.expected.name for use in typed if use.expected is not None and use.expected.name), None)
    return Parameter(
        name=param.name,
        type=sql_type,
        nullable=nullable,
        uses=tuple((use.param.start, use.param.end) for use in uses),
        is_slice=any(use.param.kind == "slice" for use in uses),
        optional=all(use.optional or use.flag for use in uses),
        is_flag=all(use.flag for use in uses),
        source_column=expected.source_column if expected is not None else None,
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
    """Report a name that is used both as a number and as a date."""
    first: tuple[str, _Use] | None = None
    for use in uses:
        if use.expected is None or _strength(use.expected) < 2:  # noqa: PLR2004 - conventions do not count
            continue
        what = _FAMILIES.get(family(use.expected.type), UNKNOWN.name)
        if first is None:
            first = (what, use)
        elif {what, first[0]} == {"a number", "a date or time"}:
            return [
                SqlError(
                    f"parameter '{use.param.name}' is {what} here and {first[0]} elsewhere",
                    use.param.start,
                    use.param.end,
                    "give the two values two names",
                )
            ]
    return []
