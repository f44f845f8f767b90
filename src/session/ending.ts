import { PgError } from '../errors.js'
import { SYNC } from '../protocol/request.js'
import { hiddenSteps } from './lease.js'
import { TIMER_MS_MAX, timeoutMs } from './settings.js'
import type { SessionState } from './state.js'
import { releaseConnection } from './upstream-command.js'

/** The session ends with this error, whatever the client does next. */
export class SessionEnd extends Error {
  readonly error: PgError
  constructor(error: PgError) {
    super(error.message)
    this.error = error
  }
}

export function tokenExpired(): PgError {
  return new PgError('invalid_authorization_specification', 'the token of this session has expired', {
    hint: 'Connect again with a new token.',
  })
}

/** Calls `onExpiry` when the token's life ends. @returns what ends the wait */
export function startExpiryTimer(
  expiresAtMs: number | undefined,
  nowMs: () => number,
  onExpiry: () => void,
): () => void {
  if (expiresAtMs === undefined) return () => undefined
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const restMs = expiresAtMs - nowMs()
    timer = setTimeout(restMs > TIMER_MS_MAX ? wait : onExpiry, Math.min(Math.max(0, restMs), TIMER_MS_MAX))
    timer.unref()
  }
  wait()
  return () => clearTimeout(timer)
}

/**
 * Calls `onIdle` when a session has kept an upstream connection from others, and said nothing, for as long as a pause in a transaction may
 * last. The upstream itself ends open blocks only: to it neither a pipeline without its Sync nor a cursor WITH HOLD is a pause.
 *
 * @returns what ends the wait
 */
export function startIdleTimer(state: SessionState, onIdle: (error: PgError) => void): () => void {
  const limitMs = timeoutMs(state, 'idle_in_transaction_session_timeout')
  if (state.lease.current() === undefined || limitMs === 0) return () => undefined
  const timer = setTimeout(() => onIdle(idleTooLong(state)), Math.min(limitMs, TIMER_MS_MAX))
  timer.unref()
  return () => clearTimeout(timer)
}

function idleTooLong(state: SessionState): PgError {
  if (state.transaction.status !== 'I' || state.batch.unsynced())
    return new PgError(
      'idle_in_transaction_session_timeout',
      'terminating connection due to idle-in-transaction timeout',
    )
  return new PgError('idle_session_timeout', 'terminating connection due to idle-session timeout', {
    hint: 'A cursor WITH HOLD keeps a connection to the upstream database: close it when its rows are read.',
  })
}

const NOWHERE = { write: () => true, drained: () => Promise.resolve() }

/** Gives the upstream connection back clean: an open block is rolled back, held cursors are closed. */
export async function leaveUpstream(state: SessionState): Promise<void> {
  const connection = state.lease.current()
  if (connection === undefined) return
  if (connection.closed() || connection.needsSync() || state.batch.unsynced()) return state.lease.destroy()
  try {
    const steps = [
      ...(state.transaction.begun ? hiddenSteps('ROLLBACK') : []),
      ...(state.heldCursors.size > 0 ? hiddenSteps('CLOSE ALL') : []),
    ]
    if (steps.length > 0) {
      if (state.transaction.begun) connection.applied = connection.appliedOnRollback
      const { failure } = await connection.exchange(
        [...steps, { kind: 'send', frame: SYNC, reply: 'sync', visible: false }],
        NOWHERE,
      )
      // A cancel or a time limit can end CLOSE ALL too; what it left open is nobody else's.
      if (failure !== undefined) return state.lease.destroy()
    }
    await releaseConnection(state)
  } catch {
    state.lease.destroy()
  }
}
