import { pino } from 'pino'
import { unreachable } from '../errors.js'
import type { Event, Observe } from '../events.js'

/** A sink that writes events as JSON lines to stderr. Levels: statements are debug, sessions info, failures warn and error. */
export function createLog(level: string): Observe {
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  )
  return (event) => {
    const { kind, ...facts } = event
    const fields = Object.fromEntries(
      Object.entries(facts).map(([key, value]) => [key, value instanceof Error ? describe(value) : value]),
    )
    log[levelOf(event)](fields, kind)
  }
}

/** An error and what caused it; upstream reasons belong here and nowhere else. */
function describe(error: Error): string {
  const cause =
    error.cause instanceof Error
      ? `: ${describe(error.cause)}`
      : error.cause instanceof Map
        ? `: ${String(error.cause.get('M'))}`
        : ''
  return `${error.name === 'PgError' ? error.message : (error.stack ?? error.message)}${cause}`
}

function levelOf(event: Event): 'debug' | 'info' | 'warn' | 'error' {
  switch (event.kind) {
    case 'statement':
    case 'upstream_connected':
    case 'model_compiled':
      return 'debug'
    case 'listening':
    case 'login_succeeded':
    case 'session_ended':
      return 'info'
    case 'login_failed':
    case 'upstream_failed':
    case 'cube_unavailable':
    case 'keys_failed':
    case 'warning':
      return 'warn'
    case 'internal_error':
      return 'error'
    default:
      return unreachable(event)
  }
}
