import { PgError } from '../errors.js'
import { SYNC } from '../protocol/request.js'
import { hiddenSteps } from './lease.js'
import type { SessionState } from './state.js'

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

/** setTimeout cannot wait longer than this. */
const TIMER_MS_MAX = 2_147_483_647

/** Calls `onExpiry` when the token's life ends; the caller clears the timer. */
export function startExpiryTimer(
  expiresAtMs: number | undefined,
  nowMs: () => number,
  onExpiry: () => void,
): NodeJS.Timeout | undefined {
  if (expiresAtMs === undefined) return undefined
  const restMs = expiresAtMs - nowMs()
  if (restMs > TIMER_MS_MAX) return undefined
  const timer = setTimeout(onExpiry, Math.max(0, restMs))
  timer.unref()
  return timer
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
    state.lease.release()
  } catch {
    state.lease.destroy()
  }
}
