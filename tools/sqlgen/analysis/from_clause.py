"""FROM: the relations of a query block, their columns in the order of `*`, and the facts that joins prove.

FROM a LEFT JOIN b USING (id)  ->  columns id (a's), then a's others, then b's others; b may be null-extended
"""

import json

from msgspec import Struct

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.equalities import add_equalities, pair_columns
from tools.sqlgen.analysis.expression_key import columns_read, is_deterministic, is_mergeable
from tools.sqlgen.analysis.expressions.operand_checks import require_one_column
from tools.sqlgen.analysis.predicates import Facts, closure, when_true
from tools.sqlgen.analysis.results import QueryResult
from tools.sqlgen.analysis.scope import (
    CommonTableScope,
    Namespace,
    NotNull,
    Relation,
    RelationColumn,
    Scope,
    ScopeColumn,
)
from tools.sqlgen.analysis.table_shapes import TableShape, table_shape
from tools.sqlgen.analysis.values import ColumnId, Expected, OutputColumn
from tools.sqlgen.catalog import Table
from tools.sqlgen.catalog.information_schema import SYSTEM_SCHEMAS, keeps_names, system_columns
from tools.sqlgen.diagnostics import SqlError, did_you_mean
from tools.sqlgen.syntax.ast import (
    Binary,
    BoolLiteral,
    Derived,
    Expr,
    IntLiteral,
    Join,
    JsonTable,
    JsonTableColumn,
    Node,
    StringLiteral,
    TableName,
    TableRef,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.declared import cast_type
from tools.sqlgen.types.json_path import is_json_path
from tools.sqlgen.types.sql_type import BIGINT, BOOL, DATETIME6, JSON, NULL, NULL_TEXT, SqlType


class Part(Struct, gc=False):
    """One table reference, joined or not, once it is analysed."""

    namespace: Namespace
    facts: Facts
    """Facts of each of its rows."""
    min_one: bool = False


def analyse_from(ctx: Context, scope: Scope, ref: TableRef | None) -> Part:
    """Put the relations of a FROM into its scope."""
    scope.clause = "from"
    part = _visit(ctx, scope, ref) if ref is not None else Part(Namespace(), set(), min_one=True)
    _check_names(ctx, part.namespace, ref)
    scope.set_namespace(part.namespace)
    scope.row_facts |= closure(ctx, part.facts)
    return part


def _visit(ctx: Context, scope: Scope, ref: TableRef) -> Part:
    match ref:
        case TableName():
            return _table(ctx, scope, ref)
        case Derived():
            return _derived(ctx, scope, ref)
        case JsonTable():
            return _json_table(ctx, scope, ref)
        case Join():
            return _join(ctx, scope, ref)
        case _:
            raise AssertionError(ref)


def _check_names(ctx: Context, names: Namespace, ref: TableRef | None) -> None:
    seen: dict[tuple[str | None, str], Relation] = {}
    for relation in names.relations:
        schema = relation.schema.lower() if relation.schema else None
        key = (schema, relation.name.lower())
        if key in seen and ref is not None:
            node = ctx.info.table_nodes.get(relation.id, ref)
            ctx.report(
                f"table name '{relation.name}' is used twice in FROM", node, "give each its own alias with AS"
            )
        seen[key] = relation


# --- single tables ------------------------------------------------------------------------------------


def single(ctx: Context, scope: Scope, relation: Relation, node: Node) -> Part:
    """A FROM of one relation."""
    relation.scope = scope
    ctx.info.relations[relation.id] = relation
    ctx.info.table_nodes[relation.id] = node
    columns = tuple(
        ScopeColumn(column.name.lower(), relation, index)
        for index, column in enumerate(relation.columns)
        if not column.hidden
    )
    hidden = tuple(
        ScopeColumn(column.name.lower(), relation, index, hidden=True)
        for index, column in enumerate(relation.columns)
        if column.hidden
    )
    return Part(Namespace((relation,), columns + hidden), set(), min_one=relation.min_one)


def _table(ctx: Context, scope: Scope, ref: TableName) -> Part:
    common = _common_table(scope, ref) if ref.schema is None else None
    if common is not None:
        return single(ctx, scope, _of_common_table(ctx, common, ref), ref)
    return single(ctx, scope, base_table(ctx, scope, ref), ref)


def base_table(ctx: Context, scope: Scope, ref: TableName) -> Relation:
    """Return the relation of a table or view of the catalog; of unknown schema if there is none."""
    shape = _shape(ctx, scope, ref)
    if shape is None:
        found = system_columns(ref.schema or "", ref.name)
        columns = [RelationColumn(column.name, column.type, column.nullable) for column in found]
        relation = Relation(ctx.new_id(), ref.alias or ref.name, columns)
        relation.unknown_schema = not columns
        relation.schema = ref.schema
        relation.keeps_names = keeps_names(ref.schema or "", ref.name)
        return relation
    relation = Relation(ctx.new_id(), ref.alias or ref.name, shape.columns_of(ctx.new_id()))
    relation.schema = shape.table.schema or ref.schema
    relation.table = shape.table
    relation.candidate_keys = list(shape.candidate_keys)
    relation.functional_dependencies = list(shape.functional_dependencies)
    relation.max_one, relation.min_one = shape.max_one, shape.min_one
    relation.read_only = shape.table.is_view
    relation.keeps_names = shape.table.view is not None and is_mergeable(shape.table.view.query)
    ctx.note_read(shape.table)
    _check_hints(ctx, ref, shape.table)
    for value in ref.system_time:
        ctx.evaluate(scope, value, Expected(DATETIME6))
    return relation


def _check_hints(ctx: Context, ref: TableName, table: Table) -> None:
    """Report unknown indexes (an unambiguous prefix of a name is enough), and PARTITION of a table without any."""
    if table.is_view:
        return
    names = ["primary" if key.name is None else key.name.lower() for key in table.keys]
    for hint in ref.index_hints:
        wanted = hint.lower()
        if wanted not in names and sum(name.startswith(wanted) for name in names) != 1:
            ctx.report(f"unknown index '{hint}' of table '{table.name}'", ref, did_you_mean(hint, names))
    if ref.partitions and not table.partitioned:
        ctx.report(f"table '{table.name}' has no partitions", ref)


def _shape(ctx: Context, scope: Scope, ref: TableName) -> TableShape | None:
    table = None
    if ref.schema is None and scope.schema is not None:
        table = ctx.catalog.table(ref.name, scope.schema)
    table = table or ctx.catalog.table(ref.name, ref.schema)
    if table is not None:
        try:
            return table_shape(ctx, table)
        except SqlError as error:
            ctx.report(f"view '{ref.name}' is not valid: {error.message}", ref, error.hint)
            return None
    if ref.schema is not None and ref.schema.lower() in SYSTEM_SCHEMAS:
        known = ref.schema.lower() != "information_schema" or system_columns(ref.schema, ref.name)
        if not known and ctx.catalog.server != "mariadb":
            ctx.report(f"unknown table '{ref.schema}.{ref.name}'", ref)
        return None
    _report_unknown_table(ctx, scope, ref)
    return None


def _report_unknown_table(ctx: Context, scope: Scope, ref: TableName) -> None:
    candidates = [table.name for table in ctx.catalog.tables()]
    common = scope.common
    while common is not None:
        candidates.append(common.name)
        common = common.parent
    name = f"{ref.schema}.{ref.name}" if ref.schema else ref.name
    start = ref.start
    ctx.report_span(
        f"unknown table '{name}'", start, start + _name_length(ctx, ref), did_you_mean(ref.name, candidates)
    )


def _name_length(ctx: Context, ref: TableName) -> int:
    """The length of the name in the text, without alias and hints."""
    text = ctx.text[ref.start : ref.end]
    found = text.lower().find(ref.name.lower())
    length = found + len(ref.name) if found >= 0 else len(text)
    return min(length + (text[length : length + 1] == "`"), len(text))


def _common_table(scope: Scope, ref: TableName) -> CommonTableScope | None:
    common = scope.common
    folded = ref.name.lower()
    while common is not None:
        if common.name.lower() == folded:
            return common
        common = common.parent
    return None


def _of_common_table(ctx: Context, common: CommonTableScope, ref: TableName) -> Relation:
    name = ref.alias or ref.name
    if common.recursive_columns is not None:
        columns = tuple(
            RelationColumn(c.name, c.type, c.nullable, c.source_column, c.json)
            for c in common.recursive_columns
        )
        return Relation(ctx.new_id(), name, columns)
    if not isinstance(common.result, QueryResult):
        relation = Relation(ctx.new_id(), name, ())
        relation.unknown_schema = True
        return relation
    relation = relation_of(ctx, common.result, name, common.columns)
    relation.keeps_names = is_mergeable(common.query)
    return relation


def relation_of(ctx: Context, result: QueryResult, name: str, columns: tuple[str, ...]) -> Relation:
    """Convert a query's result to a relation; `columns` are other names for its columns."""
    ident = ctx.new_id()
    outputs = result.columns
    names = columns if len(columns) == len(outputs) else tuple(column.name for column in outputs)
    relation = Relation(
        ident, name, [_column_of(ident, each, as_) for each, as_ in zip(outputs, names, strict=True)]
    )
    relation.candidate_keys = list(result.candidate_keys)
    relation.functional_dependencies = list(result.functional_dependencies)
    relation.max_one, relation.min_one = result.max_one, result.min_one
    relation.unknown_schema = not result.valid
    return relation


def _column_of(ident: int, column: OutputColumn, name: str) -> RelationColumn:
    nullability_sources = frozenset(
        (ident, nullability_source) for nullability_source in column.nullability_sources
    )
    sql_type = NULL_TEXT if column.type == NULL else column.type
    return RelationColumn(
        name,
        sql_type,
        column.nullable and not nullability_sources,
        column.source_column,
        column.json,
        nullability_sources,
        folding=column.folding,
    )


def _derived(ctx: Context, scope: Scope, ref: Derived) -> Part:
    if ref.alias is None:
        ctx.report("a derived table needs an alias", ref, "write (SELECT ...) AS name")
    if ref.lateral:
        before = scope.set_namespace(scope.lateral)
        result = ctx.analyse_query(ctx, ref.query, scope)
        scope.set_namespace(before)
    else:
        result = ctx.analyse_query(ctx, ref.query, scope.parent, within=scope)
    if ref.columns and result.valid and len(ref.columns) != len(result.columns):
        ctx.report(f"{len(ref.columns)} column names for a query of {len(result.columns)} columns", ref)
    report_duplicates(ctx, result, ref.columns, ref)
    relation = relation_of(ctx, result, ref.alias or "", ref.columns)
    if ref.lateral:
        relation.reads = columns_read(ctx, ref.query, scope.lateral.relations)
    relation.keeps_names = is_mergeable(ref.query)
    return single(ctx, scope, relation, ref)


def report_duplicates(ctx: Context, result: QueryResult, columns: tuple[str, ...], node: Node) -> None:
    """Report a column name that a derived table, common table or view has twice."""
    seen: set[str] = set()
    names = columns or tuple(column.name for column in result.columns)
    for index, name in enumerate(names):
        folded = name.lower()
        if folded in seen:
            column = result.columns[index] if index < len(result.columns) and not columns else None
            start, end = (column.start, column.end) if column else (node.start, node.end)
            ctx.report_span(f"duplicate column name '{name}'", start, end, "rename one with AS")
            return
        seen.add(folded)


def _json_table(ctx: Context, scope: Scope, ref: JsonTable) -> Part:
    if ref.alias is None:
        ctx.report("JSON_TABLE needs an alias", ref, "write JSON_TABLE(...) AS name")
    before = scope.set_namespace(scope.lateral)
    scope.clause = "document"
    ctx.evaluate(scope, ref.document, Expected(JSON, name="document"))
    scope.clause = "from"
    scope.set_namespace(before)
    columns = list(_json_columns(ref.columns, nested=False))
    _check_json_table(ctx, ref, columns)
    relation = Relation(ctx.new_id(), ref.alias or "", columns)
    relation.reads = columns_read(ctx, ref.document, scope.lateral.relations)
    return single(ctx, scope, relation, ref)


def _check_json_table(ctx: Context, ref: JsonTable, columns: list[RelationColumn]) -> None:
    if isinstance(ref.document, StringLiteral) and not _is_json(ref.document.value):
        ctx.report(f"'{ref.document.value}' is no JSON", ref.document)
    seen: set[str] = set()
    for column in columns:
        if column.name.lower() in seen:
            ctx.report(f"duplicate column name '{column.name}' in JSON_TABLE", ref)
        seen.add(column.name.lower())
    for node in walk(ref):
        if (
            isinstance(node, (JsonTable, JsonTableColumn))
            and node.path is not None
            and not is_json_path(node.path)
        ):
            ctx.report(f"'{node.path}' is no JSON path", node, "a path begins with $")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _json_columns(columns: tuple[JsonTableColumn, ...], *, nested: bool) -> list[RelationColumn]:
    found: list[RelationColumn] = []
    for column in columns:
        match column.kind:
            case "NESTED":
                found.extend(_json_columns(column.columns, nested=True))
            case "ORDINALITY":
                found.append(RelationColumn(column.name, BIGINT, nested))
            case "EXISTS":
                found.append(RelationColumn(column.name, _json_column_type(column), nested))
            case "PATH":
                found.append(RelationColumn(column.name, _json_column_type(column), nullable=True))
    return found


def _json_column_type(column: JsonTableColumn) -> SqlType:
    assert column.type is not None  # the parser reads one for EXISTS and PATH
    return cast_type(column.type)


# --- joins --------------------------------------------------------------------------------------------


def _join(ctx: Context, scope: Scope, ref: Join) -> Part:
    left = _visit(ctx, scope, ref.left)
    before = scope.lateral
    scope.lateral = before.plus(left.namespace)
    right = _visit(ctx, scope, ref.right)
    scope.lateral = before
    null_side = {"LEFT": right, "RIGHT": left}.get(ref.kind)
    restricted = (
        frozenset(relation.id for relation in null_side.namespace.relations)
        if null_side is not None
        else None
    )
    names, facts = _common_columns(ctx, scope, ref, left, right, restricted)
    if ref.on is not None:
        facts |= _condition(ctx, scope, ref.on, left.namespace.plus(right.namespace), restricted)
    return _joined(ctx, scope, ref, left, right, names, facts)


def _condition(
    ctx: Context, scope: Scope, on: Expr, names: Namespace, restricted: frozenset[int] | None
) -> Facts:
    before = scope.set_namespace(names)
    scope.clause = "from"
    ctx.evaluate(scope, on, Expected(BOOL, weak=True))
    require_one_column(ctx, on)
    add_equalities(ctx, scope, on, restricted)
    scope.set_namespace(before)
    return when_true(ctx, on)


def _joined(
    ctx: Context, scope: Scope, ref: Join, left: Part, right: Part, names: Namespace, facts: Facts
) -> Part:
    """Combine both sides of a join: the facts about its rows, and the relations that may be null-extended."""
    conditional = ref.on is not None or bool(ref.using) or ref.natural
    if ref.kind not in {"LEFT", "RIGHT"}:
        return Part(
            names, left.facts | right.facts | facts, left.min_one and right.min_one and not conditional
        )
    kept, null_side = (left, right) if ref.kind == "LEFT" else (right, left)
    if null_side.min_one and is_always_true(ref.on):
        return Part(names, left.facts | right.facts, kept.min_one)
    token = (ctx.new_id(),)
    ctx.info.on_facts[token] = null_side.facts | facts
    scope.outer_joins[token] = _deciding_columns(ctx, ref, kept, facts)
    for relation in null_side.namespace.relations:
        relation.outer.append(token)
    return Part(names, set(kept.facts), kept.min_one)


def _deciding_columns(ctx: Context, ref: Join, kept: Part, facts: Facts) -> frozenset[ColumnId] | None:
    """Return the columns of the side that is kept whose values decide if a row of it has a match; None if others do."""
    null_side = ref.right if ref.kind == "LEFT" else ref.left
    nodes = [node for node in (ref.on, null_side) if node is not None]
    if not all(is_deterministic(node) for node in nodes):
        return None
    ids = {relation.id for relation in kept.namespace.relations}
    found = {
        fact.key for fact in facts
        if isinstance(fact, NotNull) and isinstance(fact.key, ColumnId) and fact.key.relation in ids
    }  # fmt: skip
    return frozenset(found).union(*(columns_read(ctx, node, kept.namespace.relations) for node in nodes))


def is_always_true(on: Expr | None) -> bool:
    """True for ON TRUE, ON 1, ON 1 = 1: such a join always matches if the table has rows. False for USING."""
    match on:
        case BoolLiteral():
            return on.value
        case Binary(op="=", left=IntLiteral() as one, right=IntLiteral() as other):
            return one.value == other.value
        case _:
            return isinstance(on, IntLiteral) and on.value != 0


def _common_columns(
    ctx: Context, scope: Scope, ref: Join, left: Part, right: Part, restricted: frozenset[int] | None
) -> tuple[Namespace, Facts]:
    """The columns of a join in the order of `*`; those of USING and NATURAL once, and first."""
    if not ref.using and not ref.natural:
        return left.namespace.plus(right.namespace), set()
    wanted = {name.lower(): name for name in ref.using}
    if ref.natural:
        offered = {visible.name for visible in right.namespace.columns if not visible.hidden}
        wanted = {
            each.name: each.name
            for each in left.namespace.columns
            if each.name in offered and not each.hidden
        }
        ctx.info.natural_joins[ref] = tuple(wanted)
    merged: dict[str, ScopeColumn] = {}
    facts: Facts = set()
    for folded, name in wanted.items():
        one = _using_column(ctx, ref, left, folded, name)
        other = _using_column(ctx, ref, right, folded, name)
        if one is None or other is None:
            continue
        kept = other if ref.kind == "RIGHT" else one
        merged[folded] = ScopeColumn(folded, kept.relation, kept.index)
        facts |= {NotNull(ColumnId(each.relation.id, each.index)) for each in (one, other)}
        pair_columns(scope, one, other, restricted)
    first, second = (right, left) if ref.kind == "RIGHT" else (left, right)
    columns = [merged[visible.name] for visible in first.namespace.columns if visible.name in merged]
    for part in (first, second):
        columns.extend(visible for visible in part.namespace.columns if visible.name not in merged)
    return Namespace(left.namespace.relations + right.namespace.relations, tuple(columns)), facts


def _using_column(ctx: Context, ref: Join, part: Part, folded: str, name: str) -> ScopeColumn | None:
    found = [visible for visible in part.namespace.columns if visible.name == folded]
    if len(found) == 1:
        return found[0]
    if found:
        tables = ", ".join(f"'{each.relation.name}'" for each in found)
        ctx.report(f"column '{name}' in USING is ambiguous", ref, f"it is a column of {tables}")
        return None
    opened = next((relation for relation in part.namespace.relations if relation.unknown_schema), None)
    if opened is not None and (index := opened.find(name)) is not None:
        return ScopeColumn(folded, opened, index)
    candidates = [column.name for relation in part.namespace.relations for column in relation.columns]
    tables = ", ".join(f"'{relation.name}'" for relation in part.namespace.relations)
    ctx.report(
        f"unknown column '{name}' in USING: {tables} has none of that name",
        ref,
        did_you_mean(name, candidates),
    )
    return None
