import { encodeQuery } from '../protocol/request.js'
import type { Installed } from './engine.js'
import { quoteIdentifier, quoteLiteral } from './quote.js'
import { OWNER } from './setup.js'

/** A session of the same login, as pg_stat_activity shows it. */
export interface OwnSession {
  readonly pid: number
  readonly application_name: string
  readonly state: string
  readonly query: string
  /** ISO 8601. */
  readonly backend_start: string
  readonly client_addr: string | null
}

/** Who asks, and how the session's settings stand. */
export interface CatalogSession {
  readonly user: string
  readonly processId: number
  readonly version: string
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly sessions: readonly OwnSession[]
}

/** No OID that the engine gives by itself. */
const USER_OID = 4_000_000_000

/** Catalogs that mention a schema's objects, and how their rows are found. `hidden` holds the relations. */
const HIDDEN_ROWS = [
  'pg_attribute WHERE attrelid IN (SELECT oid FROM hidden)',
  'pg_attrdef WHERE adrelid IN (SELECT oid FROM hidden)',
  'pg_index WHERE indrelid IN (SELECT oid FROM hidden)',
  'pg_trigger WHERE tgrelid IN (SELECT oid FROM hidden)',
  'pg_constraint WHERE connamespace IN (SELECT oid FROM namespaces)',
  "pg_description WHERE (classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objoid IN (SELECT oid FROM hidden)) OR objoid IN (SELECT oid FROM namespaces)",
  'pg_type WHERE typnamespace IN (SELECT oid FROM namespaces)',
  'pg_depend WHERE objid IN (SELECT oid FROM hidden) OR refobjid IN (SELECT oid FROM hidden) OR refobjid IN (SELECT oid FROM namespaces)',
  'pg_class WHERE relnamespace IN (SELECT oid FROM namespaces)',
  'pg_namespace WHERE oid IN (SELECT oid FROM namespaces)',
]

/**
 * Everything that must be so before a client's statement runs, inside a transaction that is always rolled back: its variant is `public`, other
 * variants do not exist, its user is the only one besides the owner.
 */
export function enterFrame(
  session: CatalogSession,
  { schema }: Installed,
  others: readonly string[],
): Buffer {
  const facts: readonly (readonly [string, string])[] = [
    ['rowgate.pid', String(session.processId)],
    ['rowgate.version', session.version],
    ['rowgate.user', session.user],
    ['rowgate.sessions', JSON.stringify(session.sessions)],
    ...session.settings,
    ['client_min_messages', 'notice'],
  ]
  return encodeQuery(
    [
      'BEGIN',
      ...(others.length === 0 ? [] : hideSql(others)),
      `UPDATE pg_catalog.pg_namespace SET nspname = 'public' WHERE nspname = ${quoteLiteral(schema)}`,
      // Roles of Postgres' own, the owner among them, give way to a user of their name, who must not become them.
      `UPDATE pg_catalog.pg_authid SET rolname = rolname || '_owner' WHERE rolname = ${quoteLiteral(session.user)}`,
      'INSERT INTO pg_catalog.pg_authid (oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit) ' +
        `VALUES (${USER_OID}, ${quoteLiteral(session.user)}, false, true, false, false, true, false, false, -1)`,
      ...facts.map(([name, value]) => setSql(name, value)),
      `SET LOCAL SESSION AUTHORIZATION ${quoteIdentifier(session.user)}`,
      'SET LOCAL transaction_read_only = on',
    ].join(';\n'),
  )
}

/** Ends it. A rollback alone does not give the session back to the owner. */
export const LEAVE_FRAME = encodeQuery(`ROLLBACK;\nSET SESSION AUTHORIZATION ${OWNER}`)

function hideSql(schemas: readonly string[]): readonly string[] {
  return [
    `CREATE TEMP TABLE namespaces ON COMMIT DROP AS SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN (${schemas.map(quoteLiteral).join(', ')})`,
    'CREATE TEMP TABLE hidden ON COMMIT DROP AS SELECT oid FROM pg_catalog.pg_class WHERE relnamespace IN (SELECT oid FROM namespaces)',
    ...HIDDEN_ROWS.map((rows) => `DELETE FROM pg_catalog.${rows}`),
    'DROP TABLE hidden, namespaces',
  ]
}

/** A name may have a dot; a list (search_path, DateStyle) is written as one. */
function setSql(name: string, value: string): string {
  const target = name.split('.').map(quoteIdentifier).join('.')
  if (name !== 'search_path') return `SET LOCAL ${target} = ${quoteLiteral(value)}`
  const schemas = value.split(',').map((schema) => schema.trim().replace(/^"(.*)"$/s, '$1'))
  return `SET LOCAL search_path = ${schemas.map((schema) => (schema === '' ? "''" : quoteIdentifier(schema))).join(', ')}`
}
