import { PgError } from '../errors.js'
import { OWN_PORTAL } from './lease.js'
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
  }
}

/** Forgets a portal that the upstream has closed, or never had. */
export function closePortal(state: SessionState, name: string): void {
  state.portals.delete(name)
  state.heldCursors.delete(name)
}
