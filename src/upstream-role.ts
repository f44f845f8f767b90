import type { Connection } from './upstream/connection.js'

/** Powers that the upstream role should not have, and what each would let a defect of the gateway become. */
const POWERS_SQL = `
SELECT power FROM pg_catalog.pg_roles r, LATERAL (VALUES
  (r.rolsuper, 'is a superuser'),
  (r.rolbypassrls AND NOT r.rolsuper, 'bypasses row security (BYPASSRLS)'),
  (r.rolcreaterole AND NOT r.rolsuper, 'may create roles'),
  (r.rolreplication AND NOT r.rolsuper, 'may replicate'),
  (NOT r.rolsuper AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), 'may create schemas in the database'),
  (NOT r.rolsuper AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP'), 'may create temporary tables'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_read_all_stats', 'MEMBER'), 'reads everybody''s statistics (pg_read_all_stats)'),
  (NOT r.rolsuper AND pg_catalog.pg_has_role('pg_read_server_files', 'MEMBER'), 'reads files of the server'),
  (NOT r.rolsuper AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')), 'owns tables')
) AS powers (held, power) WHERE r.rolname = current_user AND held`

/** What the role that the gateway is upstream may do beyond reading, in words; empty for one that was set up as SECURITY.md says. */
export async function unsafePowers(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.query(POWERS_SQL)
  return rows.map(([power]) => power ?? '')
}
