/**
 * Run-time parameters of a session, by what becomes of SET. Names are looked up in lower case, as Postgres compares them.
 *
 * `upstream`: changes what the upstream computes or prints; validated, applied and printed by it, and put on whichever connection serves
 * the session. `local`: remembered and shown, without effect, because drivers and tools set it. `fixed`: only the values named are
 * accepted, because any other would change what text means or who the session is.
 */
export type Setting =
  | { readonly kind: 'upstream'; readonly name: string }
  | {
      readonly kind: 'local'
      readonly name: string
      readonly value: string
      /** Undefined for any text. */
      readonly values: LocalValues | undefined
    }
  | {
      readonly kind: 'fixed'
      readonly name: string
      readonly value: string
      readonly accepts: (value: string) => boolean
    }
  | { readonly kind: 'read-only'; readonly name: string; readonly value: string }

/** Values that a local setting takes: those named, in the order in which Postgres' hint names them, or anything that is a Boolean. */
export type LocalValues = 'boolean' | readonly string[]

const upstream = (name: string): Setting => ({ kind: 'upstream', name })
const local = (name: string, value: string, values?: LocalValues): Setting => ({
  kind: 'local',
  name,
  value,
  values,
})
const readOnly = (name: string, value: string): Setting => ({ kind: 'read-only', name, value })
const fixed = (name: string, value: string, accepts: readonly string[]): Setting => ({
  kind: 'fixed',
  name,
  value,
  accepts: (given) => accepts.includes(given.toLowerCase()),
})

const MESSAGE_LEVELS = 'debug5 debug4 debug3 debug2 debug1 log notice warning error'.split(' ')
export const ISOLATION_LEVELS = ['serializable', 'repeatable read', 'read committed', 'read uncommitted']

/** Encodings that mean UTF8 in the spellings of drivers (asyncpg sends quotes, Pgtcl and Qt say UNICODE). */
const UTF8 = ['utf8', 'utf-8', "'utf-8'", "'utf8'", 'unicode']

const SETTINGS: readonly Setting[] = [
  upstream('DateStyle'),
  upstream('IntervalStyle'),
  upstream('TimeZone'),
  upstream('extra_float_digits'),
  upstream('bytea_output'),
  upstream('statement_timeout'),
  upstream('lock_timeout'),
  upstream('idle_in_transaction_session_timeout'),
  fixed('client_encoding', 'UTF8', UTF8),
  fixed('standard_conforming_strings', 'on', ['on', 'true', '1', 'yes']),
  fixed('default_transaction_read_only', 'on', ['on', 'off', 'true', 'false', '1', '0', 'yes', 'no']),
  fixed('transaction_read_only', 'on', ['on', 'off', 'true', 'false', '1', '0', 'yes', 'no']),
  fixed('role', 'none', ['none', 'default']),
  fixed('row_security', 'on', ['on', 'true', '1', 'yes', 'off']),
  fixed('session_replication_role', 'origin', ['origin']),
  fixed('transform_null_equals', 'off', ['off', 'false', '0', 'no']),
  { kind: 'fixed', name: 'search_path', value: '"$user", public', accepts: acceptsSearchPath },
  local('application_name', ''),
  local('client_min_messages', 'notice', MESSAGE_LEVELS),
  local('default_transaction_isolation', 'read committed', ISOLATION_LEVELS),
  local('default_transaction_deferrable', 'off', 'boolean'),
  local('synchronize_seqscans', 'on', 'boolean'),
  local('synchronous_commit', 'on'),
  local('idle_session_timeout', '0'),
  local('tcp_keepalives_idle', '0'),
  local('tcp_keepalives_interval', '0'),
  local('tcp_keepalives_count', '0'),
  local('escape_string_warning', 'on', 'boolean'),
  local('backslash_quote', 'safe_encoding'),
  local('xmloption', 'content', ['content', 'document']),
  local('xmlbinary', 'base64', ['base64', 'hex']),
  local('work_mem', '4MB'),
  local('geqo', 'on', 'boolean'),
  local('jit', 'on', 'boolean'),
  local('plan_cache_mode', 'auto', ['auto', 'force_generic_plan', 'force_custom_plan']),
  local('cursor_tuple_fraction', '0.1'),
  local('max_parallel_workers_per_gather', '2'),
  local('random_page_cost', '4'),
  local('quote_all_identifiers', 'off', 'boolean'),
  local('lc_messages', 'C'),
  local('lc_monetary', 'C'),
  local('lc_numeric', 'C'),
  local('lc_time', 'C'),
  local('check_function_bodies', 'on', 'boolean'),
  ...[
    'bitmapscan',
    'hashagg',
    'hashjoin',
    'indexscan',
    'indexonlyscan',
    'material',
    'mergejoin',
    'nestloop',
    'seqscan',
    'sort',
    'tidscan',
  ].map((name) => local(`enable_${name}`, 'on', 'boolean')),
  readOnly('server_encoding', 'UTF8'),
  readOnly('integer_datetimes', 'on'),
  readOnly('max_identifier_length', '63'),
  readOnly('max_connections', '100'),
  readOnly('in_hot_standby', 'off'),
  readOnly('is_superuser', 'off'),
  readOnly('lc_collate', 'C'),
  readOnly('lc_ctype', 'C'),
  readOnly('block_size', '8192'),
  readOnly('max_index_keys', '32'),
  readOnly('ssl', 'on'),
]

const BY_NAME: ReadonlyMap<string, Setting> = new Map(
  SETTINGS.map((setting) => [setting.name.toLowerCase(), setting]),
)

/** Settings that the upstream applies, in the order in which they are put on a connection. */
export const UPSTREAM_SETTINGS: readonly string[] = SETTINGS.filter(
  (setting) => setting.kind === 'upstream',
).map((setting) => setting.name)

export function findSetting(name: string): Setting | undefined {
  return BY_NAME.get(name.toLowerCase())
}

/** A name with a dot is an extension's or an application's; Postgres accepts any. */
export function isCustomSetting(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)+$/.test(name)
}

function acceptsSearchPath(value: string): boolean {
  return value
    .split(',')
    .map((schema) => schema.trim().replace(/^"(.*)"$/, '$1'))
    .every((schema) => ['', '$user', 'public', 'pg_catalog', 'pg_temp'].includes(schema))
}
