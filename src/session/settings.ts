import { PgError } from '../errors.js'
import { findSetting, isCustomSetting, UPSTREAM_SETTINGS } from './setting.js'

/** Values that a session has set, by lower-case name; immutable, so that a transaction can go back to an earlier one. */
export type SettingValues = ReadonlyMap<string, string>

export const NO_SETTINGS: SettingValues = new Map()

export function withSetting(values: SettingValues, name: string, value: string | undefined): SettingValues {
  const next = new Map(values)
  if (value === undefined) next.delete(name.toLowerCase())
  else next.set(name.toLowerCase(), value)
  return next
}

/** Values for every setting that the upstream applies, in the order of UPSTREAM_SETTINGS. */
export function upstreamValues(
  values: SettingValues,
  defaults: ReadonlyMap<string, string>,
): readonly string[] {
  return UPSTREAM_SETTINGS.map((name) => values.get(name.toLowerCase()) ?? defaults.get(name) ?? '')
}

/** What SHOW answers for a setting that is not asked upstream; undefined for those that are. */
export function shownValue(
  values: SettingValues,
  name: string,
): { readonly name: string; readonly value: string } | undefined {
  const setting = findSetting(name)
  const set = values.get(name.toLowerCase())
  if (setting === undefined) {
    if (set !== undefined) return { name: name.toLowerCase(), value: set }
    throw unrecognized(name)
  }
  return setting.kind === 'upstream' ? undefined : { name: setting.name, value: set ?? setting.value }
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

export function unrecognized(name: string): PgError {
  return new PgError('undefined_object', `unrecognized configuration parameter "${name}"`)
}
