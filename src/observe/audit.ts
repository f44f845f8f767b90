import { pino } from 'pino'
import type { Event, Observe } from '../events.js'
import { redactTokens } from './redact.js'

/** Events that say who did what; all else is for the log. */
const AUDITED: ReadonlySet<Event['kind']> = new Set([
  'login_failed',
  'login_succeeded',
  'statement',
  'session_ended',
])

const TELL_EVERY_MS = 60_000

/**
 * A sink that writes one JSON object a line for each login and each statement, refused ones too. No event carries a token, a password or a
 * claim's value, but for the claims that the operator names to tell people apart (ROWGATE_AUDIT_CLAIMS).
 *
 * @param target `stdout`, or a file that is appended to
 * @param onFailure told at most once a minute that events are lost, because the disk is full for one
 * @throws Error if the file cannot be opened
 */
export function createAudit(target: string, onFailure: (error: unknown) => void): Observe {
  const destination = pino.destination({
    dest: target === 'stdout' ? 1 : target,
    append: true,
    mkdir: true,
    sync: true,
  })
  const logger = pino(
    {
      base: null,
      level: 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void destination.write(redactTokens(line)) },
  )
  let toldAtMs = Number.NEGATIVE_INFINITY
  const fail = (error: unknown): void => {
    if (Date.now() - toldAtMs < TELL_EVERY_MS) return
    toldAtMs = Date.now()
    onFailure(error)
  }
  // Without a listener it would end the process.
  destination.on('error', fail)
  return (event) => {
    if (!AUDITED.has(event.kind)) return
    const { kind, ...fields } = event
    try {
      logger.info({ event: kind, ...fields })
    } catch (error) {
      // An audit that cannot be written must not end what it tells about.
      fail(error)
    }
  }
}
