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
  'set_config pg_terminate_backend pg_cancel_backend'
)
  .split(' ')
  .map((name) => `'${name.replaceAll('_', '\\_')}'`)
  .join(', ')

/** Sends what a client asks of its own sessions to the gateway: the code marks the notice, the message is `verb pid`. */
export const SIGNAL_CODE = 'RG001'

const signal = (name: string, parameters: string, verb: string): string => `
CREATE FUNCTION pg_catalog.${name}(${parameters}) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $body$
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
 * Functions that are answered for the gateway's session. Postgres runs a built-in function by its OID, whatever pg_proc says of its body, so
 * the built-in one is renamed and closed to everyone, and another takes its name.
 */
const REPLACED = [
  'pg_backend_pid()',
  'version()',
  'set_config(text, text, boolean)',
  'pg_terminate_backend(integer, bigint)',
  'pg_cancel_backend(integer)',
  'pg_stat_get_activity(integer)',
]

/** Views that read pg_stat_get_activity, and must read the new one. */
const ACTIVITY_VIEWS = ['pg_stat_activity', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_replication']

const rename = (signature: string): string =>
  `ALTER FUNCTION pg_catalog.${signature} RENAME TO rowgate_${signature.slice(0, signature.indexOf('('))};`

/**
 * What turns a fresh database into the engine: functions about the server answer for the gateway's session, and what is volatile is refused.
 * Settings under `rowgate.` carry the session's facts; a client cannot change them, because nothing but SELECT and SHOW reaches the engine.
 */
export const SETUP_SQL = `
DROP SCHEMA public CASCADE;
${REPLACED.map(rename).join('\n')}
CREATE FUNCTION pg_catalog.pg_backend_pid() RETURNS pg_catalog.int4 LANGUAGE sql STABLE AS
  $body$ SELECT pg_catalog.current_setting('rowgate.pid')::pg_catalog.int4 $body$;
CREATE FUNCTION pg_catalog.version() RETURNS pg_catalog.text LANGUAGE sql STABLE AS
  $body$ SELECT pg_catalog.current_setting('rowgate.version') $body$;
CREATE FUNCTION pg_catalog.set_config(pg_catalog.text, pg_catalog.text, pg_catalog.bool) RETURNS pg_catalog.text LANGUAGE sql VOLATILE AS
  $body$ SELECT $2 $body$;
${signal('pg_terminate_backend', 'pid pg_catalog.int4, timeout pg_catalog.int8 DEFAULT 0', 'terminate')}
${signal('pg_cancel_backend', 'pid pg_catalog.int4', 'cancel')}
DO $setup$
DECLARE
  one record;
BEGIN
  -- One row for each session of the same login; of columns that are not known, NULL.
  SELECT pg_catalog.string_agg(
      CASE name
        WHEN 'pid' THEN 's.pid'
        WHEN 'datid' THEN '(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())'
        WHEN 'usesysid' THEN '(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = pg_catalog.current_setting(''rowgate.user''))'
        WHEN 'application_name' THEN 's.application_name'
        WHEN 'state' THEN 's.state'
        WHEN 'query' THEN 's.query'
        WHEN 'backend_type' THEN '''client backend''::pg_catalog.text'
        WHEN 'backend_start' THEN 's.backend_start'
        WHEN 'client_addr' THEN 's.client_addr'
        WHEN 'ssl' THEN 'false'
        WHEN 'gss_auth' THEN 'false'
        WHEN 'gss_enc' THEN 'false'
        WHEN 'gss_delegation' THEN 'false'
        ELSE 'NULL::' || type
      END, ', ' ORDER BY place) AS chosen,
    pg_catalog.string_agg(pg_catalog.quote_ident(name) || ' ' || type, ', ' ORDER BY place) AS declared
  INTO one
  FROM (SELECT names.name, pg_catalog.format_type(types.type, NULL) AS type, names.place
        FROM pg_catalog.pg_proc p,
          LATERAL pg_catalog.unnest(p.proargnames) WITH ORDINALITY AS names (name, place),
          LATERAL pg_catalog.unnest(p.proallargtypes) WITH ORDINALITY AS types (type, place),
          LATERAL pg_catalog.unnest(p.proargmodes) WITH ORDINALITY AS modes (mode, place)
        WHERE p.proname = 'rowgate_pg_stat_get_activity' AND names.place = types.place AND modes.place = names.place AND modes.mode = 'o') AS outs;
  EXECUTE 'CREATE FUNCTION pg_catalog.pg_stat_get_activity(of_pid int4) RETURNS TABLE (' || one.declared || ') LANGUAGE sql STABLE AS '
    || pg_catalog.quote_literal('SELECT ' || one.chosen || ' FROM pg_catalog.json_to_recordset(pg_catalog.current_setting(''rowgate.sessions'')::pg_catalog.json) '
      || 'AS s (pid int4, application_name text, state text, query text, backend_start timestamptz, client_addr inet) WHERE $1 IS NULL OR s.pid = $1');
  FOR one IN SELECT c.relname AS name, pg_catalog.pg_get_viewdef(c.oid) AS body FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relname IN (${ACTIVITY_VIEWS.map((name) => `'${name}'`).join(', ')})
  LOOP
    EXECUTE 'CREATE OR REPLACE VIEW pg_catalog.' || one.name || ' AS ' || pg_catalog.replace(one.body, 'rowgate_pg_stat_get_activity', 'pg_stat_get_activity');
  END LOOP;
  FOR one IN SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc p
    WHERE p.prokind = 'f' AND ((p.provolatile = 'v' AND NOT (p.proname LIKE ANY (ARRAY[${VOLATILE_ALLOWED}]))) OR p.proname LIKE 'rowgate\\_%')
  LOOP
    EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || one.name || ' FROM PUBLIC';
  END LOOP;
END $setup$;
`

/** The name that the engine's only database has until it gets the gateway's. */
export const FIRST_DATABASE = 'postgres'
/** The engine's superuser, which owns the tables. */
export const OWNER = 'postgres'
