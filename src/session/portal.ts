import { PgError } from '../errors.js'
import { OWN_PORTAL } from './lease.js'
import { nothingGiven } from './result-limit.js'
import type { Portal, Prepared, SessionState } from './state.js'

/** @throws PgError duplicate_cursor; configuration_limit_exceeded */
export function requireFreePortal(state: SessionState, name: string): void {
  if (name === '') return
  if (name === OWN_PORTAL || state.portals.has(name) || state.catalogCursors.has(name))
    throw new PgError('duplicate_cursor', `cursor "${name}" already exists`)
  if (state.portals.size + state.catalogCursors.size < state.limits.portalsMax) return
  throw new PgError(
    'configuration_limit_exceeded',
    `a session may keep ${state.limits.portalsMax} portals open`,
    { hint: 'Close those that are no longer needed.' },
  )
}

/** What the values of a session's portals over the catalog may take together, in bytes. */
const VALUES_BYTES_MAX = 4_194_304

/** Copies of the values that a portal keeps, because they are views of all that came with them. @throws PgError configuration_limit_exceeded */
export function keptValues(
  state: SessionState,
  values: readonly (Buffer | null)[],
): readonly (Buffer | null)[] {
  const bytesOf = (list: readonly (Buffer | null)[]): number =>
    list.reduce((sum, value) => sum + (value?.length ?? 0), 0)
  const others = [...state.portals.values()].reduce((sum, portal) => sum + bytesOf(portal.values), 0)
  if (others + bytesOf(values) > VALUES_BYTES_MAX)
    throw new PgError(
      'configuration_limit_exceeded',
      `values of portals over the catalog may take ${VALUES_BYTES_MAX} bytes`,
      { hint: 'Close portals that are no longer needed, or bind shorter values.' },
    )
  return values.map((value) => (value === null ? null : Buffer.from(value)))
}

export function createPortal(
  state: SessionState,
  prepared: Prepared,
  bound: Partial<Pick<Portal, 'values' | 'formats' | 'resultFormats' | 'cursor'>>,
): Portal {
  const { values = [], formats = [], resultFormats = [], cursor } = bound
  return {
    prepared,
    values,
    formats,
    resultFormats,
    cursor,
    depth: state.savepoints.length,
    kept: false,
    done: false,
    answer: undefined,
    reply: undefined,
    sent: 0,
    given: nothingGiven(),
  }
}

/** Forgets a portal that the upstream has closed, or never had. */
export function closePortal(state: SessionState, name: string): void {
  state.portals.delete(name)
  state.heldCursors.delete(name)
}
