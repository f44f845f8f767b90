import { encodeQuery } from '../protocol/request.js'
import { quoteIdentifier, quoteLiteral } from '../sql/print/output.js'
import type { Installed } from './engine.js'
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
  /** Equal only for sessions of one user with the same claims. */
  readonly login: string
  /** Equal for sessions with the same claims, by whatever user name: the catalog's time is shared out among owners. */
  readonly owner: string
  readonly user: string
  readonly processId: number
  readonly version: string
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly sessions: readonly OwnSession[]
}

/** No OID that the engine gives by itself. */
const USER_OID = 4_000_000_000

/** Catalogs that hold a variant's objects or speak of them, and the columns by which. */
const HIDDEN_ROWS: Readonly<Record<string, readonly string[]>> = {
  pg_attribute: ['attrelid'],
  pg_attrdef: ['adrelid'],
  pg_index: ['indexrelid'],
  pg_trigger: ['oid'],
  pg_constraint: ['oid'],
  pg_description: ['objoid'],
  pg_depend: ['objid', 'refobjid'],
  pg_shdepend: ['objid'],
  pg_type: ['oid'],
  pg_class: ['oid'],
  pg_namespace: ['oid'],
}

/**
 * Everything that must be so before a client's statement runs, inside a transaction that is always rolled back: its variant is `public`, other
 * variants do not exist, its user is the only one besides the owner.
 */
export function enterFrame(
  session: CatalogSession,
  { schema }: Installed,
  others: readonly Installed[],
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

/** Takes every row of these variants out of the catalog, the parts that nobody names (TOAST, row types) among them. */
function hideSql(others: readonly Installed[]): readonly string[] {
  return Object.entries(HIDDEN_ROWS).map(([catalog, columns]) => {
    const conditions = columns.flatMap((column) =>
      others.map(({ firstOid, lastOid }) => `${column} BETWEEN ${firstOid} AND ${lastOid}`),
    )
    return `DELETE FROM pg_catalog.${catalog} WHERE ${conditions.join(' OR ')}`
  })
}

/** A name may have a dot; a list (search_path, DateStyle) is written as one. */
function setSql(name: string, value: string): string {
  const target = name.split('.').map(quoteIdentifier).join('.')
  if (name !== 'search_path') return `SET LOCAL ${target} = ${quoteLiteral(value)}`
  const schemas = value.split(',').map((schema) => schema.trim().replace(/^"(.*)"$/s, '$1'))
  return `SET LOCAL search_path = ${schemas.map((schema) => (schema === '' ? "''" : quoteIdentifier(schema))).join(', ')}`
}
