import type { Event } from '../events.js'

export type Level = 'debug' | 'info' | 'warn' | 'error'

export interface Line {
  readonly level: Level
  /** A sentence without data. */
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Characters of a statement that are logged. */
const SQL_CHARACTERS_MAX = 2_000

/** What an event looks like in the log. */
export function describeEvent(event: Event): Line {
  const { kind: _kind, ...fields } = event
  switch (event.kind) {
    case 'listening':
      return { level: 'info', message: 'listening', fields }
    case 'login_failed':
      return { level: 'warn', message: 'login failed', fields }
    case 'login_succeeded':
      return { level: 'info', message: 'login', fields }
    case 'statement':
      return {
        level: event.outcome === 'ok' ? 'debug' : 'info',
        message: event.outcome === 'ok' ? 'statement' : 'statement failed',
        fields: { ...fields, sql: shorten(event.sql), durationMs: Math.round(event.durationMs * 10) / 10 },
      }
    case 'session_ended':
      return { level: 'info', message: 'session ended', fields }
    case 'upstream_connected':
      return { level: 'debug', message: 'connected to the upstream', fields }
    case 'upstream_failed':
      return { level: 'warn', message: 'the upstream failed', fields: withError(fields, event.error) }
    case 'model_compiled':
      return { level: 'debug', message: 'model compiled', fields }
    case 'cube_unavailable':
      return { level: 'warn', message: 'a cube is not available', fields }
    case 'keys_failed':
      return {
        level: 'warn',
        message: 'the key set could not be fetched',
        fields: withError(fields, event.error),
      }
    case 'warning':
      return { level: 'warn', message: event.message, fields: {} }
    case 'internal_error':
      return { level: 'error', message: 'internal error', fields: withError(fields, event.error, true) }
    default:
      return describeUnknown(event)
  }
}

function describeUnknown(event: never): Line {
  return { level: 'warn', message: 'an event that the log does not know', fields: { event: String(event) } }
}

function shorten(sql: string): string {
  return sql.length <= SQL_CHARACTERS_MAX ? sql : `${sql.slice(0, SQL_CHARACTERS_MAX)}…`
}

/**
 * Errors by what they say and who caused them, never with their other properties: those of a driver hold options, passwords
 * included.
 */
function withError(
  fields: Readonly<Record<string, unknown>>,
  error: unknown,
  withStack = false,
): Readonly<Record<string, unknown>> {
  const stack = withStack && error instanceof Error ? { stack: error.stack } : {}
  return { ...fields, error: printError(error, 0), ...stack }
}

function printError(error: unknown, depth: number): string {
  // The fields of an ErrorResponse, by their letters; M is the message.
  if (error instanceof Map) return String(error.get('M'))
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined || depth > 3 ? '' : ` (${printError(error.cause, depth + 1)})`
  return `${error.name}: ${error.message}${cause}`
}
