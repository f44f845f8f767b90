import { PgError } from '../errors.js'
import type { Node } from '../sql/tree.js'
import { hiddenSteps } from './lease.js'
import { closePortal, createPortal, requireFreePortal } from './portal.js'
import { type Given, nothingGiven } from './result-limit.js'
import type { Command, SessionState } from './state.js'
import { takeConnection } from './upstream-command.js'
import type { UpstreamStatement } from './upstream-statement.js'

type DeclareNode = Extract<Node, { DeclareCursorStmt: unknown }>
type CursorCommand = Extract<Command, { kind: 'cursor' }>

/** Bits of DeclareCursorStmt.options (parsenodes.h). */
const CURSOR_BINARY = 0x01
const CURSOR_SCROLL = 0x02
const CURSOR_NO_SCROLL = 0x04
const CURSOR_HOLD = 0x20

/**
 * The upstream is asked for cursors and portals of this session only: whatever else a connection may hold under that name is nobody's
 * business. @throws PgError invalid_cursor_name
 */
export function requireCursor(state: SessionState, node: Node): void {
  if ('DeclareCursorStmt' in node) return
  if (state.lease.current() !== undefined && state.portals.has(cursorName(node))) return
  if ('ClosePortalStmt' in node && node.ClosePortalStmt.portalname === undefined) return
  throw new PgError('invalid_cursor_name', `cursor "${cursorName(node)}" does not exist`)
}

/** A cursor ends with its transaction, so that without a block nobody could fetch from it. @throws PgError */
export function requireDeclarable(state: SessionState, node: DeclareNode): void {
  requireFreePortal(state, cursorName(node))
  if (state.transaction.status !== 'I' || isHeld(node) || state.implicitBlock) return
  throw new PgError('no_active_sql_transaction', 'DECLARE CURSOR can only be used in transaction blocks')
}

export function isHeld({ DeclareCursorStmt: { options = 0 } }: DeclareNode): boolean {
  return (options & CURSOR_HOLD) !== 0
}

/**
 * Where nobody wrote whether a cursor scrolls, Postgres decides by its plan, and the plan by how many rows everybody has. Here it does not.
 */
export function scrollOptions({ DeclareCursorStmt: { options = 0 } }: DeclareNode): number {
  return (options & (CURSOR_SCROLL | CURSOR_NO_SCROLL)) === 0 ? options | CURSOR_NO_SCROLL : options
}

/** The same for a cursor that the upstream is to hold. @throws PgError */
export async function requireCursorBlock(state: SessionState, node: Node): Promise<void> {
  if (!('DeclareCursorStmt' in node)) return
  requireDeclarable(state, node)
  if (state.transaction.status !== 'I' || isHeld(node)) return
  // To the upstream a text of several statements is a pipeline, which becomes a block with its second statement; a Parse is none.
  state.batch.before(await takeConnection(state), hiddenSteps('SHOW transaction_isolation'))
}

/** The statement as it stands when it is run: a FETCH that was prepared before may find another cursor under its name. */
export function cursorStatement(state: SessionState, { node, statement }: CursorCommand): UpstreamStatement {
  if ('DeclareCursorStmt' in node) return statement
  const declared = state.portals.get(cursorName(node))?.prepared.command
  return {
    ...statement,
    errorsAreOwn: declared?.kind === 'upstream' && declared.statement.errorsAreOwn,
  }
}

/** A cursor is a portal, too. */
export function noteCursor(state: SessionState, { node, statement }: CursorCommand, text: string): void {
  const name = cursorName(node)
  if ('DeclareCursorStmt' in node) {
    const { options = 0 } = node.DeclareCursorStmt
    const hold = isHeld(node)
    if (hold) state.heldCursors.add(name)
    const cursor = { hold, binary: (options & CURSOR_BINARY) !== 0 }
    const command = { kind: 'upstream', statement } as const
    const prepared = { text, command, declaredOids: [], described: undefined }
    state.portals.set(name, createPortal(state, prepared, { cursor }))
  }
  if (!('ClosePortalStmt' in node)) return
  if (node.ClosePortalStmt.portalname !== undefined) return closePortal(state, name)
  state.portals.clear()
  state.heldCursors.clear()
  state.catalogCursors.clear()
}

/** Whether a FETCH gives binary values although the simple protocol knows of none. */
export function fetchesBinary(state: SessionState, node: Node): boolean {
  return 'FetchStmt' in node && state.portals.get(cursorName(node))?.cursor?.binary === true
}

/** What a cursor has given so far, over all of its FETCHes. */
export function givenBy(state: SessionState, node: Node): Given {
  return state.portals.get(cursorName(node))?.given ?? nothingGiven()
}

function cursorName(node: Node): string {
  if ('DeclareCursorStmt' in node) return node.DeclareCursorStmt.portalname ?? ''
  if ('FetchStmt' in node) return node.FetchStmt.portalname ?? ''
  return 'ClosePortalStmt' in node ? (node.ClosePortalStmt.portalname ?? '') : ''
}
