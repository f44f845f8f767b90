/**
 * Volatile functions that introspection uses and that can do no harm in an engine that holds no data. Every other volatile function is taken
 * from everyone: whatever writes, waits, reads files, changes settings or runs SQL of its own is among them. `%` ends a prefix.
 */
const VOLATILE_ALLOWED = (
  'clock_timestamp timeofday random gen_random_uuid uuidv4 uuidv7 pg_is_in_recovery pg_is_wal_replay_paused ' +
  'pg_sequence_last_value pg_partition_% ' +
  'pg_collation_actual_version pg_database_collation_actual_version pg_advisory_unlock_all pg_jit_available ' +
  'pg_get_wait_events pg_last_xact_replay_timestamp pg_relation_filenode ' +
  'pg_relation_filepath pg_options_to_table pg_tablespace_databases pg_tablespace_location pg_stat_clear_snapshot ' +
  'set_config pg_terminate_backend pg_cancel_backend'
)
  .split(' ')
  .map((name) => `'${name.replaceAll('_', '\\_')}'`)
  .join(', ')

/**
 * Functions that count what was done to the engine, or say how large or old it is: by whoever, so that they would tell one login of another.
 * They are replaced by ones that always answer as if nothing had happened: 0, NULL, or no rows. Written as names, of which `%` ends a prefix, or
 * as signatures.
 */
const QUIET = [
  'pg_stat_get_%',
  ...'pg_lock_status pg_current_snapshot txid_current_snapshot pg_current_wal_lsn pg_last_wal_receive_lsn pg_last_wal_replay_lsn'.split(
    ' ',
  ),
  ...'pg_current_xact_id pg_current_xact_id_if_assigned txid_current txid_current_if_assigned mxid_age age(xid)'.split(
    ' ',
  ),
  ...'pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_database_size pg_tablespace_size'.split(
    ' ',
  ),
  ...'pg_postmaster_start_time pg_conf_load_time'.split(' '),
]
  .map((name) => `'${name.replaceAll('_', '\\_')}'`)
  .join(', ')

/** A moment and a transaction for those who need one. */
const START_TIME = '2000-01-01 00:00:00+00'
const TRANSACTION = 1_000

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

const nameOf = (signature: string): string => signature.slice(0, signature.indexOf('('))

const rename = (signature: string): string =>
  `ALTER FUNCTION pg_catalog.${signature} RENAME TO rowgate_${nameOf(signature)};`

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
  FOR one IN SELECT p.oid::pg_catalog.regprocedure AS signature, p.proname AS name, p.proretset AS many, p.prorettype::pg_catalog.regtype AS type,
      pg_catalog.pg_get_function_arguments(p.oid) AS arguments, pg_catalog.pg_get_function_result(p.oid) AS result,
      (SELECT pg_catalog.array_agg(types.type::pg_catalog.regtype ORDER BY types.place)
       FROM pg_catalog.unnest(p.proallargtypes) WITH ORDINALITY AS types (type, place), pg_catalog.unnest(p.proargmodes) WITH ORDINALITY AS modes (mode, place)
       WHERE types.place = modes.place AND modes.mode = 'o') AS outs
    FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND p.prokind = 'f' AND p.proname <> 'pg_stat_get_activity'
      AND (p.proname LIKE ANY (ARRAY[${QUIET}]) OR p.oid::pg_catalog.regprocedure::pg_catalog.text LIKE ANY (ARRAY[${QUIET}]))
  LOOP
    EXECUTE 'ALTER FUNCTION ' || one.signature || ' RENAME TO ' || pg_catalog.quote_ident('rowgate_' || one.name);
    EXECUTE 'CREATE FUNCTION pg_catalog.' || one.name || '(' || one.arguments || ') RETURNS ' || one.result || ' LANGUAGE sql STABLE AS '
      || pg_catalog.quote_literal('SELECT ' || (SELECT pg_catalog.string_agg(
          CASE WHEN one.name IN ('pg_postmaster_start_time', 'pg_conf_load_time') THEN 'timestamptz ''${START_TIME}'''
            WHEN one.name LIKE 'txid\\_current%' AND t = 'int8'::pg_catalog.regtype THEN '${TRANSACTION}::int8'
            WHEN t = 'xid8'::pg_catalog.regtype THEN '''${TRANSACTION}''::xid8'
            WHEN t = ANY ('{pg_snapshot,txid_snapshot}'::pg_catalog.regtype[]) THEN '''${TRANSACTION}:${TRANSACTION}:''::' || t
            WHEN t = 'pg_lsn'::pg_catalog.regtype THEN '''0/${TRANSACTION}''::pg_lsn'
            WHEN t = ANY ('{int4,int8,float8,numeric}'::pg_catalog.regtype[]) THEN '0::' || t ELSE 'NULL::' || t END, ', ' ORDER BY place)
        FROM pg_catalog.unnest(coalesce(one.outs, ARRAY[one.type])) WITH ORDINALITY AS u (t, place)) || CASE WHEN one.many THEN ' WHERE false' ELSE '' END);
  END LOOP;
  -- Views that read any of the old functions must read the new ones.
  FOR one IN SELECT c.relnamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(c.relname) AS name, pg_catalog.pg_get_viewdef(c.oid) AS body FROM pg_catalog.pg_class c
    WHERE c.relkind = 'v' AND pg_catalog.pg_get_viewdef(c.oid) LIKE '%rowgate\\_%'
  LOOP
    EXECUTE 'CREATE OR REPLACE VIEW ' || one.name || ' AS ' || pg_catalog.replace(one.body, 'rowgate_', '');
  END LOOP;
  -- Nothing reads the old counters any more.
  WITH gone AS (
    DELETE FROM pg_catalog.pg_proc WHERE proname LIKE 'rowgate\\_%' AND proname <> ALL (ARRAY[${REPLACED.map((signature) => `'rowgate_${nameOf(signature)}'`).join(', ')}]) RETURNING oid)
  DELETE FROM pg_catalog.pg_description USING gone WHERE classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND objoid = gone.oid;
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
