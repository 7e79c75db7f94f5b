"""The server's own databases: the tables of information_schema with their types, other tables without.

Each line is `column:type`, with `?` if the column can be NULL; s VARCHAR, l LONGTEXT, i BIGINT, iu BIGINT
UNSIGNED, m DATETIME, j JSON, d DECIMAL, f DOUBLE, b VARBINARY.
"""

from functools import cache

from tools.sqlgen.catalog.model import Column
from tools.sqlgen.types.sql_type import (
    BIGINT,
    DATETIME,
    DECIMAL,
    DOUBLE,
    JSON,
    LONGTEXT,
    UBIGINT,
    VARBINARY,
    VARCHAR,
)

SYSTEM_SCHEMAS = frozenset(("information_schema", "performance_schema", "mysql", "sys"))

_TYPES = {
    "s": VARCHAR, "l": LONGTEXT, "i": BIGINT, "iu": UBIGINT, "m": DATETIME, "j": JSON, "d": DECIMAL,
    "f": DOUBLE, "b": VARBINARY,
}  # fmt: skip


@cache
def system_columns(schema: str, table: str) -> tuple[Column, ...]:
    """The columns of a system table, none when they are not listed here."""
    if schema.lower() != "information_schema":
        return ()
    found: list[Column] = []
    for entry in _INFORMATION_SCHEMA.get(table.lower(), "").split():
        name, _, code = entry.partition(":")
        nullable = code.endswith("?")
        found.append(Column(name.upper(), _TYPES[code.rstrip("?")], nullable))
    return tuple(found)


_FILLED_ON_DEMAND = frozenset(
    (
        "applicable_roles", "column_privileges", "enabled_roles", "engines", "optimizer_trace", "plugins",
        "processlist", "profiling", "role_column_grants", "role_routine_grants", "role_table_grants",
        "schema_privileges", "table_privileges", "user_privileges",
    )
)  # fmt: skip


def keeps_names(schema: str, table: str) -> bool:
    """True if the server names a result column as the system table does, no matter how a query writes it.

    It does so for a system table that is a view. A table that it fills on demand follows the query's spelling.
    """
    folded = table.lower()
    on_demand = folded in _FILLED_ON_DEMAND or (
        folded.startswith("innodb_") and folded not in _VIEWS_OF_INNODB
    )
    return schema.lower() == "information_schema" and not on_demand


_VIEWS_OF_INNODB = frozenset(
    ("innodb_datafiles", "innodb_fields", "innodb_foreign_cols", "innodb_tablespaces_brief")
)


