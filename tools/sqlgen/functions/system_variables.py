"""The types of the server's variables: `SELECT @@max_allowed_packet`.

Most are numbers; those that are text, or floating-point numbers, are listed.
"""

from tools.sqlgen.types.sql_type import BIGINT, DOUBLE, VARCHAR, SqlType


def variable_type(name: str) -> SqlType:
    """The type of a system variable, which may have its component in front: `mysqlx.port`."""
    folded = name.lower()
    if folded in _FLOATS:
        return DOUBLE
    return VARCHAR if folded in _TEXTS else BIGINT


_FLOAT_NAMES = """
    innodb_max_dirty_pages_pct innodb_max_dirty_pages_pct_lwm innodb_segment_reserve_factor long_query_time
    secondary_engine_cost_threshold timestamp
"""

_TEXT_NAMES = """
    admin_address admin_ssl_ca admin_ssl_capath admin_ssl_cert admin_ssl_cipher admin_ssl_crl
    admin_ssl_crlpath admin_ssl_key admin_tls_ciphersuites admin_tls_version authentication_policy basedir
    bind_address binlog_checksum binlog_error_action binlog_format binlog_row_image binlog_row_metadata
    binlog_row_value_options binlog_transaction_dependency_tracking block_encryption_mode build_id
    caching_sha2_password_private_key_path caching_sha2_password_public_key_path
    caching_sha2_password_storage_format character_set_client character_set_connection
    character_set_database character_set_filesystem character_set_results character_set_server
    character_set_system character_sets_dir collation_connection collation_database collation_server
    completion_type concurrent_insert datadir default_authentication_plugin default_collation_for_utf8mb4
    default_storage_engine default_tmp_storage_engine delay_key_write disabled_storage_engines
    enforce_gtid_consistency event_scheduler explain_format external_table_secondary_storage_engine
    external_table_storage_engine external_user ft_boolean_syntax ft_stopword_file general_log_file
    group_replication_consistency gtid_executed gtid_mode gtid_next gtid_owned gtid_purged have_compress
    have_crypt have_dynamic_loading have_geometry have_openssl have_profiling have_query_cache
    have_rtree_keys have_ssl have_statement_timeout have_symlink hostname init_connect init_file
    init_replica init_slave innodb_buffer_pool_filename innodb_change_buffering innodb_checksum_algorithm
    innodb_data_file_path innodb_data_home_dir innodb_default_row_format innodb_directories
    innodb_doublewrite innodb_doublewrite_dir innodb_flush_method innodb_ft_aux_table
    innodb_ft_server_stopword_table innodb_ft_user_stopword_table innodb_log_group_home_dir
    innodb_log_writer_threads innodb_monitor_disable innodb_monitor_enable innodb_monitor_reset
    innodb_monitor_reset_all innodb_redo_log_archive_dirs innodb_stats_method innodb_temp_data_file_path
    innodb_temp_tablespaces_dir innodb_tmpdir innodb_undo_directory innodb_version
    internal_tmp_mem_storage_engine lc_messages lc_messages_dir lc_time_names license log_bin_basename
    log_bin_index log_error log_error_services log_error_suppression_list log_output log_timestamps
    mandatory_roles master_info_repository myisam_recover_options myisam_stats_method old_mode
    optimizer_switch optimizer_trace optimizer_trace_features persist_only_admin_x509_subject pid_file
    plugin_dir protocol_compression_algorithms proxy_user query_cache_type rbr_exec_mode relay_log
    relay_log_basename relay_log_index relay_log_info_repository replica_exec_mode replica_load_tmpdir
    replica_skip_errors replica_type_conversions report_host report_password report_user resultset_metadata
    secure_file_priv server_uuid session_track_gtids session_track_system_variables
    session_track_transaction_info sha256_password_private_key_path sha256_password_public_key_path
    slave_exec_mode slave_load_tmpdir slave_skip_errors slave_type_conversions slow_query_log_file socket
    sql_mode ssl_ca ssl_capath ssl_cert ssl_cipher ssl_crl ssl_crlpath ssl_fips_mode ssl_key storage_engine
    system_time_zone terminology_use_previous thread_handling time_zone tls_ciphersuites tls_version tmpdir
    transaction_isolation transaction_write_set_extraction tx_isolation updatable_views_with_limit
    use_secondary_engine version version_comment version_compile_machine version_compile_os
    version_compile_zlib version_with_update
"""

_FLOATS = frozenset(_FLOAT_NAMES.split())
_TEXTS = frozenset(_TEXT_NAMES.split())
