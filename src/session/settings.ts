import { PgError } from '../errors.js'
import { findSetting, isCustomSetting, UPSTREAM_SETTINGS } from './setting.js'
import type { SessionState } from './state.js'

/** Values that a session has set, by lower-case name; immutable, so that a transaction can go back to an earlier one. */
export type SettingValues = ReadonlyMap<string, string>

export const NO_SETTINGS: SettingValues = new Map()

export function withSetting(values: SettingValues, name: string, value: string | undefined): SettingValues {
  const next = new Map(values)
  if (value === undefined) next.delete(name.toLowerCase())
  else next.set(name.toLowerCase(), value)
  return next
}

/** Settings whose changes clients are told of. */
const REPORTED = ['application_name', 'DateStyle', 'IntervalStyle', 'TimeZone']

/** What a client is told of its own session, and of no other that used the connection. */
export function reportedValues(
  values: SettingValues,
  defaults: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  return REPORTED.map((name) => [name, values.get(name.toLowerCase()) ?? defaults.get(name) ?? ''])
}

/** Values for every setting that the upstream applies, by name. */
export function upstreamValues(
  values: SettingValues,
  defaults: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    UPSTREAM_SETTINGS.map((name) => {
      const value = values.get(name.toLowerCase())
      return [name, value === undefined ? (defaults.get(name) ?? '') : limitedValue(name, value, defaults)]
    }),
  )
}

/** Timeouts that the operator limits; the gateway's own value is the limit. */
const LIMITED = ['statement_timeout', 'idle_in_transaction_session_timeout']
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/**
 * A value that the upstream may be given: of a timeout a client may ask for less than the limit, and gets the limit where it asks for
 * more, or for none.
 *
 * @throws PgError invalid_parameter_value for a timeout that is no number with a unit, so that no spelling goes past the limit
 */
export function limitedValue(name: string, value: string, defaults: ReadonlyMap<string, string>): string {
  const limitMs = Number(defaults.get(name) ?? 0)
  if (!LIMITED.includes(name) || limitMs === 0) return value
  const timeout = readDurationMs(value)
  if (timeout === undefined)
    throw new PgError('invalid_parameter_value', `invalid value for parameter "${name}": "${value}"`, {
      hint: 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".',
    })
  return timeout === 0 || timeout > limitMs ? String(limitMs) : value
}

/** A number with a unit as Postgres writes durations, milliseconds if there is none; undefined for anything else. */
export function readDurationMs(value: string): number | undefined {
  const match = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value)
  return match === null ? undefined : Number(match[1]) * (UNIT_MS.get(match[2] ?? 'ms') ?? 1)
}

/** setTimeout cannot wait longer than this. */
export const TIMER_MS_MAX = 2_147_483_647

/** What a session's timeout is; 0 for none. */
export function timeoutMs(state: Pick<SessionState, 'settings' | 'upstreamDefaults'>, name: string): number {
  const value = state.settings.get(name) ?? ''
  return (
    readDurationMs(
      value === ''
        ? (state.upstreamDefaults.get(name) ?? '')
        : limitedValue(name, value, state.upstreamDefaults),
    ) ?? 0
  )
}

/** What SHOW answers for a setting that is not asked upstream; undefined for those that are. */
export function shownValue(values: SettingValues, name: string): string | undefined {
  const setting = findSetting(name)
  if (setting?.kind === 'upstream') return undefined
  return values.get(name.toLowerCase()) ?? setting?.value ?? ''
}

/**
 * Checks a value for a setting that the upstream does not see.
 *
 * @throws PgError when the name is unknown or the value would change safety
 */
export function checkLocalSetting(name: string, value: string): void {
  const setting = findSetting(name)
  if (setting === undefined) {
    if (isCustomSetting(name)) return
    throw unrecognized(name)
  }
  switch (setting.kind) {
    case 'upstream':
    case 'local':
      return
    case 'read-only':
      throw new PgError('cant_change_runtime_param', `parameter "${setting.name}" cannot be changed`)
    case 'fixed':
      if (setting.accepts(value)) return
      throw new PgError(
        'invalid_parameter_value',
        `invalid value for parameter "${setting.name}": "${value}"`,
        {
          hint: `This gateway keeps ${setting.name} at ${setting.value}.`,
        },
      )
  }
}

/** A value of a setting that the session keeps to itself, as Postgres would show it. @throws PgError invalid_parameter_value */
export function localValue(name: string, value: string): string {
  const setting = findSetting(name)
  if (setting?.kind !== 'local' || setting.values === undefined) return value
  if (setting.values === 'boolean') return booleanValue(setting.name, value)
  const found = setting.values.find((known) => known === value.toLowerCase())
  if (found !== undefined) return found
  throw new PgError('invalid_parameter_value', `invalid value for parameter "${setting.name}": "${value}"`, {
    hint: `Available values: ${setting.values.join(', ')}.`,
  })
}

/** Boolean words may be shortened as long as it is clear which one is meant. */
function booleanValue(name: string, value: string): string {
  if (/^(t|tr|tru|true|y|ye|yes|on|1)$/i.test(value)) return 'on'
  if (/^(f|fa|fal|fals|false|n|no|of|off|0)$/i.test(value)) return 'off'
  throw new PgError('invalid_parameter_value', `parameter "${name}" requires a Boolean value`)
}

export function unrecognized(name: string): PgError {
  return new PgError('undefined_object', `unrecognized configuration parameter "${name}"`)
}
