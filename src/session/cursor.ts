import { PgError } from '../errors.js'
import type { Node } from '../sql/tree.js'
import type { SessionState } from './state.js'

export const CURSOR_HOLD = 0x20

/** Without a connection there is no cursor; a connection of the pool must not be asked for another session's. */
export function requireCursor(state: SessionState, node: Node): void {
  if (state.lease.current() !== undefined || 'DeclareCursorStmt' in node) return
  if ('ClosePortalStmt' in node && node.ClosePortalStmt.portalname === undefined) return
  const name =
    'FetchStmt' in node
      ? node.FetchStmt.portalname
      : 'ClosePortalStmt' in node
        ? node.ClosePortalStmt.portalname
        : ''
  throw new PgError('invalid_cursor_name', `cursor "${name}" does not exist`)
}

/** Remembers cursors that outlive their transaction, because their connection must stay the session's. */
export function noteCursor(state: SessionState, node: Node): void {
  if ('DeclareCursorStmt' in node && ((node.DeclareCursorStmt.options ?? 0) & CURSOR_HOLD) !== 0) {
    state.heldCursors.add(node.DeclareCursorStmt.portalname ?? '')
  }
  if (!('ClosePortalStmt' in node)) return
  const { portalname } = node.ClosePortalStmt
  if (portalname !== undefined) return void state.heldCursors.delete(portalname)
  state.heldCursors.clear()
  state.catalogCursors.clear()
}
