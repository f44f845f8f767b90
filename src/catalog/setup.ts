/**
 * Volatile functions that introspection uses and that can do no harm in an engine that holds no data. Every other volatile function is taken
 * from everyone: whatever writes, waits, reads files, changes settings or runs SQL of its own is among them. `%` ends a prefix.
 */
const VOLATILE_ALLOWED = (
  'clock_timestamp timeofday random gen_random_uuid uuidv4 uuidv7 pg_is_in_recovery pg_is_wal_replay_paused pg_lock_status pg_relation_size ' +
  'pg_total_relation_size pg_table_size pg_indexes_size pg_database_size pg_tablespace_size pg_sequence_last_value pg_stat_get_% ' +
  'pg_collation_actual_version pg_database_collation_actual_version pg_partition_% pg_advisory_unlock_all pg_jit_available ' +
  'pg_get_wait_events pg_last_xact_replay_timestamp pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_current_wal_lsn pg_relation_filenode ' +
  'pg_relation_filepath pg_options_to_table pg_tablespace_databases pg_tablespace_location pg_stat_clear_snapshot ' +
  'pg_backend_pid version set_config pg_terminate_backend pg_cancel_backend pg_stat_get_activity'
)
  .split(' ')
  .map((name) => `'${name.replaceAll('_', '\\_')}'`)
  .join(', ')

/** Sends what a client asks of its own sessions to the gateway: the code marks the notice, the message is `verb pid`. */
export const SIGNAL_CODE = 'RG001'

const signal = (name: string, parameters: string, verb: string): string => `
CREATE OR REPLACE FUNCTION pg_catalog.${name}(${parameters}) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $body$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.json_array_elements(pg_catalog.current_setting('rowgate.sessions')::pg_catalog.json) AS own
                 WHERE (own ->> 'pid')::pg_catalog.int4 = $1) THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'permission denied to ${verb} process',
      DETAIL = 'Only sessions of the same login can be reached.';
  END IF;
  RAISE NOTICE USING ERRCODE = '${SIGNAL_CODE}', MESSAGE = '${verb} ' || $1;
  RETURN true;
END $body$;`

/**
 * What turns a fresh database into the engine: functions about the server answer for the gateway's session, and what is volatile is refused.
 * Settings under `rowgate.` carry the session's facts; a client cannot change them, because nothing but SELECT reaches the engine.
 */
export const SETUP_SQL = `
DROP SCHEMA public CASCADE;
CREATE OR REPLACE FUNCTION pg_catalog.pg_backend_pid() RETURNS pg_catalog.int4 LANGUAGE sql STABLE AS
  $body$ SELECT pg_catalog.current_setting('rowgate.pid')::pg_catalog.int4 $body$;
CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS pg_catalog.text LANGUAGE sql STABLE AS
  $body$ SELECT pg_catalog.current_setting('rowgate.version') $body$;
CREATE OR REPLACE FUNCTION pg_catalog.set_config(pg_catalog.text, pg_catalog.text, pg_catalog.bool) RETURNS pg_catalog.text LANGUAGE sql VOLATILE AS
  $body$ SELECT $2 $body$;
${signal('pg_terminate_backend', 'pid pg_catalog.int4, timeout pg_catalog.int8 DEFAULT 0', 'terminate')}
${signal('pg_cancel_backend', 'pg_catalog.int4', 'cancel')}
DO $setup$
DECLARE
  one record;
  columns text;
BEGIN
  -- pg_stat_activity reads this function: one row for each session of the same login.
  SELECT pg_catalog.string_agg(
    CASE name
      WHEN 'pid' THEN 's.pid'
      WHEN 'datid' THEN '(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())'
      WHEN 'usesysid' THEN '(SELECT oid FROM pg_catalog.pg_authid WHERE rolname = pg_catalog.current_setting(''rowgate.user''))'
      WHEN 'application_name' THEN 's.application_name'
      WHEN 'state' THEN 's.state'
      WHEN 'query' THEN 's.query'
      WHEN 'backend_type' THEN '''client backend''::text'
      WHEN 'backend_start' THEN 's.backend_start'
      WHEN 'client_addr' THEN 's.client_addr'
      ELSE 'NULL::' || type
    END, ', ' ORDER BY place) INTO columns
  FROM (SELECT names.name, pg_catalog.format_type(types.type, NULL) AS type, names.place
        FROM pg_catalog.pg_proc p,
          LATERAL pg_catalog.unnest(p.proargnames) WITH ORDINALITY AS names (name, place),
          LATERAL pg_catalog.unnest(p.proallargtypes) WITH ORDINALITY AS types (type, place),
          LATERAL pg_catalog.unnest(p.proargmodes) WITH ORDINALITY AS modes (mode, place)
        WHERE p.proname = 'pg_stat_get_activity' AND names.place = types.place AND modes.place = names.place AND modes.mode = 'o') AS outs;
  SELECT 'CREATE OR REPLACE FUNCTION pg_catalog.pg_stat_get_activity(' || pg_catalog.pg_get_function_arguments(p.oid) || ') RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER AS '
    || pg_catalog.quote_literal('SELECT ' || columns || ' FROM pg_catalog.json_to_recordset(pg_catalog.current_setting(''rowgate.sessions'')::pg_catalog.json) '
      || 'AS s (pid int4, application_name text, state text, query text, backend_start timestamptz, client_addr inet) WHERE $1 IS NULL OR s.pid = $1') AS sql
    INTO one FROM pg_catalog.pg_proc p WHERE p.proname = 'pg_stat_get_activity';
  EXECUTE one.sql;
  FOR one IN SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc p
    WHERE p.provolatile = 'v' AND p.prokind = 'f' AND NOT (p.proname LIKE ANY (ARRAY[${VOLATILE_ALLOWED}]))
  LOOP
    EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || one.name || ' FROM PUBLIC';
  END LOOP;
END $setup$;
`

/** The name that the engine's only database has until it gets the gateway's. */
export const FIRST_DATABASE = 'postgres'
/** The engine's superuser, which owns the tables. */
export const OWNER = 'postgres'
