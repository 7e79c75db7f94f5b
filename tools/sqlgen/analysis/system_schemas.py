"""The server's own databases: the common tables of information_schema with their types, the others without.

Each line is `column:type`, with `?` where the column can be NULL; s VARCHAR, l LONGTEXT, i BIGINT, iu BIGINT
UNSIGNED, m DATETIME, j JSON.
"""

from functools import cache

from tools.sqlgen.analysis.relations import RelationColumn
from tools.sqlgen.analysis.types import BIGINT, DATETIME, DECIMAL, DOUBLE, JSON, LONGTEXT, UBIGINT, VARCHAR

SYSTEM_SCHEMAS = frozenset(("information_schema", "performance_schema", "mysql", "sys"))

_TYPES = {
    "s": VARCHAR, "l": LONGTEXT, "i": BIGINT, "iu": UBIGINT, "m": DATETIME, "j": JSON, "d": DECIMAL,
    "f": DOUBLE,
}  # fmt: skip


@cache
def system_columns(schema: str, table: str) -> tuple[RelationColumn, ...]:
    """The columns of a system table, none when they are not listed here."""
    if schema.lower() != "information_schema":
        return ()
    found: list[RelationColumn] = []
    for entry in _INFORMATION_SCHEMA.get(table.lower(), "").split():
        name, _, code = entry.partition(":")
        nullable = code.endswith("?")
        # The server names these columns in upper case, whatever case a query uses.
        found.append(RelationColumn(name.upper(), _TYPES[code.rstrip("?")], nullable))
    return tuple(found)


_INFORMATION_SCHEMA: dict[str, str] = {
    "character_sets": ("character_set_name:s default_collate_name:s description:s maxlen:iu"),
    "check_constraints": ("constraint_catalog:s constraint_schema:s constraint_name:s check_clause:l"),
    "collations": (
        "collation_name:s character_set_name:s id:iu is_default:s is_compiled:s sortlen:iu pad_attribute:s"
    ),
    "columns": (
        "table_catalog:s table_schema:s table_name:s column_name:s? ordinal_position:iu "
        "column_default:l? is_nullable:s data_type:l? character_maximum_length:i? character_octet_length:i? "
        "numeric_precision:iu? numeric_scale:iu? datetime_precision:iu? character_set_name:s? "
        "collation_name:s? column_type:l column_key:s extra:s? privileges:s? column_comment:l "
        "generation_expression:l srs_id:iu?"
    ),
    "engines": ("engine:s support:s comment:s transactions:s? xa:s? savepoints:s?"),
    "events": (
        "event_catalog:s event_schema:s event_name:s definer:s time_zone:s event_body:s "
        "event_definition:l event_type:s execute_at:m? interval_value:s? interval_field:s? sql_mode:s "
        "starts:m? ends:m? status:s on_completion:s created:m last_altered:m last_executed:m? "
        "event_comment:s originator:iu character_set_client:s collation_connection:s database_collation:s"
    ),
    "key_column_usage": (
        "constraint_catalog:s constraint_schema:s constraint_name:s? table_catalog:s table_schema:s "
        "table_name:s column_name:s? ordinal_position:iu position_in_unique_constraint:iu? "
        "referenced_table_schema:s? referenced_table_name:s? referenced_column_name:s?"
    ),
    "parameters": (
        "specific_catalog:s specific_schema:s specific_name:s ordinal_position:iu parameter_mode:s? "
        "parameter_name:s? data_type:l? character_maximum_length:i? character_octet_length:i? "
        "numeric_precision:iu? numeric_scale:i? datetime_precision:iu? character_set_name:s? "
        "collation_name:s? dtd_identifier:l routine_type:s"
    ),
    "partitions": (
        "table_catalog:s table_schema:s table_name:s partition_name:s? subpartition_name:s? "
        "partition_ordinal_position:iu? subpartition_ordinal_position:iu? secondary_load:s? "
        "partition_method:s? subpartition_method:s? partition_expression:s? subpartition_expression:s? "
        "partition_description:l? table_rows:iu? avg_row_length:iu? data_length:iu? max_data_length:iu? "
        "index_length:iu? data_free:iu? create_time:m update_time:m? check_time:m? checksum:i? "
        "partition_comment:l nodegroup:s? tablespace_name:s?"
    ),
    "plugins": (
        "plugin_name:s plugin_version:s plugin_status:s plugin_type:s plugin_type_version:s "
        "plugin_library:s? plugin_library_version:s? plugin_author:s? plugin_description:s? "
        "plugin_license:s? load_option:s"
    ),
    "processlist": ("id:iu user:s host:s db:s? command:s time:i state:s? info:s?"),
    "referential_constraints": (
        "constraint_catalog:s constraint_schema:s constraint_name:s? unique_constraint_catalog:s "
        "unique_constraint_schema:s unique_constraint_name:s? match_option:s update_rule:s delete_rule:s "
        "table_name:s referenced_table_name:s"
    ),
    "routines": (
        "specific_name:s routine_catalog:s routine_schema:s routine_name:s routine_type:s "
        "data_type:l? character_maximum_length:i? character_octet_length:i? numeric_precision:iu? "
        "numeric_scale:iu? datetime_precision:iu? character_set_name:s? collation_name:s? dtd_identifier:l? "
        "routine_body:s routine_definition:l? external_name:s? external_language:s parameter_style:s "
        "is_deterministic:s sql_data_access:s sql_path:s? security_type:s created:m last_altered:m "
        "sql_mode:s routine_comment:l definer:s character_set_client:s collation_connection:s "
        "database_collation:s"
    ),
    "schemata": (
        "catalog_name:s schema_name:s default_character_set_name:s default_collation_name:s "
        "sql_path:s? default_encryption:s"
    ),
    "statistics": (
        "table_catalog:s table_schema:s table_name:s non_unique:i index_schema:s index_name:s? "
        "seq_in_index:iu column_name:s? collation:s? cardinality:i? sub_part:i? packed:s? nullable:s "
        "index_type:s comment:s index_comment:s is_visible:s expression:l?"
    ),
    "tables": (
        "table_catalog:s table_schema:s table_name:s table_type:s engine:s? version:i? row_format:s? "
        "table_rows:iu? avg_row_length:iu? data_length:iu? max_data_length:iu? index_length:iu? "
        "data_free:iu? auto_increment:iu? create_time:m update_time:m? check_time:m? table_collation:s? "
        "checksum:i? create_options:s? table_comment:l?"
    ),
    "table_constraints": (
        "constraint_catalog:s constraint_schema:s constraint_name:s? table_schema:s table_name:s "
        "constraint_type:s enforced:s"
    ),
    "triggers": (
        "trigger_catalog:s trigger_schema:s trigger_name:s event_manipulation:s "
        "event_object_catalog:s event_object_schema:s event_object_table:s action_order:iu "
        "action_condition:s? action_statement:l action_orientation:s action_timing:s "
        "action_reference_old_table:s? action_reference_new_table:s? action_reference_old_row:s "
        "action_reference_new_row:s created:m sql_mode:s definer:s character_set_client:s "
        "collation_connection:s database_collation:s"
    ),
    "views": (
        "table_catalog:s table_schema:s table_name:s view_definition:l? check_option:s? "
        "is_updatable:s? definer:s? security_type:s? character_set_client:s collation_connection:s"
    ),
}
