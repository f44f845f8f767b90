import { PgError } from '../errors.js'
import { encodeErrorResponse, encodeNoticeResponse, type Report } from '../protocol/backend.js'
import type { ErrorFields } from '../protocol/message.js'
import type { UpstreamStatement } from './upstream-statement.js'

/** An error of the upstream, rebuilt in words that a client may read. */
export class ReportedError extends Error {
  readonly report: Omit<Report, 'severity'>
  /** What the upstream said of SQL that is not the client's, for the log of whoever keeps the model. */
  readonly withheld: string | undefined
  constructor(report: Omit<Report, 'severity'>, withheld?: string) {
    super(report.message)
    this.report = report
    this.withheld = withheld
  }
}

/** The frame of an error, whatever it is: what is no PgError becomes `XX000 internal error` here and nowhere else. */
export function errorFrame(error: unknown, severity: 'ERROR' | 'FATAL'): Buffer {
  return encodeErrorResponse({ ...reportOf(error), severity })
}

export function reportOf(error: unknown): Omit<Report, 'severity'> {
  if (error instanceof ReportedError) return error.report
  if (error instanceof PgError) {
    const { code, message, detail, hint, position } = error
    return { code, message, detail, hint, position }
  }
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return {
      code: '54001',
      message: 'the statement is too complex',
      hint: 'Use WITH queries and lists instead of long chains of operators.',
    }
  }
  return { code: 'XX000', message: 'internal error' }
}

export function warningFrame(code: string, message: string): Buffer {
  return encodeNoticeResponse({ severity: 'WARNING', code, message })
}

/** What Postgres says when the tables behind a prepared statement changed. */
export const ERROR_CACHED_PLAN = 'cached plan must not change result type'

/** Conditions whose message names tables, schemas or columns of the upstream. */
const NAMING = new Set(['42P01', '42501', '3F000', '42703', '42P02', '42704'])

/** Hints of Postgres that name nothing, and so can be passed on. */
const VETTED_HINTS = new Set([
  'No operator matches the given name and argument types. You might need to add explicit type casts.',
  'No operator matches the given name and argument type. You might need to add an explicit type cast.',
  'No function matches the given name and argument types. You might need to add explicit type casts.',
  'Use an explicit type cast or check the parameter types.',
])

/**
 * Rebuilds an upstream's ErrorResponse: SQLSTATE and message, the position in the client's own text. DETAIL, CONTEXT, the names of
 * upstream objects and all HINTs that could hold some are left out, and so is a message about SQL that the client did not write.
 *
 * @param statement of the client's in which it arose, if it did
 * @param errorsAreOwn whether it can only be about what the client wrote or about rows that the session may see
 */
export function reportOfFields(
  fields: ErrorFields,
  {
    statement,
    errorsAreOwn,
  }: { readonly statement: UpstreamStatement | undefined; readonly errorsAreOwn: boolean },
): ReportedError {
  const code = /^[0-9A-Z]{5}$/.test(fields.get('C') ?? '') ? (fields.get('C') ?? 'XX000') : 'XX000'
  const sent = Number(fields.get('P') ?? Number.NaN)
  const position = Number.isNaN(sent) ? undefined : clientPosition(sent, statement)
  const aboutModel = NAMING.has(code)
    ? position === undefined
    : code.startsWith('42') && !Number.isNaN(sent) && position === undefined
  if (aboutModel) {
    return new ReportedError(
      {
        code,
        message: 'the SQL behind a cube failed in the upstream database',
        hint: 'Whoever keeps the model finds the reason with `rowgate check`, or in the log of the gateway.',
      },
      fields.get('M'),
    )
  }
  const hint = fields.get('H')
  return new ReportedError({
    code,
    message: vettedMessage(code, fields.get('M') ?? '', errorsAreOwn || position !== undefined),
    hint: hint !== undefined && VETTED_HINTS.has(hint) ? hint : undefined,
    position: position ?? argumentPosition(fields, statement),
  })
}

/** Classes of errors about the server's own files, memory and extensions, whose messages nobody vetted. */
const SERVER_CLASSES = new Set(['XX', '58', 'F0', 'HV'])

/**
 * What may be said of an error. One that arose over rows of others, in a rule or in a cube's own SQL, would show what it failed on.
 *
 * @param own whether it can only be about the statement itself or about rows that the session may see
 */
function vettedMessage(code: string, message: string, own: boolean): string {
  const errorClass = code.slice(0, 2)
  if (message === '' || SERVER_CLASSES.has(errorClass)) return 'error in the upstream database'
  if (own) {
    // The printer writes the schema of built-in functions, the client did not.
    return message.replace(/^((?:(?:window|aggregate) )?function |[A-Z ]+ specified, but )pg_catalog\./, '$1')
  }
  if (errorClass === 'P0') return 'error in the upstream database'
  return message
    .replace(/: ".*$/s, '')
    .replace(/"[^"]*"/g, '"…"')
    .replace(/\d+/g, '…')
}

/** The client's position for a character (from 1) of the printed text, if that character was printed from a node of the client's. */
function clientPosition(sent: number, statement: UpstreamStatement | undefined): number | undefined {
  const found = statement?.positions.find(({ offset }) => offset === sent - 1)
  return found === undefined ? undefined : statement?.at(found.location)
}

/** Where an argument of EXECUTE stands that is no value of its parameter's type; the CONTEXT names the parameter. */
function argumentPosition(fields: ErrorFields, statement: UpstreamStatement | undefined): number | undefined {
  const number = /parameter \$(\d+)/.exec(fields.get('W') ?? '')?.[1]
  return number === undefined ? undefined : statement?.argumentPositions?.[Number(number) - 1]
}
