import { PgError } from '../errors.js'
import type { Connection } from '../upstream/connection.js'
import type { Meter } from '../upstream/step.js'
import type { SessionState } from './state.js'

/** Rows and bytes of rows that one statement or portal has given so far. */
export interface Given {
  rows: number
  bytes: number
}

export function nothingGiven(): Given {
  return { rows: 0, bytes: 0 }
}

/**
 * Adds to what was given.
 *
 * @throws PgError program_limit_exceeded if it is more than the operator allows: an answer is whole or an error, never cut
 */
function countGiven({ limits }: SessionState, given: Given, rows: number, bytes: number): void {
  given.rows += rows
  given.bytes += bytes
  if (limits.resultRowsMax > 0 && given.rows > limits.resultRowsMax)
    throw tooMuch(`rows than the ${limits.resultRowsMax}`, 'ROWGATE_RESULT_ROWS_MAX')
  if (limits.resultBytesMax > 0 && given.bytes > limits.resultBytesMax)
    throw tooMuch(`bytes than the ${limits.resultBytesMax}`, 'ROWGATE_RESULT_BYTES_MAX')
}

function tooMuch(what: string, setting: string): PgError {
  return new PgError('program_limit_exceeded', `the result has more ${what} that are allowed`, {
    hint: `Ask for less, with WHERE, GROUP BY or LIMIT; whoever runs the gateway can raise ${setting}.`,
  })
}

/** The same for rows that pass by, whose statement is then cancelled. Undefined if nothing is limited. */
export function resultMeter(state: SessionState, connection: Connection, given: Given): Meter | undefined {
  const { resultRowsMax, resultBytesMax } = state.limits
  if (resultRowsMax === 0 && resultBytesMax === 0) return undefined
  return (rows, bytes) => {
    try {
      countGiven(state, given, rows, bytes)
      return undefined
    } catch (error) {
      if (!(error instanceof PgError)) throw error
      return { error, cancelled: state.cancelUpstream(connection) }
    }
  }
}

/** Counts an answer that is here as a whole. @throws PgError program_limit_exceeded */
export function countFrames(state: SessionState, given: Given, rows: readonly Buffer[]): void {
  countGiven(
    state,
    given,
    rows.length,
    rows.reduce((bytes, row) => bytes + row.length, 0),
  )
}
