import { PgError } from '../errors.js'
import type { Connection } from '../upstream/connection.js'
import { hiddenSteps, setSql } from './lease.js'
import { readDurationMs, upstreamValues } from './settings.js'
import type { SessionState } from './state.js'
import { beginSql } from './transaction.js'

/**
 * The session's upstream connection, with everything before the next statement planned: its settings, and BEGIN if the client is in a
 * block of which the upstream does not know yet.
 *
 * @param settings false for a statement that no setting changes
 * @throws PgError if no connection is to be had, or the block's connection is lost
 */
export async function takeConnection(
  state: SessionState,
  { settings: needed = true }: { readonly settings?: boolean } = {},
): Promise<Connection> {
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
  const settings =
    !needed || state.transaction.status === 'E'
      ? undefined
      : upstreamValues(state.settings, state.upstreamDefaults)
  const { connection, steps } = await state.lease.take(settings)
  // Outside a block each request is a transaction, and what was put up in it is gone with the last one.
  const begins = state.transaction.status === 'T' ? !state.transaction.begun : !state.batch.unsynced()
  state.batch.before(connection, steps)
  if (state.transaction.status === 'T' && !state.transaction.begun) {
    state.batch.before(connection, hiddenSteps(beginSql(state.transaction.options)))
    state.transaction = { ...state.transaction, begun: true }
  }
  if (state.wallSql !== undefined && begins && state.transaction.status !== 'E')
    state.batch.before(connection, hiddenSteps(state.wallSql))
  return connection
}

/** Plans a statement without parameters whose CommandComplete the client sees, and runs it at once. */
export async function runVisible(
  state: SessionState,
  sql: string,
  { sync }: { readonly sync: boolean },
): Promise<void> {
  const connection = await takeConnection(state, { settings: false })
  state.batch.before(connection, hiddenSteps(sql, { visible: true }))
  await state.batch.settle({ sync })
}

/** Plans the rollback of what ran outside a block since the last sync, which commits everything else. */
export function undoImplicit(state: SessionState): void {
  const connection = state.lease.current()
  if (connection === undefined || connection.closed() || !state.batch.unsynced()) return
  // The upstream has done it already if it was the upstream that failed.
  if (connection.needsSync()) return
  connection.applied = connection.appliedOnRollback
  state.batch.before(connection, hiddenSteps('ROLLBACK'))
}

/** Gives the connection back if nothing of the session's is left on it. */
export async function releaseIfIdle(state: SessionState): Promise<void> {
  if (state.transaction.begun || state.heldCursors.size > 0 || state.batch.unsynced()) return
  await releaseConnection(state)
}

/** A limit shorter than this might hit the settings that the next session puts on the connection before its own. */
const STATEMENT_TIMEOUT_LEFT_MS_MIN = 1_000

/** Gives the connection back, without a time limit that the next session would have to be quick for. */
export async function releaseConnection(state: SessionState): Promise<void> {
  const connection = state.lease.current()
  if (connection === undefined || connection.closed()) return state.lease.release()
  const left = readDurationMs(connection.applied.get('statement_timeout') ?? '') ?? 0
  if (left === 0 || left >= STATEMENT_TIMEOUT_LEFT_MS_MIN) return state.lease.release()
  try {
    const limit = state.upstreamDefaults.get('statement_timeout') ?? '0'
    state.batch.before(connection, hiddenSteps(setSql('statement_timeout', limit)))
    await state.batch.settle({ sync: true })
    connection.applied = new Map(connection.applied).set('statement_timeout', limit)
    connection.appliedOnRollback = connection.applied
    state.lease.release()
  } catch {
    state.lease.destroy()
  }
}
