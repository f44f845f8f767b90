import type { Claims, SecurityContext } from '../auth/context.js'
import { printJson } from '../auth/json.js'
import { PgError } from '../errors.js'
import { quoteLiteral } from '../sql/print/output.js'

export interface WallOptions {
  /** The claim that names the upstream role to act as; undefined: the gateway's own. */
  readonly roleClaim: string | undefined
  /** Whether the upstream is told the claims, as `request.jwt.claims` (the name that PostgREST uses). */
  readonly claims: boolean
}

/**
 * What a context's transactions begin with upstream, so that row security of the database's own holds beneath the gateway: its role and its
 * claims, until the transaction ends. Undefined if the operator wants neither.
 *
 * @throws PgError insufficient_privilege if the claim that names the role is missing or is no name
 */
export function wallSql({ claims }: SecurityContext, options: WallOptions): string | undefined {
  const settings = [
    ...(options.claims ? [['request.jwt.claims', printJson(claims)] as const] : []),
    ...(options.roleClaim === undefined ? [] : [['role', roleOf(claims, options.roleClaim)] as const]),
  ]
  if (settings.length === 0) return undefined
  const calls = settings.map(
    ([name, value]) => `pg_catalog.set_config('${name}', ${quoteLiteral(value)}, true)`,
  )
  return `SELECT ${calls.join(', ')}`
}

function roleOf(claims: Claims, name: string): string {
  const role = Object.hasOwn(claims, name) ? claims[name] : undefined
  // `none` would mean the gateway's own role.
  if (typeof role === 'string' && role !== '' && role.length <= 63 && role.toLowerCase() !== 'none')
    return role
  throw new PgError('insufficient_privilege', `the claim "${name}" names no role of the database`, {
    hint: 'The rows that you may see depend on it. Ask whoever issues your token.',
  })
}