_INFORMATION_SCHEMA: dict[str, str] = {
    "administrable_role_authorizations": (
        "user:s? host:s? grantee:s? grantee_host:s? role_name:s? role_host:s? is_grantable:s "
        "is_default:s? is_mandatory:s"
    ),
    "applicable_roles": (
        "user:s? host:s? grantee:s? grantee_host:s? role_name:s? role_host:s? is_grantable:s "
        "is_default:s? is_mandatory:s"
    ),
    "character_sets": ("character_set_name:s default_collate_name:s description:s maxlen:iu"),
    "check_constraints": ("constraint_catalog:s constraint_schema:s constraint_name:s check_clause:l"),
    "collation_character_set_applicability": "collation_name:s character_set_name:s",
    "collations": (
        "collation_name:s character_set_name:s id:iu is_default:s is_compiled:s sortlen:iu pad_attribute:s"
    ),
    "column_privileges": (
        "grantee:s table_catalog:s table_schema:s table_name:s column_name:s privilege_type:s is_grantable:s"
    ),
    "column_statistics": "schema_name:s table_name:s column_name:s histogram:j",
    "columns": (
        "table_catalog:s table_schema:s table_name:s column_name:s? ordinal_position:iu "
        "column_default:l? is_nullable:s data_type:l? character_maximum_length:i? character_octet_length:i? "
        "numeric_precision:iu? numeric_scale:iu? datetime_precision:iu? character_set_name:s? "
        "collation_name:s? column_type:l column_key:s extra:s? privileges:s? column_comment:l "
        "generation_expression:l srs_id:iu?"
    ),
    "columns_extensions": (
        "table_catalog:s table_schema:s table_name:s column_name:s? engine_attribute:j? "
        "secondary_engine_attribute:j?"
    ),
    "enabled_roles": "role_name:s? role_host:s? is_default:s? is_mandatory:s",
    "engines": ("engine:s support:s comment:s transactions:s? xa:s? savepoints:s?"),
    "events": (
        "event_catalog:s event_schema:s event_name:s definer:s time_zone:s event_body:s "
        "event_definition:l event_type:s execute_at:m? interval_value:s? interval_field:s? sql_mode:s "
        "starts:m? ends:m? status:s on_completion:s created:m last_altered:m last_executed:m? "
        "event_comment:s originator:iu character_set_client:s collation_connection:s database_collation:s"
    ),
    "files": (
        "file_id:i? file_name:s? file_type:s? tablespace_name:s table_catalog:s table_schema:s? "
        "table_name:s? logfile_group_name:s? logfile_group_number:i? engine:s fulltext_keys:s? "
        "deleted_rows:s? update_count:s? free_extents:i? total_extents:i? extent_size:i? initial_size:i? "
        "maximum_size:i? autoextend_size:i? creation_time:s? last_update_time:s? last_access_time:s? "
        "recover_time:s? transaction_counter:s? version:i? row_format:s? table_rows:s? avg_row_length:s? "
        "data_length:s? max_data_length:s? index_length:s? data_free:i? create_time:s? update_time:s? "
        "check_time:s? checksum:s? status:s? extra:s?"
    ),
    "innodb_buffer_page": (
        "pool_id:iu block_id:iu space:iu page_number:iu page_type:s? flush_type:iu fix_count:iu "
        "is_hashed:s? newest_modification:iu oldest_modification:iu access_time:iu table_name:s? "
        "index_name:s? number_records:iu data_size:iu compressed_size:iu page_state:s? io_fix:s? "
        "is_old:s? free_page_clock:iu is_stale:s?"
    ),
    "innodb_buffer_page_lru": (
        "pool_id:iu lru_position:iu space:iu page_number:iu page_type:s? flush_type:iu fix_count:iu "
        "is_hashed:s? newest_modification:iu oldest_modification:iu access_time:iu table_name:s? "
        "index_name:s? number_records:iu data_size:iu compressed_size:iu compressed:s? io_fix:s? "
        "is_old:s? free_page_clock:iu"
    ),
    "innodb_buffer_pool_stats": (
        "pool_id:iu pool_size:iu free_buffers:iu database_pages:iu old_database_pages:iu "
        "modified_database_pages:iu pending_decompress:iu pending_reads:iu pending_flush_lru:iu "
        "pending_flush_list:iu pages_made_young:iu pages_not_made_young:iu pages_made_young_rate:f "
        "pages_made_not_young_rate:f number_pages_read:iu number_pages_created:iu number_pages_written:iu "
        "pages_read_rate:f pages_create_rate:f pages_written_rate:f number_pages_get:iu hit_rate:iu "
        "young_make_per_thousand_gets:iu not_young_make_per_thousand_gets:iu number_pages_read_ahead:iu "
        "number_read_ahead_evicted:iu read_ahead_rate:f read_ahead_evicted_rate:f lru_io_total:iu "
        "lru_io_current:iu uncompress_total:iu uncompress_current:iu"
    ),
    "innodb_cached_indexes": "space_id:iu index_id:iu n_cached_pages:iu",
    "innodb_cmp": (
        "page_size:i compress_ops:i compress_ops_ok:i compress_time:i uncompress_ops:i uncompress_time:i"
    ),
    "innodb_cmp_per_index": (
        "database_name:s table_name:s index_name:s compress_ops:i compress_ops_ok:i compress_time:i "
        "uncompress_ops:i uncompress_time:i"
    ),
    "innodb_cmp_per_index_reset": (
        "database_name:s table_name:s index_name:s compress_ops:i compress_ops_ok:i compress_time:i "
        "uncompress_ops:i uncompress_time:i"
    ),
    "innodb_cmp_reset": (
        "page_size:i compress_ops:i compress_ops_ok:i compress_time:i uncompress_ops:i uncompress_time:i"
    ),
    "innodb_cmpmem": (
        "page_size:i buffer_pool_instance:i pages_used:i pages_free:i relocation_ops:i relocation_time:i"
    ),
    "innodb_cmpmem_reset": (
        "page_size:i buffer_pool_instance:i pages_used:i pages_free:i relocation_ops:i relocation_time:i"
    ),
    "innodb_columns": "table_id:iu name:s pos:iu mtype:i prtype:i len:i has_default:i default_value:b?",
    "innodb_datafiles": "space:b? path:s",
    "innodb_fields": "index_id:b? name:s pos:iu",
    "innodb_foreign": "id:s? for_name:s? ref_name:s? n_cols:i type:iu",
    "innodb_foreign_cols": "id:s? for_col_name:s ref_col_name:s pos:iu",
    "innodb_ft_being_deleted": "doc_id:iu",
    "innodb_ft_config": "key:s value:s",
    "innodb_ft_default_stopword": "value:s",
    "innodb_ft_deleted": "doc_id:iu",
    "innodb_ft_index_cache": "word:s first_doc_id:iu last_doc_id:iu doc_count:iu doc_id:iu position:iu",
    "innodb_ft_index_table": "word:s first_doc_id:iu last_doc_id:iu doc_count:iu doc_id:iu position:iu",
    "innodb_indexes": "index_id:iu name:s table_id:iu type:i n_fields:i page_no:i space:i merge_threshold:i",
    "innodb_metrics": (
        "name:s subsystem:s count:i max_count:i? min_count:i? avg_count:f? count_reset:i "
        "max_count_reset:i? min_count_reset:i? avg_count_reset:f? time_enabled:m? time_disabled:m? "
        "time_elapsed:i? time_reset:m? status:s type:s comment:s"
    ),
    "innodb_session_temp_tablespaces": "id:iu space:iu path:s size:iu state:s purpose:s",
    "innodb_tables": (
        "table_id:iu name:s flag:i n_cols:i space:i row_format:s? zip_page_size:iu space_type:s? "
        "instant_cols:i total_row_versions:i"
    ),
    "innodb_tablespaces": (
        "space:iu name:s flag:iu row_format:s? page_size:iu zip_page_size:iu space_type:s? "
        "fs_block_size:iu file_size:iu allocated_size:iu autoextend_size:iu server_version:s? "
        "space_version:iu encryption:s? state:s?"
    ),
    "innodb_tablespaces_brief": "space:b? name:s path:s flag:b? space_type:s",
    "innodb_tablestats": (
        "table_id:iu name:s stats_initialized:s num_rows:iu clust_index_size:iu other_index_size:iu "
        "modified_counter:iu autoinc:iu ref_count:i"
    ),
    "innodb_temp_table_info": "table_id:iu name:s? n_cols:iu space:iu",
    "innodb_trx": (
        "trx_id:iu trx_state:s trx_started:m trx_requested_lock_id:s? trx_wait_started:m? trx_weight:iu "
        "trx_mysql_thread_id:iu trx_query:s? trx_operation_state:s? trx_tables_in_use:iu "
        "trx_tables_locked:iu trx_lock_structs:iu trx_lock_memory_bytes:iu trx_rows_locked:iu "
        "trx_rows_modified:iu trx_concurrency_tickets:iu trx_isolation_level:s trx_unique_checks:i "
        "trx_foreign_key_checks:i trx_last_foreign_key_error:s? trx_adaptive_hash_latched:i "
        "trx_adaptive_hash_timeout:iu trx_is_read_only:i trx_autocommit_non_locking:i "
        "trx_schedule_weight:iu?"
    ),
    "innodb_virtual": "table_id:iu pos:iu base_pos:iu",
    "json_duality_view_columns": (
        "table_catalog:s table_schema:s table_name:s referenced_table_catalog:s? "
        "referenced_table_schema:s? referenced_table_name:s? is_root_table:i? referenced_table_id:i? "
        "referenced_column_name:s? json_key_name:s? allow_insert:i? allow_update:i? allow_delete:i? "
        "read_only:i?"
    ),
    "json_duality_view_links": (
        "table_catalog:s table_schema:s table_name:s parent_table_catalog:s? parent_table_schema:s? "
        "parent_table_name:s? child_table_catalog:s? child_table_schema:s? child_table_name:s? "
        "parent_column_name:s? child_column_name:s? join_type:s? json_key_name:s?"
    ),
    "json_duality_view_tables": (
        "table_catalog:s table_schema:s table_name:s referenced_table_catalog:s? "
        "referenced_table_schema:s? referenced_table_name:s? where_clause:s? allow_insert:i? "
        "allow_update:i? allow_delete:i? read_only:i? is_root_table:i? referenced_table_id:i? "
        "referenced_table_parent_id:i? referenced_table_parent_relationship:s?"
    ),
    "json_duality_views": (
        "table_catalog:s table_schema:s table_name:s definer:s? security_type:s? json_column_name:s "
        "root_table_catalog:s? root_table_schema:s? root_table_name:s? allow_insert:s? allow_update:s? "
        "allow_delete:s? read_only:s? status:s"
    ),
    "key_column_usage": (
        "constraint_catalog:s constraint_schema:s constraint_name:s? table_catalog:s table_schema:s "
        "table_name:s column_name:s? ordinal_position:iu position_in_unique_constraint:iu? "
        "referenced_table_schema:s? referenced_table_name:s? referenced_column_name:s?"
    ),
    "keywords": "word:s? reserved:i?",
    "libraries": (
        "library_catalog:s library_schema:s library_name:s library_definition:l? language:s created:m "
        "last_altered:m sql_mode:s library_comment:l creator:s"
    ),
    "optimizer_trace": "query:l trace:l missing_bytes_beyond_max_mem_size:i insufficient_privileges:i",
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
    "profiling": (
        "query_id:i seq:i state:s duration:d cpu_user:d? cpu_system:d? context_voluntary:i? "
        "context_involuntary:i? block_ops_in:i? block_ops_out:i? messages_sent:i? messages_received:i? "
        "page_faults_major:i? page_faults_minor:i? swaps:i? source_function:s? source_file:s? "
        "source_line:i?"
    ),
    "referential_constraints": (
        "constraint_catalog:s constraint_schema:s constraint_name:s? unique_constraint_catalog:s "
        "unique_constraint_schema:s unique_constraint_name:s? match_option:s update_rule:s delete_rule:s "
        "table_name:s referenced_table_name:s"
    ),
    "resource_groups": (
        "resource_group_name:s resource_group_type:s resource_group_enabled:i vcpu_ids:b? thread_priority:i"
    ),
    "role_column_grants": (
        "grantor:s? grantor_host:s? grantee:s grantee_host:s table_catalog:s table_schema:s table_name:s "
        "column_name:s privilege_type:s is_grantable:s"
    ),
    "role_routine_grants": (
        "grantor:s? grantor_host:s? grantee:s grantee_host:s specific_catalog:s specific_schema:s "
        "specific_name:s routine_catalog:s routine_schema:s routine_name:s privilege_type:s "
        "is_grantable:s"
    ),
    "role_table_grants": (
        "grantor:s? grantor_host:s? grantee:s grantee_host:s table_catalog:s table_schema:s table_name:s "
        "privilege_type:s is_grantable:s"
    ),
    "routine_libraries": (
        "routine_catalog:s routine_schema:s routine_name:s routine_type:s library_catalog:s? "
        "library_schema:s? library_name:s? library_version:s?"
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
    "schema_privileges": "grantee:s table_catalog:s table_schema:s privilege_type:s is_grantable:s",
    "schemata": (
        "catalog_name:s schema_name:s default_character_set_name:s default_collation_name:s "
        "sql_path:s? default_encryption:s"
    ),
    "schemata_extensions": "catalog_name:s schema_name:s options:s?",
    "st_geometry_columns": (
        "table_catalog:s table_schema:s table_name:s column_name:s? srs_name:s? srs_id:iu? "
        "geometry_type_name:l?"
    ),
    "st_spatial_reference_systems": (
        "srs_name:s srs_id:iu organization:s? organization_coordsys_id:iu? definition:s description:s?"
    ),
    "st_units_of_measure": "unit_name:s? unit_type:s? conversion_factor:f? description:s?",
    "statistics": (
        "table_catalog:s table_schema:s table_name:s non_unique:i index_schema:s index_name:s? "
        "seq_in_index:iu column_name:s? collation:s? cardinality:i? sub_part:i? packed:s? nullable:s "
        "index_type:s comment:s index_comment:s is_visible:s expression:l?"
    ),
    "table_constraints": (
        "constraint_catalog:s constraint_schema:s constraint_name:s? table_schema:s table_name:s "
        "constraint_type:s enforced:s"
    ),
    "table_constraints_extensions": (
        "constraint_catalog:s constraint_schema:s constraint_name:s table_name:s engine_attribute:j? "
        "secondary_engine_attribute:j?"
    ),
    "table_privileges": (
        "grantee:s table_catalog:s table_schema:s table_name:s privilege_type:s is_grantable:s"
    ),
    "tables": (
        "table_catalog:s table_schema:s table_name:s table_type:s engine:s? version:i? row_format:s? "
        "table_rows:iu? avg_row_length:iu? data_length:iu? max_data_length:iu? index_length:iu? "
        "data_free:iu? auto_increment:iu? create_time:m update_time:m? check_time:m? table_collation:s? "
        "checksum:i? create_options:s? table_comment:l?"
    ),
    "tables_extensions": (
        "table_catalog:s table_schema:s table_name:s engine_attribute:j? secondary_engine_attribute:j?"
    ),
    "tablespaces_extensions": "tablespace_name:s engine_attribute:j?",
    "triggers": (
        "trigger_catalog:s trigger_schema:s trigger_name:s event_manipulation:s "
        "event_object_catalog:s event_object_schema:s event_object_table:s action_order:iu "
        "action_condition:s? action_statement:l action_orientation:s action_timing:s "
        "action_reference_old_table:s? action_reference_new_table:s? action_reference_old_row:s "
        "action_reference_new_row:s created:m sql_mode:s definer:s character_set_client:s "
        "collation_connection:s database_collation:s"
    ),
    "user_attributes": "user:s host:s attribute:l?",
    "user_privileges": "grantee:s table_catalog:s privilege_type:s is_grantable:s",
    "view_routine_usage": (
        "table_catalog:s table_schema:s table_name:s specific_catalog:s specific_schema:s specific_name:s"
    ),
    "view_table_usage": (
        "view_catalog:s view_schema:s view_name:s table_catalog:s table_schema:s table_name:s"
    ),
    "views": (
        "table_catalog:s table_schema:s table_name:s view_definition:l? check_option:s? "
        "is_updatable:s? definer:s? security_type:s? character_set_client:s collation_connection:s"
    ),
}
