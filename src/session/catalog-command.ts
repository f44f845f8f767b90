import type { CatalogValues } from '../catalog/catalog.js'
import type { CatalogReply } from '../catalog/reply.js'
import { PgError } from '../errors.js'
import {
  decodeRowDescription,
  encodeCommandComplete,
  encodeRowDescription,
  NO_DATA,
  PORTAL_SUSPENDED,
} from '../protocol/backend.js'
import type { FormatCode } from '../protocol/message.js'
import { rowsOfTag } from './audit.js'
import { fetchRows } from './catalog-cursor.js'
import { isHeld, requireDeclarable } from './cursor.js'
import { countFrames, nothingGiven } from './result-limit.js'
import { setOne } from './setting-command.js'
import { sleep } from './sleep.js'
import type { Command, Portal, SessionState } from './state.js'

type CatalogCommand = Extract<Command, { kind: 'catalog' }>
type CursorCommand = Extract<Command, { kind: 'catalog-cursor' }>

/** Asks the catalog. What was asked of the upstream before is answered first, because it may fail and so keep this one from running. */
export async function askCatalog(
  state: SessionState,
  { statement, settings, delayMs }: CatalogCommand,
  values: CatalogValues,
): Promise<CatalogReply> {
  if (state.batch.waiting()) await state.batch.settle({ sync: false })
  // A value that may not be set must keep the whole statement from running.
  for (const { name, value, local } of settings) await setOne(state, name, value, local)
  if (delayMs !== undefined) await sleep(state, delayMs)
  const reply = await state.catalog.run({ ...statement, ...values })
  countFrames(state, nothingGiven(), reply.rows)
  const entry = state.account.current()
  if (entry !== undefined) {
    entry.rows += rowsOfTag(reply.tag)
    entry.endedAtMs = state.nowMs()
  }
  return reply
}

/** Checks that a session may hold one more answer for a portal or cursor. @throws PgError configuration_limit_exceeded */
export function requireAnswerRoom(state: SessionState, reply: CatalogReply): void {
  const held = [...state.catalogCursors.values(), ...state.portals.values()]
  const bytes = held.reduce((sum, { reply: other }) => sum + (other?.bytes ?? 0), reply.bytes)
  if (bytes <= state.limits.answerBytesMax) return
  throw new PgError(
    'configuration_limit_exceeded',
    `a session may hold ${state.limits.answerBytesMax} bytes of the catalog's answers`,
    { hint: 'Close portals and cursors that are no longer needed.' },
  )
}

/** All of an answer as the simple protocol gives it. */
export function answerWhole(state: SessionState, { rowDescription, rows, tag }: CatalogReply): void {
  if (rowDescription !== undefined) state.batch.local(rowDescription)
  state.batch.local(Buffer.concat([...rows, encodeCommandComplete(tag)]))
}

/**
 * The next rows of a portal, at most `rowsMax` (0 for all). The tag counts the rows of this Execute only, as Postgres' does.
 */
export function answerPortion(
  state: SessionState,
  portal: Portal,
  reply: CatalogReply,
  rowsMax: number,
): void {
  const isSelect = /^SELECT \d+$/.test(reply.tag)
  const rest = reply.rows.slice(portal.sent)
  const rows = rowsMax > 0 && isSelect ? rest.slice(0, rowsMax) : rest
  portal.sent += rows.length
  const more = rowsMax > 0 && isSelect && rows.length === rowsMax
  state.batch.local(
    Buffer.concat([
      ...rows,
      more ? PORTAL_SUSPENDED : encodeCommandComplete(isSelect ? `SELECT ${rows.length}` : reply.tag),
    ]),
  )
}

/** RowDescription with the formats that a Bind asks for (none: text; one: for all columns). */
export function withFormats(rowDescription: Buffer | undefined, formats: readonly FormatCode[]): Buffer {
  if (rowDescription === undefined) return NO_DATA
  const [only = 0] = formats
  return encodeRowDescription(
    decodeRowDescription(rowDescription).map((field, index) => ({
      ...field,
      format: formats.length > 1 ? (formats[index] ?? 0) : only,
    })),
  )
}

/** Columns of a cursor command's result; undefined for none. */
export function cursorColumns(state: SessionState, { node }: CursorCommand): Buffer | undefined {
  if (!('FetchStmt' in node) || node.FetchStmt.ismove === true) return undefined
  return state.catalogCursors.get(node.FetchStmt.portalname ?? '')?.reply.rowDescription
}

/** DECLARE, FETCH, MOVE or CLOSE of a cursor over the catalog. */
export async function runCatalogCursor(
  state: SessionState,
  { node, declared }: CursorCommand,
): Promise<readonly Buffer[]> {
  if (state.batch.waiting()) await state.batch.settle({ sync: false })
  if ('DeclareCursorStmt' in node && declared !== undefined) {
    requireDeclarable(state, node)
    const { portalname = '' } = node.DeclareCursorStmt
    const reply = await state.catalog.run({ ...declared, formats: [], values: [], resultFormats: [] })
    requireAnswerRoom(state, reply)
    state.catalogCursors.set(portalname, { reply, position: 0, hold: isHeld(node), given: nothingGiven() })
    return [encodeCommandComplete('DECLARE CURSOR')]
  }
  if ('FetchStmt' in node) {
    const cursor = state.catalogCursors.get(node.FetchStmt.portalname ?? '')
    if (cursor === undefined) throw noCursor(node.FetchStmt.portalname)
    const frames = fetchRows(cursor, node.FetchStmt)
    const rows = frames.slice(0, -1)
    countFrames(state, cursor.given, rows)
    const entry = state.account.current()
    if (entry !== undefined) entry.rows += rows.length
    return frames
  }
  const name = 'ClosePortalStmt' in node ? (node.ClosePortalStmt.portalname ?? '') : ''
  if (!state.catalogCursors.delete(name)) throw noCursor(name)
  return [encodeCommandComplete('CLOSE CURSOR')]
}

function noCursor(name: string | undefined): PgError {
  return new PgError('invalid_cursor_name', `cursor "${name}" does not exist`)
}

/** Cursors end with their transaction, unless they are held. */
export function endCatalogCursors(state: SessionState): void {
  for (const [name, { hold }] of state.catalogCursors) if (!hold) state.catalogCursors.delete(name)
}
