"""The relation that a table name in FROM means: a table, a view, or a common table."""

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.derived_tables import relation_of
from tools.sqlgen.analysis.expression_key import is_mergeable
from tools.sqlgen.analysis.from_part import Part, single
from tools.sqlgen.analysis.place import Block, place_in
from tools.sqlgen.analysis.scope import (
    CommonTableScope,
    Namespace,
    Relation,
    RelationColumn,
)
from tools.sqlgen.analysis.table_shapes import TableShape, table_shape
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.catalog import Table
from tools.sqlgen.catalog.information_schema import SYSTEM_SCHEMAS, keeps_names, system_columns
from tools.sqlgen.diagnostics import SqlError, did_you_mean
from tools.sqlgen.syntax.ast import TableName
from tools.sqlgen.types.sql_type import DATETIME6


def named_table(ctx: Context, block: Block, ref: TableName) -> Part:
    common = _common_table(block, ref) if ref.schema is None else None
    if common is not None:
        ctx.info.common_reads[ref] = common.node
        return single(ctx, _of_common_table(ctx, common, ref), ref)
    relation = base_table(ctx, block, ref)
    if relation.table is not None:
        ctx.note_read(relation.table)
    return single(ctx, relation, ref)


def base_table(ctx: Context, block: Block, ref: TableName) -> Relation:
    """Return the relation of a table or view of the catalog; of unknown schema if there is none."""
    shape = _shape(ctx, block, ref)
    if shape is None:
        found = system_columns(ref.schema or "", ref.name)
        columns = [RelationColumn(column.name, column.type, column.nullable) for column in found]
        return Relation(
            ctx.new_id(),
            ref.alias or ref.name,
            columns,
            schema=ref.schema,
            unknown_schema=not columns,
            keeps_names=keeps_names(ref.schema or "", ref.name),
        )
    relation = Relation(
        ctx.new_id(),
        ref.alias or ref.name,
        list(shape.columns_of(ctx.new_id())),
        schema=shape.table.schema,
        table=shape.table,
        candidate_keys=() if ref.history else shape.candidate_keys,
        execution_keys=() if ref.history else shape.execution_keys,
        functional_dependencies=() if ref.history else shape.functional_dependencies,
        max_one=shape.max_one and not ref.history,
        min_one=shape.min_one,
        keeps_names=shape.table.view is not None and is_mergeable(shape.table.view.query),
    )
    _check_hints(ctx, ref, shape.table)
    for value in ref.system_time:
        ctx.evaluate(place_in(block, "from", Namespace()), value, Expected(DATETIME6))
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


def _shape(ctx: Context, block: Block, ref: TableName) -> TableShape | None:
    table = None
    if ref.schema is None and block.environment.schema is not None:
        table = ctx.catalog.table(ref.name, block.environment.schema)
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
    _report_unknown_table(ctx, block, ref)
    return None


def _report_unknown_table(ctx: Context, block: Block, ref: TableName) -> None:
    candidates = [table.name for table in ctx.catalog.tables()]
    common = block.environment.common
    while common is not None:
        candidates.append(common.node.name)
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


def _common_table(block: Block, ref: TableName) -> CommonTableScope | None:
    common = block.environment.common
    folded = ref.name.lower()
    while common is not None:
        if common.node.name.lower() == folded:
            return common
        common = common.parent
    return None


def _of_common_table(ctx: Context, common: CommonTableScope, ref: TableName) -> Relation:
    name = ref.alias or ref.name
    if common.recursive:
        columns = [
            RelationColumn(each.name, each.type, each.nullable, each.source_column, each.json)
            for each in common.result.columns
        ]
        return Relation(ctx.new_id(), name, columns)
    return relation_of(ctx, common.result, name, common.node.columns, query=common.node.query)
