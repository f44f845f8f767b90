import { pino } from 'pino'
import type { Event, Observe } from '../events.js'

/** Events that say who did what; all else is for the log. */
const AUDITED: ReadonlySet<Event['kind']> = new Set([
  'login_failed',
  'login_succeeded',
  'statement',
  'session_ended',
])

/**
 * A sink that writes one JSON object a line for each login and each statement, refused ones too. No event carries a token, a password or a
 * claim's value, but for the claims that the operator names to tell people apart (ROWGATE_AUDIT_CLAIMS).
 *
 * @param target `stdout`, or a file that is appended to
 * @throws Error if the file cannot be opened
 */
export function createAudit(target: string): Observe {
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
    destination,
  )
  return (event) => {
    if (!AUDITED.has(event.kind)) return
    const { kind, ...fields } = event
    try {
      logger.info({ event: kind, ...fields })
    } catch {
      // An audit that cannot be written must not end what it tells about; the log says so when the file cannot be opened at all.
    }
  }
}
