import { z } from 'zod'

/** One environment variable: what it is called, measured in and for. */
export interface SettingSpec {
  readonly name: string
  readonly unit: string
  readonly fallback: string
  readonly about: string
  readonly schema: z.ZodType<string | number | boolean | undefined>
}

const whole = (min: number, max: number): SettingSpec['schema'] =>
  z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max, {
      message: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number)
const text: SettingSpec['schema'] = z.string()
const flag: SettingSpec['schema'] = z
  .enum(['true', 'false', '1', '0', 'on', 'off'], { error: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1' || value === 'on')
const oneOf = (values: readonly string[]): SettingSpec['schema'] =>
  z.string().refine((value) => values.includes(value), { message: `must be one of ${values.join(', ')}` })

/** As RFC 7518 names them; what auth verifies, `none` not among them. */
const ALGORITHMS =
  'HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')
const algorithms: SettingSpec['schema'] = z
  .string()
  .refine(
    (value) => splitList(value).length > 0 && splitList(value).every((name) => ALGORITHMS.includes(name)),
    {
      message: `must be a list of ${ALGORITHMS.join(', ')}`,
    },
  )
const url: SettingSpec['schema'] = z.string().refine(isPlainUrl, {
  message: 'must be an http or https URL without user and password',
})
/** Databases of Cube that speak Postgres' protocol and dialect. */
const POSTGRES_TYPES = ['postgres', 'redshift', 'cockroachdb', 'materialize', 'crate']

const setting = (
  name: string,
  unit: string,
  fallback: string,
  about: string,
  schema: SettingSpec['schema'],
): SettingSpec => ({
  name,
  unit,
  fallback,
  about,
  schema,
})

/** The parts of a value that is a list, separated by commas. */
export function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === ''
}

