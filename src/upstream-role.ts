import type { Connection } from './upstream/connection.js'

/** Powers that the upstream role should not have, and what each would let a defect of the gateway become. A superuser has them all. */
const POWERS_SQL = `
SELECT power FROM pg_catalog.pg_roles r, LATERAL (VALUES
  (r.rolsuper, 'is a superuser'),
  (NOT r.rolsuper AND EXISTS (SELECT FROM pg_catalog.pg_roles s WHERE s.rolsuper AND pg_catalog.pg_has_role(s.oid, 'MEMBER')), 'may become a superuser'),
  (NOT r.rolsuper AND r.rolbypassrls, 'bypasses row security (BYPASSRLS)'),
  (NOT r.rolsuper AND r.rolcreaterole, 'may create roles (CREATEROLE)'),
  (NOT r.rolsuper AND r.rolcreatedb, 'may create databases (CREATEDB)'),
  (NOT r.rolsuper AND r.rolreplication, 'may replicate (REPLICATION)'),
  (NOT r.rolsuper AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), 'may create schemas in the database (CREATE)'),
  (NOT r.rolsuper AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP'), 'may create temporary tables (TEMP)'),
  (NOT r.rolsuper AND EXISTS (SELECT FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_(toast|temp)' AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')), 'may create objects in a schema (CREATE)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_read_all_data', 'MEMBER'), 'reads every table (pg_read_all_data)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_write_all_data', 'MEMBER'), 'writes every table (pg_write_all_data)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_read_all_stats', 'MEMBER'), 'reads everybody''s statistics (pg_read_all_stats)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_read_all_settings', 'MEMBER'), 'reads every setting (pg_read_all_settings)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_signal_backend', 'MEMBER'), 'cancels what others run (pg_signal_backend)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_read_server_files', 'MEMBER'), 'reads files of the server (pg_read_server_files)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_write_server_files', 'MEMBER'), 'writes files of the server (pg_write_server_files)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_execute_server_program', 'MEMBER'), 'runs programs on the server (pg_execute_server_program)'),
  (NOT r.rolsuper AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = r.oid), 'owns tables or views, whose row security it does not obey'),
  (NOT r.rolsuper AND EXISTS (SELECT FROM pg_catalog.pg_class c
    WHERE c.relkind IN ('r', 'p', 'v') AND c.relowner <> r.oid AND c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
    AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')), 'may write tables')
) AS powers (held, power) WHERE r.rolname = current_user AND held`

/** What the role that the gateway is upstream may do beyond reading, in words; empty for one that was set up by docs/upstream-role.sql. */
export async function unsafePowers(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query(POWERS_SQL)
  return rows.map(([power]) => power ?? '')
}
