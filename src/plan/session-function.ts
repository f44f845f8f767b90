import type { FuncCall } from '../sql/tree.js'
import { namesOf } from './node.js'

/** Functions about the session, which Rowgate answers itself: upstream's answers would be about the pooled connection. */
const SESSION_FUNCTIONS = new Set([
  'current_database',
  'current_schema',
  'pg_backend_pid',
  'version',
  'pg_is_in_recovery',
])

/** What the tree of a plain call holds; with FILTER or OVER it is none that Postgres would answer. */
const PLAIN = new Set(['funcname', 'funcformat', 'location'])

/** Whether a call has no arguments and asks about the session. */
export function isSessionFunction(call: FuncCall): boolean {
  const names = namesOf(call.funcname)
  if (names.length > 2 || (names.length === 2 && names[0] !== 'pg_catalog')) return false
  return Object.keys(call).every((key) => PLAIN.has(key)) && SESSION_FUNCTIONS.has(names.at(-1) ?? '')
}
