import { PgError } from '../errors.js'
import type { Node } from '../sql/tree.js'
import type { SessionState } from './state.js'
import type { UpstreamStatement } from './upstream-statement.js'

export const CURSOR_HOLD = 0x20

/** Without a connection there is no cursor; a connection of the pool must not be asked for another session's. */
export function requireCursor(state: SessionState, node: Node, inImplicitBlock = false): void {
  if ('DeclareCursorStmt' in node) {
    const held = ((node.DeclareCursorStmt.options ?? 0) & CURSOR_HOLD) !== 0
    if (held || inImplicitBlock || state.transaction.status !== 'I') return
    throw new PgError('no_active_sql_transaction', 'DECLARE CURSOR can only be used in transaction blocks')
  }
  if (state.lease.current() !== undefined) return
  if ('ClosePortalStmt' in node && node.ClosePortalStmt.portalname === undefined) return
  const name =
    'FetchStmt' in node
      ? node.FetchStmt.portalname
      : 'ClosePortalStmt' in node
        ? node.ClosePortalStmt.portalname
        : ''
  throw new PgError('invalid_cursor_name', `cursor "${name}" does not exist`)
}

/** The statement behind a cursor of SQL, which is a portal of the protocol, too. */
export function sqlCursor(state: SessionState, name: string): UpstreamStatement | undefined {
  return state.lease.current() === undefined ? undefined : state.sqlCursors.get(name)
}

/** Remembers cursors that outlive their transaction, because their connection must stay the session's. */
export function noteCursor(state: SessionState, node: Node, statement: UpstreamStatement): void {
  if ('DeclareCursorStmt' in node) state.sqlCursors.set(node.DeclareCursorStmt.portalname ?? '', statement)
  if ('DeclareCursorStmt' in node && ((node.DeclareCursorStmt.options ?? 0) & CURSOR_HOLD) !== 0) {
    state.heldCursors.add(node.DeclareCursorStmt.portalname ?? '')
  }
  if (!('ClosePortalStmt' in node)) return
  const { portalname } = node.ClosePortalStmt
  if (portalname !== undefined) {
    state.heldCursors.delete(portalname)
    state.sqlCursors.delete(portalname)
    return
  }
  state.sqlCursors.clear()
  state.heldCursors.clear()
  state.catalogCursors.clear()
}