/** Every variable that is read, in the order of the documentation. An empty default means: not set. */
export const SETTING_SPECS: readonly SettingSpec[] = [
  setting(
    'CUBEJS_DB_HOST',
    '',
    '',
    'Host of the upstream Postgres; with neither host nor name set, an embedded demo database',
    text,
  ),
  setting(
    'CUBEJS_DB_TYPE',
    '',
    'postgres',
    'Kind of the upstream, as Cube names it; it must speak Postgres',
    oneOf(POSTGRES_TYPES),
  ),
  setting('CUBEJS_DB_PORT', '', '5432', 'Port of the upstream', whole(1, 65_535)),
  setting('CUBEJS_DB_NAME', '', '', 'Database of the upstream', text),
  setting(
    'CUBEJS_DB_USER',
    '',
    '',
    "User of the upstream; needs SELECT on the model's tables and nothing else",
    text,
  ),
  setting('CUBEJS_DB_PASS', '', '', 'Password of the upstream', text),
  setting('CUBEJS_DB_SSL', '', 'false', 'TLS to the upstream', flag),
  setting(
    'CUBEJS_DB_SSL_REJECT_UNAUTHORIZED',
    '',
    'true',
    'Refuse an upstream whose certificate cannot be verified',
    flag,
  ),
  setting('CUBEJS_DB_SSL_CA', 'file', '', 'Certificate authority of the upstream', text),
  setting('CUBEJS_DB_SSL_CERT', 'file', '', 'Client certificate for the upstream', text),
  setting('CUBEJS_DB_SSL_KEY', 'file', '', 'Key of the client certificate', text),
  setting(
    'CUBEJS_PG_SQL_PORT',
    '',
    '15432',
    'Port on which clients connect; 0 for any that is free',
    whole(0, 65_535),
  ),
  setting('CUBEJS_API_SECRET', '', '', 'Secret that signs tokens (HS256, HS384, HS512)', text),
  setting(
    'CUBEJS_API_SECRETS',
    'list',
    '',
    'Several secrets, separated by commas, any of which may have signed',
    text,
  ),
  setting('CUBEJS_JWK_URL', 'URL', '', 'Key set of the token issuer (RS, PS, ES, EdDSA)', url),
  setting('CUBEJS_JWT_KEY', '', '', 'A secret, beside CUBEJS_API_SECRET', text),
  setting('CUBEJS_JWT_ALGS', 'list', '', 'Algorithms that are accepted, separated by commas', algorithms),
  setting('CUBEJS_JWT_AUDIENCE', '', '', 'Required aud', text),
  setting('CUBEJS_JWT_ISSUER', 'list', '', 'Required iss; several separated by commas', text),
  setting('CUBEJS_JWT_SUBJECT', '', '', 'Required sub', text),
  setting('CUBEJS_JWT_CLAIMS_NAMESPACE', '', '', 'The claim that holds the security context', text),
  setting('ROWGATE_HOST', '', '127.0.0.1', 'Address to listen on', text),
  setting('ROWGATE_DATABASE', '', '', "Database name shown to clients; by default the upstream's", text),
  setting('ROWGATE_TLS_CERT', 'file', '', 'Certificate shown to clients, in PEM', text),
  setting('ROWGATE_TLS_KEY', 'file', '', 'Key of that certificate, in PEM', text),
  setting(
    'ROWGATE_PASSWORD_OVER_PLAINTEXT',
    '',
    'false',
    'Accept tokens without TLS from other machines',
    flag,
  ),
  setting('ROWGATE_JWT_CLOCK_TOLERANCE_SECONDS', 's', '5', 'How far clocks may differ', whole(0, 300)),
  setting('ROWGATE_UPSTREAM_CONNECTIONS_MAX', '', '10', 'Connections to the upstream', whole(1, 10_000)),
  setting(
    'ROWGATE_UPSTREAM_CONNECTIONS_PER_LOGIN_MAX',
    '',
    '0',
    'Of them, how many sessions whose tokens hold the same claims may hold at once; 0 for all but one',
    whole(0, 10_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_WAITERS_MAX',
    '',
    '1000',
    'Sessions that may wait for a connection',
    whole(1, 1_000_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_ACQUIRE_TIMEOUT_MS',
    'ms',
    '30000',
    'How long a session waits for a connection',
    whole(1, 3_600_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_CONNECT_TIMEOUT_MS',
    'ms',
    '10000',
    'How long opening a connection may take',
    whole(1, 600_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_IDLE_TIMEOUT_MS',
    'ms',
    '60000',
    'An idle connection is closed after this',
    whole(1_000, 86_400_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_LIFETIME_MAX_MS',
    'ms',
    '3600000',
    'A connection is not reused after this age',
    whole(1_000, 604_800_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_PREPARED_MAX',
    '',
    '200',
    'Prepared statements kept per upstream connection',
    whole(1, 100_000),
  ),
  setting(
    'ROWGATE_UPSTREAM_ROLE_CLAIM',
    '',
    '',
    "Claim that names the upstream role to act as in each transaction, so that the database's own row security holds beneath",
    text,
  ),
  setting(
    'ROWGATE_UPSTREAM_CLAIMS',
    '',
    'false',
    'Tell the upstream the claims in each transaction, as request.jwt.claims',
    flag,
  ),
  setting('ROWGATE_SESSIONS_MAX', '', '2000', 'Client sessions at once', whole(1, 100_000)),
  setting(
    'ROWGATE_SESSIONS_PER_LOGIN_MAX',
    '',
    '1000',
    'Client sessions at once whose tokens hold the same claims, under whatever user names',
    whole(1, 100_000),
  ),
  setting(
    'ROWGATE_LOGINS_MAX',
    '',
    '1000',
    'Connections at once that have not logged in; the oldest makes room for the next',
    whole(1, 100_000),
  ),
  setting(
    'ROWGATE_LOGIN_TIMEOUT_MS',
    'ms',
    '60000',
    'From accepting a connection to the end of its login',
    whole(100, 600_000),
  ),
  setting(
    'ROWGATE_CLIENT_WRITE_TIMEOUT_MS',
    'ms',
    '120000',
    'A client that takes nothing of its answer for so long is disconnected',
    whole(1_000, 86_400_000),
  ),
  setting(
    'ROWGATE_FRAME_BYTES_MAX',
    'bytes',
    '16777216',
    'Longest message of a client',
    whole(65_536, 1_073_741_823),
  ),
  setting('ROWGATE_SQL_BYTES_MAX', 'bytes', '262144', 'Longest statement', whole(1_024, 16_777_216)),
  setting('ROWGATE_STATEMENTS_MAX', '', '1000', 'Prepared statements per session', whole(1, 100_000)),
  setting('ROWGATE_PORTALS_MAX', '', '1000', 'Open portals per session', whole(1, 100_000)),
  setting(
    'ROWGATE_RESULT_ROWS_MAX',
    '',
    '0',
    'Rows that one statement or cursor may give, more are an error; 0 for no limit',
    whole(0, Number.MAX_SAFE_INTEGER),
  ),
  setting(
    'ROWGATE_RESULT_BYTES_MAX',
    'bytes',
    '0',
    'The same for the bytes of these rows; 0 for no limit',
    whole(0, Number.MAX_SAFE_INTEGER),
  ),
  setting(
    'ROWGATE_STATEMENT_TIMEOUT_MS',
    'ms',
    '600000',
    'Longest run of a statement; 0 for no limit',
    whole(0, 86_400_000),
  ),
  setting(
    'ROWGATE_IDLE_IN_TRANSACTION_TIMEOUT_MS',
    'ms',
    '600000',
    'Longest pause of a session that keeps an upstream connection, by a transaction or a cursor WITH HOLD; 0 for no limit',
    whole(0, 86_400_000),
  ),
  setting(
    'ROWGATE_MODELS_MAX',
    '',
    '100',
    'Compiled models kept (one per contextToAppId)',
    whole(1, 100_000),
  ),
  setting('ROWGATE_PARSED_MAX', '', '2000', 'Parsed statements kept', whole(1, 1_000_000)),
  setting(
    'ROWGATE_PLANS_MAX',
    '',
    '5000',
    'Plans kept, one for each statement and context',
    whole(1, 1_000_000),
  ),
  setting(
    'ROWGATE_CATALOG_TIMEOUT_MS',
    'ms',
    '10000',
    'Longest run of a statement about the catalog',
    whole(100, 600_000),
  ),
  setting(
    'ROWGATE_CATALOG_SHARE_MS',
    'ms',
    '5000',
    'Longest run of a statement about the catalog while a login with other claims waits for it',
    whole(50, 600_000),
  ),
  setting(
    'ROWGATE_CATALOG_VARIANTS_MAX',
    '',
    '20',
    'Different sets of visible cubes that the catalog holds at once',
    whole(1, 1_000),
  ),
  setting(
    'ROWGATE_CATALOG_WAITERS_MAX',
    '',
    '1000',
    'Statements that may wait for the catalog',
    whole(1, 100_000),
  ),
  setting(
    'ROWGATE_CATALOG_MEMORY_BYTES_MAX',
    'bytes',
    '268435456',
    'Memory of the catalog; what needs more fails',
    whole(167_772_160, 2_147_483_648),
  ),
  setting(
    'ROWGATE_CATALOG_ANSWER_BYTES_MAX',
    'bytes',
    '16777216',
    'Longest answer of the catalog, and what a session may hold of them for portals and cursors',
    whole(65_536, 268_435_456),
  ),
  setting(
    'ROWGATE_CATALOG_CACHE_BYTES_MAX',
    'bytes',
    '33554432',
    'Answers of the catalog that are kept',
    whole(1_024, 1_073_741_824),
  ),
  setting(
    'ROWGATE_DRAIN_TIMEOUT_MS',
    'ms',
    '10000',
    'How long running statements may finish after SIGTERM',
    whole(0, 3_600_000),
  ),
  setting(
    'ROWGATE_FUNCTIONS_ALLOWED',
    'list',
    '',
    'Functions of your own that clients may call by this name, as schema.name, separated by commas; they see what they are given, and must tell and change nothing else',
    z
      .string()
      .refine(
        (value) => splitList(value).every((name) => /^[a-z_][a-z0-9_$]*\.[a-z_][a-z0-9_$]*$/.test(name)),
        {
          message: 'must be a list of schema.name in lower case',
        },
      ),
  ),
  setting(
    'ROWGATE_AUDIT',
    '',
    '',
    'Where each login and statement is written, one JSON object a line: stdout, or a file to append to',
    text,
  ),
  setting(
    'ROWGATE_AUDIT_CLAIMS',
    'list',
    'sub',
    'Claims whose values the audit tells people apart by, separated by commas',
    text,
  ),
  setting(
    'ROWGATE_LOG_LEVEL',
    '',
    'info',
    'debug, info, warn, error or silent',
    oneOf(['debug', 'info', 'warn', 'error', 'silent']),
  ),
  setting(
    'ROWGATE_LOG_FORMAT',
    '',
    '',
    'json or pretty; by default pretty on a terminal, else json',
    oneOf(['json', 'pretty']),
  ),
]

/** A table of all settings, for `serve --help`. */
export function printSettings(): string {
  const width = Math.max(...SETTING_SPECS.map(({ name }) => name.length))
  return SETTING_SPECS.map(({ name, unit, fallback, about }) => {
    const value = fallback === '' ? 'not set' : `default ${fallback}`
    return `  ${name.padEnd(width)}  ${about} (${unit === '' ? value : `${unit}; ${value}`})`
  }).join('\n')
}
