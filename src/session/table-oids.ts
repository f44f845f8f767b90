import { BACKEND, decodeCommandComplete, withTables } from '../protocol/backend.js'
import { rowsOfTag } from './audit.js'
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

/** Passes replies to Execute on, and counts the rows that they tell of. */
export function countRows(state: SessionState): (frame: Buffer) => Buffer {
  return (frame) => {
    if (frame[0] === BACKEND.commandComplete) state.account.count(rowsOfTag(decodeCommandComplete(frame)))
    return frame
  }
}
