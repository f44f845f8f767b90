import { PgError } from '../errors.js'
import { encodeBind, encodeExecute, encodeParse } from '../protocol/request.js'
import type { Connection } from '../upstream/connection.js'
import { hiddenSteps } from './lease.js'
import { upstreamValues } from './settings.js'
import type { SessionState } from './state.js'
import { beginSql } from './transaction.js'

/**
 * The session's upstream connection, with everything before the next statement planned: its settings, and BEGIN if the client is in a
 * block of which the upstream does not know yet.
 *
 * @throws PgError if no connection is to be had, or the block's connection is lost
 */
export async function takeConnection(state: SessionState): Promise<Connection> {
  const held = state.lease.current()
  if (state.transaction.begun && (held === undefined || held.closed())) {
    state.lease.destroy()
    state.transaction = { ...state.transaction, begun: false }
    throw new PgError(
      'connection_failure',
      'the connection to the upstream database was lost, and the transaction with it',
      {
        hint: 'Roll back and begin again.',
      },
    )
  }
  const settings = state.transaction.status === 'E' ? undefined : wantedSettings(state)
  const { connection, steps } = await state.lease.take(settings)
  // BEGIN first: behind a query it would be the middle of a transaction, which takes no isolation level any more.
  if (state.transaction.status === 'T' && !state.transaction.begun) {
    state.batch.before(connection, hiddenSteps(beginSql(state.transaction.options)))
    state.transaction = { ...state.transaction, begun: true }
  }
  state.batch.before(connection, steps)
  return connection
}

/** The values that a session wants on its connection. */
export function wantedSettings(state: SessionState): readonly string[] {
  return upstreamValues(state.settings, state.upstreamDefaults)
}

/** Plans a statement without parameters whose CommandComplete the client sees, and runs it at once. */
export async function runVisible(
  state: SessionState,
  sql: string,
  { sync }: { readonly sync: boolean },
): Promise<void> {
  await takeConnection(state)
  state.batch.send(encodeParse('', sql, []), 'parse', { visible: false })
  state.batch.send(
    encodeBind({ portal: '', statement: '', parameterFormats: [], values: [], resultFormats: [] }),
    'bind',
    { visible: false },
  )
  state.batch.send(encodeExecute('', 0), 'execute', { visible: true })
  await state.batch.settle({ sync })
}

/** Gives the connection back if nothing of the session's is left on it. */
export function releaseIfIdle(state: SessionState): void {
  if (state.transaction.begun || state.heldCursors.size > 0 || state.batch.unsynced()) return
  state.lease.release()
}
