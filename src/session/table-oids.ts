import { BACKEND, withTables } from '../protocol/backend.js'
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
