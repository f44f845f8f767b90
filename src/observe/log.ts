import { isatty } from 'node:tty'
import { pino } from 'pino'
import type { Event, Observe } from '../events.js'
import { describeEvent } from './line.js'
import { printPretty } from './pretty.js'
import { redactTokens } from './redact.js'

const STDERR = 2

export interface LogOptions {
  /** One JSON object a line, or one line of text; by default text on a terminal, else JSON. */
  readonly format?: 'json' | 'pretty' | undefined
  /** By default the standard error stream. */
  readonly destination?: { write(text: string): unknown }
}

/**
 * A sink that writes each event as one line: JSON by pino, or a text for people. Never throws.
 *
 * @param level debug, info, warn, error or silent
 */
export function createLog(level: string, options: LogOptions = {}): Observe {
  const destination = options.destination ?? pino.destination({ fd: STDERR, sync: true })
  const pretty = (options.format ?? (isatty(STDERR) ? 'pretty' : 'json')) === 'pretty'
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
    },
    {
      write(line: string) {
        const safe = redactTokens(line)
        destination.write(pretty ? printPretty(safe) : safe)
      },
    },
  )
  return (event: Event) => {
    const line = describeEvent(event)
    try {
      logger[line.level]({ event: event.kind, ...line.fields }, line.message)
    } catch {
      // A log that cannot be written must not end what it tells about.
    }
  }
}
