import type { Plan } from '../plan/plan.js'
import type { FormatCode } from '../protocol/message.js'

/** A statement as the upstream runs it. */
export interface UpstreamStatement {
  readonly sql: string
  readonly positions: readonly { readonly offset: number; readonly location: number }[]
  readonly origins: Plan['origins']
  /** The 1-based position of a node in the client's text. */
  readonly at: (location: number | undefined) => number | undefined
  /** Types of the client's parameters (0: left to Postgres), then of the claims. */
  readonly parameterOids: readonly number[]
  readonly clientParameterCount: number
  /** Values that follow the client's, in text format. */
  readonly claimValues: readonly string[]
  /** Whether a connection may keep it prepared. Statements on cursors are not worth it. */
  readonly cached: boolean
}

/**
 * What makes two prepared statements of a connection the same. Literals are read when Postgres parses them, so what was parsed under other
 * settings (DateStyle, TimeZone) is another statement.
 */
export function preparedKey(
  { sql, parameterOids }: UpstreamStatement,
  settingsKey: string | undefined,
): string {
  return `${settingsKey ?? ''}\0${parameterOids.join(',')}:${sql}`
}

/** Format codes and values for Bind: the client's own, then the claims. */
export function boundValues(
  statement: UpstreamStatement,
  client: { readonly values: readonly (Buffer | null)[]; readonly formats: readonly FormatCode[] },
): { readonly values: readonly (Buffer | null)[]; readonly parameterFormats: readonly FormatCode[] } {
  const claims = statement.claimValues.map((value) => Buffer.from(value, 'utf8'))
  const [only = 0] = client.formats
  const formats = client.formats.length > 1 ? client.formats : client.values.map(() => only)
  return {
    values: [...client.values, ...claims],
    parameterFormats: [...formats, ...claims.map((): FormatCode => 0)],
  }
}
