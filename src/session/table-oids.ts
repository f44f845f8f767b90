import { BACKEND, decodeCommandComplete, withTables } from '../protocol/backend.js'
import { rowsOfTag, type StatementReads } from './audit.js'
import type { SessionState } from './state.js'
import type { UpstreamStatement } from './upstream-statement.js'

/** A RowDescription whose columns lead to the cubes' tables in the catalog, as drivers look them up there; other frames as they are. */
export function showTables(state: SessionState, { origins }: UpstreamStatement, frame: Buffer): Buffer {
  if (frame[0] !== BACKEND.rowDescription) return frame
  return withTables(frame, (index) => {
    const origin = origins[index]
    const tableOid = origin === undefined ? undefined : state.catalog.tableOid(origin.cube)
    return origin === undefined || tableOid === undefined
      ? undefined
      : { tableOid, columnNumber: origin.columnNumber }
  })
}

/** Notes in the account of the current statement what it reads. */
export function noteReads({ account }: SessionState, reads: StatementReads): void {
  const entry = account.current()
  if (entry !== undefined) entry.reads = reads
}

/**
 * Passes replies to Execute on, and notes in the account of its statement how many rows they tell of.
 *
 * @param rowsMax those that Execute asked for, which a suspended portal has given
 */
export function countRows(state: SessionState, rowsMax = 0): (frame: Buffer) => Buffer {
  const entry = state.account.current()
  return (frame) => {
    const ends = frame[0] === BACKEND.commandComplete || frame[0] === BACKEND.portalSuspended
    if (ends && entry !== undefined) {
      entry.rows += frame[0] === BACKEND.portalSuspended ? rowsMax : rowsOfTag(decodeCommandComplete(frame))
      entry.endedAtMs = state.nowMs()
    }
    return frame
  }
}
