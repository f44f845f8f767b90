import type { Connection } from './upstream/connection.js'

/**
 * Which functions of ROWGATE_FUNCTIONS_ALLOWED the upstream role cannot call, because they are not there or not granted to it.
 *
 * @param names each a schema.name of plain lower-case identifiers, as the settings take them
 */
export async function missingFunctions(
  connection: Connection,
  names: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (names.size === 0) return []
  const rows = await connection.query(`
SELECT name FROM (VALUES ${[...names].map((name) => `('${name}')`).join(', ')}) AS allowed (name)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname || '.' || p.proname = name
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE'))`)
  return rows.map(([name]) => name ?? '')
}
