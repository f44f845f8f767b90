import type { Plan } from '../plan/plan.js'
import type { FormatCode } from '../protocol/message.js'
import type { StatementReads } from './audit.js'

/** A statement as the upstream runs it. */
export interface UpstreamStatement {
  readonly sql: string
  readonly positions: readonly { readonly offset: number; readonly location: number }[]
  readonly origins: Plan['origins']
  /** Cubes that it reads and what limits their rows, and the claims behind that. */
  readonly reads: Pick<StatementReads, 'cubes' | 'claims'>
  /** Whether an error while it runs can only be about rows that the session may see, and so may say what it is about. */
  readonly errorsAreOwn: boolean
  /** The 1-based position of a node in the client's text. */
  readonly at: (location: number | undefined) => number | undefined
  /** Types of the client's parameters (0: left to Postgres), then of the claims. */
  readonly parameterOids: readonly number[]
  readonly clientParameterCount: number
  /** Values that follow the client's, in text format. Arguments of EXECUTE stand before the claims. */
  readonly ownValues: readonly (string | null)[]
  /** Where the arguments of EXECUTE stand in the client's text; the upstream hears of their values only. */
  readonly argumentPositions?: readonly (number | undefined)[]
  /** Whether a connection may keep it prepared. Statements on cursors are not worth it. */
  readonly cached: boolean
}

/** Settings by which Postgres reads a literal, or writes a constant as text while it plans. */
const SETTINGS_OF_CONSTANTS = ['DateStyle', 'IntervalStyle', 'TimeZone', 'extra_float_digits', 'bytea_output']

/**
 * What makes two prepared statements of a connection the same. Literals are read when Postgres parses them, and what is computed of them alone
 * when it plans, so what was prepared under other settings is another statement.
 */
export function preparedKey(
  { sql, parameterOids }: UpstreamStatement,
  applied: ReadonlyMap<string, string>,
): string {
  const settings = SETTINGS_OF_CONSTANTS.map((name) => applied.get(name))
  return [...settings, parameterOids.join(','), sql].join('\0')
}

/** Format codes and values for Bind: the client's own, then those of the statement. */
export function boundValues(
  statement: UpstreamStatement,
  client: { readonly values: readonly (Buffer | null)[]; readonly formats: readonly FormatCode[] },
): { readonly values: readonly (Buffer | null)[]; readonly parameterFormats: readonly FormatCode[] } {
  const own = statement.ownValues.map((value) => (value === null ? null : Buffer.from(value, 'utf8')))
  const [only = 0] = client.formats
  const formats = client.formats.length > 1 ? client.formats : client.values.map(() => only)
  return {
    values: [...client.values, ...own],
    parameterFormats: [...formats, ...own.map((): FormatCode => 0)],
  }
}
