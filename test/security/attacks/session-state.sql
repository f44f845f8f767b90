-- What stays on a connection that somebody else uses next. After each case somebody else asks whether theirs is as it was.
-- name a setting
-- each s: search_path = public | search_path = backroom, public | search_path TO 'evil_schema' | search_path = '' | standard_conforming_strings = off | client_encoding = 'SJIS' | client_encoding = 'LATIN1' | NAMES 'GBK' | role = 'postgres' | session_authorization = 'postgres' | transaction_read_only = off | default_transaction_read_only = off | row_security = off | transform_null_equals = on | escape_string_warning = off | backslash_quote = on | session_replication_role = replica | DateStyle = 'German, DMY' | DateStyle = 'x' | IntervalStyle = 'iso_8601' | TimeZone = 'Asia/Tokyo' | TimeZone = 'x''y' | TIME ZONE INTERVAL '+05:30' HOUR TO MINUTE | TIME ZONE LOCAL | extra_float_digits = -15 | extra_float_digits = 99 | bytea_output = 'escape' | statement_timeout = 1 | statement_timeout = '-1' | lock_timeout = 1 | idle_in_transaction_session_timeout = 1 | work_mem = '1GB' | temp_buffers = '1GB' | application_name = 'x' | application_name = E'a\nb' | app.user_id = '7' | "app.user_id" = '7' | "a b" = 'x' | nosuch = 1 | session_preload_libraries = 'x' | local_preload_libraries = 'x' | log_statement = 'all' | lc_messages = 'x' | default_text_search_config = 'x' | enable_seqscan = off | plan_cache_mode = force_generic_plan | array_nulls = off | xmlbinary = hex | default_tablespace = 'x' | temp_tablespaces = 'x' | vacuum_cost_delay = 1 | debug_print_plan = on | client_min_messages = debug5 | zero_damaged_pages = on | allow_system_table_mods = on | jit = on | seed = 0.5 | is_superuser = on | server_version = '1' | data_directory = 'x' | password_encryption = md5 | quote_all_identifiers = on | compute_query_id = on | track_activities = off | createrole_self_grant = 'set' | event_triggers = off | default_transaction_isolation = 'serializable' | default_toast_compression = 'pglz' | constraint_exclusion = on | from_collapse_limit = 1 | geqo_threshold = 2 | exit_on_error = on | lo_compat_privileges = on | check_function_bodies = off | gin_fuzzy_search_limit = 1
SET {s}
-- name a setting, used at once
-- each s: DateStyle = 'German' | IntervalStyle = 'iso_8601' | TimeZone = 'Asia/Tokyo' | extra_float_digits = -15 | bytea_output = 'escape' | search_path = public | standard_conforming_strings = off | app.user_id = '7' | transform_null_equals = on | array_nulls = off | backslash_quote = on
SET {s}
-- then
SELECT count(*), min(created_at), min(gap), min(ratio), '\xff'::bytea, 'a\', count(note = NULL) FROM Orders
-- then
SHOW search_path
-- name a local setting
-- each s: TimeZone = 'Asia/Tokyo' | search_path = public | statement_timeout = 1 | DateStyle = 'German' | app.x = '1' | role = 'postgres'
BEGIN; SET LOCAL {s}
-- then
SELECT count(*), min(created_at) FROM Orders
-- then
COMMIT
-- then
SELECT min(created_at) FROM Orders
-- name a setting is shown
-- each s: search_path | ALL | client_encoding | standard_conforming_strings | server_version | server_version_num | is_superuser | session_authorization | role | data_directory | config_file | hba_file | listen_addresses | port | unix_socket_directories | TimeZone | DateStyle | IntervalStyle | transaction_isolation | TRANSACTION ISOLATION LEVEL | SESSION AUTHORIZATION | TIME ZONE | statement_timeout | app.user_id | nosuch | log_directory | ssl | max_connections | lc_collate | server_encoding | in_hot_standby | application_name | default_transaction_read_only | transaction_read_only | row_security | work_mem | shared_buffers | cluster_name | primary_conninfo | ssl_key_file | bytea_output | "search_path" | pg_catalog.search_path
SHOW {s}
-- name a setting is reset
-- each s: RESET ALL | RESET search_path | RESET role | RESET SESSION AUTHORIZATION | RESET nosuch | RESET app.x | RESET TimeZone | DISCARD ALL | DISCARD PLANS | DISCARD SEQUENCES | DISCARD TEMP | SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE | SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE | SET TRANSACTION READ WRITE | SET search_path TO DEFAULT | SET TimeZone FROM CURRENT | SET XML OPTION DOCUMENT | SET SCHEMA 'backroom' | SET SEED TO 0.5
{s}
-- name a transaction that is left open
-- each s: BEGIN; SELECT count(*) FROM Orders | BEGIN; SELECT 1 / 0 | BEGIN; SET TimeZone = 'Asia/Tokyo'; SELECT 1 | BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1 | BEGIN; SAVEPOINT a; SELECT 1 / 0 | BEGIN; DECLARE c CURSOR FOR SELECT 1 | BEGIN READ WRITE; SELECT 1 | BEGIN; SET LOCAL statement_timeout = 1; SELECT 1 | BEGIN; LISTEN x
{s}
-- name things that would outlive a session
-- each s: CREATE TEMP TABLE orders AS SELECT 1 | CREATE TEMP VIEW orders AS SELECT 1 | PREPARE p AS SELECT 1 | BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT secret FROM Orders; COMMIT | LISTEN x | SELECT pg_advisory_lock(1) | SELECT nextval('public.order_numbers') | SELECT lastval() | SELECT set_config('search_path', 'public', false) | ALTER ROLE postgres SET search_path = public | ALTER ROLE CURRENT_USER SET TimeZone = 'Asia/Tokyo' | LOAD 'auto_explain' | SELECT setseed(0.1) | CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1' | SELECT lo_create(4711) | NOTIFY x
{s}
-- name settings undone by a rollback
BEGIN; SET DateStyle = 'German'; SELECT min(created_at) FROM Orders
-- then
ROLLBACK
-- then
SELECT min(created_at) FROM Orders
-- name settings undone by a savepoint
BEGIN; SAVEPOINT a; SET DateStyle = 'German'; ROLLBACK TO a; SELECT min(created_at) FROM Orders
-- then
COMMIT
-- name settings kept by a commit
BEGIN; SET DateStyle = 'German'; COMMIT
-- then
SELECT min(created_at) FROM Orders
-- then
RESET DateStyle
-- then
SELECT min(created_at) FROM Orders
-- name a statement that fails between settings
SET DateStyle = 'German'; SELECT 1 / 0; SET TimeZone = 'Asia/Tokyo'
-- then
SELECT min(created_at) FROM Orders
-- name the sequence of random numbers
SELECT random() IS NULL, setseed(0.5)
