"""JSON_TABLE: its columns, and the checks of its document and paths."""

import json

from tools.sqlgen.analysis.context import Context
from tools.sqlgen.analysis.expression_key import columns_read
from tools.sqlgen.analysis.from_part import Part, single
from tools.sqlgen.analysis.place import Block, place_in
from tools.sqlgen.analysis.scope import (
    Namespace,
    Relation,
    RelationColumn,
)
from tools.sqlgen.analysis.values import Expected
from tools.sqlgen.syntax.ast import (
    JsonTable,
    JsonTableColumn,
    StringLiteral,
)
from tools.sqlgen.syntax.visitor import walk
from tools.sqlgen.types.declared import cast_type
from tools.sqlgen.types.json_path import is_json_path
from tools.sqlgen.types.sql_type import BIGINT, JSON, SqlType


def json_table(ctx: Context, block: Block, ref: JsonTable, lateral: Namespace) -> Part:
    if ref.alias is None:
        ctx.report("JSON_TABLE needs an alias", ref, "write JSON_TABLE(...) AS name", at_parse=True)
    ctx.evaluate(place_in(block, "document", lateral), ref.document, Expected(JSON, name="document"))
    columns = list(_json_columns(ref.columns, nested=False))
    _check_json_table(ctx, ref, columns)
    reads = columns_read(ctx, ref.document, lateral.relations)
    relation = Relation(ctx.new_id(), ref.alias or "", columns, reads=reads)
    return single(ctx, relation, ref)


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
