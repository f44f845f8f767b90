import type { CatalogReply } from '../catalog/reply.js'
import { PgError } from '../errors.js'
import { encodeCommandComplete } from '../protocol/backend.js'
import type { Node } from '../sql/tree.js'
import type { Given } from './result-limit.js'

type FetchStmt = Extract<Node, { FetchStmt: unknown }>['FetchStmt']

/** A cursor over an answer of the catalog, which is here as a whole. */
export interface CatalogCursor {
  readonly reply: CatalogReply
  /** Rows before the position: 0 is before the first, their number + 1 after the last. */
  position: number
  readonly hold: boolean
  /** What all of its FETCHes gave so far. */
  readonly given: Given
}

/** FETCH or MOVE: DataRows and CommandComplete (manual, "FETCH"). */
export function fetchRows(cursor: CatalogCursor, statement: FetchStmt): readonly Buffer[] {
  const count = Number((statement as { howMany?: unknown }).howMany ?? 0)
  const rows = takeRows(cursor, statement.direction ?? 'FETCH_FORWARD', count)
  if (statement.ismove === true) return [encodeCommandComplete(`MOVE ${rows.length}`)]
  return [...rows, encodeCommandComplete(`FETCH ${rows.length}`)]
}

function takeRows(cursor: CatalogCursor, direction: string, count: number): readonly Buffer[] {
  const { rows } = cursor.reply
  const end = rows.length + 1
  const at = (position: number): readonly Buffer[] => {
    cursor.position = Math.min(Math.max(position, 0), end)
    const row = rows[cursor.position - 1]
    return row === undefined ? [] : [row]
  }
  switch (direction) {
    case 'FETCH_FORWARD':
    case 'FETCH_BACKWARD': {
      const forward = (direction === 'FETCH_FORWARD') === count >= 0
      const steps = Math.abs(count)
      if (steps === 0) return at(cursor.position)
      const from = cursor.position
      if (forward) {
        cursor.position = Math.min(from + steps, end)
        return rows.slice(from, Math.min(from + steps, rows.length))
      }
      cursor.position = Math.max(from - steps, 0)
      return rows.slice(cursor.position === 0 ? 0 : cursor.position - 1, Math.max(from - 1, 0)).reverse()
    }
    case 'FETCH_ABSOLUTE':
      return at(count < 0 ? end + count : count)
    case 'FETCH_RELATIVE':
      return at(cursor.position + count)
    default:
      throw new PgError('feature_not_supported', 'this form of FETCH is not available through this gateway')
  }
}
