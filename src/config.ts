import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import {
  checkAlgorithms,
  checkFunctionsAllowed,
  checkHost,
  checkKeysUrl,
  checkSecrets,
  checkTls,
  checkUpstream,
  nearestSetting,
  type Report,
} from './config-check.js'
import { type Diagnostic, DiagnosticsError } from './errors.js'
import { splitList } from './setting-value.js'
import { SETTING_SPECS } from './settings.js'

/** Everything that can be configured, checked and frozen. Units are in the names. */
export interface Config {
  readonly projectDir: string
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly tls: { readonly cert: string; readonly key: string } | undefined
    readonly passwordOverPlaintext: boolean
    readonly sessionsMax: number
    readonly sessionsPerLoginMax: number
    readonly loginsMax: number
    readonly loginTimeoutMs: number
    readonly writeTimeoutMs: number
    readonly drainTimeoutMs: number
  }
  /** Undefined: the embedded demo database. */
  readonly upstream:
    | {
        readonly host: string
        readonly port: number
        readonly user: string
        readonly password: string
        readonly database: string
        readonly tls: ConnectionOptions | undefined
      }
    | undefined
  readonly pool: {
    readonly connectionsMax: number
    /** Of them, how many sessions with the same claims may hold. */
    readonly connectionsPerOwnerMax: number
    readonly waitersMax: number
    readonly acquireTimeoutMs: number
    readonly connectTimeoutMs: number
    readonly idleTimeoutMs: number
    readonly lifetimeMaxMs: number
    readonly preparedMax: number
    readonly statementTimeoutMs: number
    readonly idleInTransactionTimeoutMs: number
  }
  readonly auth: {
    readonly secrets: readonly string[]
    /** The only secret was made at start, for the embedded demo: nobody else can sign tokens. */
    readonly secretGenerated: boolean
    readonly keysUrl: string | undefined
    readonly algorithms: readonly string[] | undefined
    readonly issuers: readonly string[] | undefined
    readonly audience: string | undefined
    readonly subject: string | undefined
    readonly claimsNamespace: string | undefined
    readonly clockToleranceSeconds: number
  }
  readonly limits: {
    readonly frameBytesMax: number
    readonly sqlBytesMax: number
    readonly statementsMax: number
    readonly portalsMax: number
    readonly modelsMax: number
    readonly parsedMax: number
    readonly plansMax: number
    /** Of one statement or portal; 0 for no limit. */
    readonly resultRowsMax: number
    readonly resultBytesMax: number
  }
  readonly catalog: {
    readonly timeoutMs: number
    readonly shareMs: number
    readonly variantsMax: number
    readonly waitersMax: number
    readonly memoryBytesMax: number
    readonly answerBytesMax: number
    readonly cacheBytesMax: number
  }
  /** The database's name as clients see it. */
  readonly database: string
  /** Functions that clients may call beyond the list, as `schema.name`. */
  readonly functionsAllowed: ReadonlySet<string>
  readonly wall: { readonly roleClaim: string | undefined; readonly claims: boolean }
  readonly audit: { readonly target: string | undefined; readonly claims: readonly string[] }
  readonly logLevel: string
  /** Undefined: pretty on a terminal, else json. */
  readonly logFormat: 'json' | 'pretty' | undefined
  /** What is allowed and yet worth a look. */
  readonly warnings: readonly Diagnostic[]
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The configuration that the environment gives.
 *
 * @param overrides values by the same names that win over the environment: options of the command line
 * @param needsSecret false for commands that verify no token
 * @throws DiagnosticsError with every problem at once
 */
export function loadConfig(options: {
  readonly projectDir: string
  readonly environment: Environment
  readonly overrides?: Environment
  readonly needsSecret: boolean
}): Config {
  const environment = { ...options.environment, ...definedOnly(options.overrides ?? {}) }
  const diagnostics: Diagnostic[] = []
  const warnings: Diagnostic[] = []
  const report = createReport(diagnostics)
  const values = readValues(environment, report)
  const text = (name: string): string | undefined => values.get(name) as string | undefined
  const number = (name: string): number => Number(values.get(name) ?? 0)
  const list = (name: string): readonly string[] | undefined => {
    const value = text(name)
    return value === undefined ? undefined : splitList(value)
  }
  const file = (name: string): string | undefined => readPem(name, text(name), report)
  const embedded = text('CUBEJS_DB_HOST') === undefined && text('CUBEJS_DB_NAME') === undefined
  const tls = { cert: file('ROWGATE_TLS_CERT'), key: file('ROWGATE_TLS_KEY') }
  checkUpstream({ text, embedded, url: environment.CUBEJS_DB_URL }, report)
  checkTls({ text, ...tls }, report)
  const given = SECRET_NAMES.flatMap((name) => {
    const value = text(name)
    const secrets = value === undefined ? [] : name === 'CUBEJS_API_SECRETS' ? splitList(value) : [value]
    return secrets.map((secret) => ({ name, secret }))
  })
  const keysUrl = text('CUBEJS_JWK_URL')
  checkSecrets(given, { report, warn: createReport(warnings) })
  if (given.length > 0 && keysUrl !== undefined) {
    createReport(warnings)(
      'CUBEJS_JWK_URL',
      'is set beside a secret: tokens signed with the secret are accepted too',
      'Unset CUBEJS_API_SECRET, or set CUBEJS_JWT_ALGS to the algorithms of the issuer.',
    )
  }
  checkKeysUrl(keysUrl, createReport(warnings))
  checkHost(
    {
      host: text('ROWGATE_HOST') ?? '',
      tls: tls.cert !== undefined,
      passwordOverPlaintext: values.get('ROWGATE_PASSWORD_OVER_PLAINTEXT') === true,
    },
    createReport(warnings),
  )
  checkAlgorithms({ algorithms: list('CUBEJS_JWT_ALGS'), secrets: given.length, keysUrl }, report)
  checkFunctionsAllowed(list('ROWGATE_FUNCTIONS_ALLOWED') ?? [], report)
  const nothingToVerify = options.needsSecret && given.length === 0 && keysUrl === undefined
  if (nothingToVerify && !embedded) {
    report(
      'CUBEJS_API_SECRET',
      'is missing: there is nothing to verify tokens with',
      "Set CUBEJS_API_SECRET to the secret that signs them, or CUBEJS_JWK_URL to the issuer's key set.",
    )
  }
  const secretGenerated = nothingToVerify && embedded
  const secrets = secretGenerated ? [randomBytes(32).toString('hex')] : given.map(({ secret }) => secret)
  const config: Config = {
    projectDir: options.projectDir,
    listen: {
      host: text('ROWGATE_HOST') ?? '',
      port: number('CUBEJS_PG_SQL_PORT'),
      tls: tls.cert === undefined || tls.key === undefined ? undefined : { cert: tls.cert, key: tls.key },
      passwordOverPlaintext: values.get('ROWGATE_PASSWORD_OVER_PLAINTEXT') === true,
      sessionsMax: number('ROWGATE_SESSIONS_MAX'),
      sessionsPerLoginMax: number('ROWGATE_SESSIONS_PER_LOGIN_MAX'),
      loginsMax: number('ROWGATE_LOGINS_MAX'),
      loginTimeoutMs: number('ROWGATE_LOGIN_TIMEOUT_MS'),
      writeTimeoutMs: number('ROWGATE_CLIENT_WRITE_TIMEOUT_MS'),
      drainTimeoutMs: number('ROWGATE_DRAIN_TIMEOUT_MS'),
    },
    upstream: embedded
      ? undefined
      : {
          host: text('CUBEJS_DB_HOST') ?? '',
          port: number('CUBEJS_DB_PORT'),
          user: text('CUBEJS_DB_USER') ?? '',
          password: text('CUBEJS_DB_PASS') ?? '',
          database: text('CUBEJS_DB_NAME') ?? '',
          tls:
            values.get('CUBEJS_DB_SSL') === true
              ? {
                  rejectUnauthorized: values.get('CUBEJS_DB_SSL_REJECT_UNAUTHORIZED') === true,
                  ...definedOnly({
                    ca: file('CUBEJS_DB_SSL_CA'),
                    cert: file('CUBEJS_DB_SSL_CERT'),
                    key: file('CUBEJS_DB_SSL_KEY'),
                  }),
                }
              : undefined,
        },
    pool: {
      connectionsMax: number('ROWGATE_UPSTREAM_CONNECTIONS_MAX'),
      connectionsPerOwnerMax: perOwnerMax(
        number('ROWGATE_UPSTREAM_CONNECTIONS_MAX'),
        number('ROWGATE_UPSTREAM_CONNECTIONS_PER_LOGIN_MAX'),
      ),
      waitersMax: number('ROWGATE_UPSTREAM_WAITERS_MAX'),
      acquireTimeoutMs: number('ROWGATE_UPSTREAM_ACQUIRE_TIMEOUT_MS'),
      connectTimeoutMs: number('ROWGATE_UPSTREAM_CONNECT_TIMEOUT_MS'),
      idleTimeoutMs: number('ROWGATE_UPSTREAM_IDLE_TIMEOUT_MS'),
      lifetimeMaxMs: number('ROWGATE_UPSTREAM_LIFETIME_MAX_MS'),
      preparedMax: number('ROWGATE_UPSTREAM_PREPARED_MAX'),
      statementTimeoutMs: number('ROWGATE_STATEMENT_TIMEOUT_MS'),
      idleInTransactionTimeoutMs: number('ROWGATE_IDLE_IN_TRANSACTION_TIMEOUT_MS'),
    },
    auth: {
      secrets,
      secretGenerated,
      keysUrl,
      algorithms: list('CUBEJS_JWT_ALGS'),
      issuers: list('CUBEJS_JWT_ISSUER'),
      audience: text('CUBEJS_JWT_AUDIENCE'),
      subject: text('CUBEJS_JWT_SUBJECT'),
      claimsNamespace: text('CUBEJS_JWT_CLAIMS_NAMESPACE'),
      clockToleranceSeconds: number('ROWGATE_JWT_CLOCK_TOLERANCE_SECONDS'),
    },
    catalog: {
      timeoutMs: number('ROWGATE_CATALOG_TIMEOUT_MS'),
      shareMs: number('ROWGATE_CATALOG_SHARE_MS'),
      variantsMax: number('ROWGATE_CATALOG_VARIANTS_MAX'),
      waitersMax: number('ROWGATE_CATALOG_WAITERS_MAX'),
      memoryBytesMax: number('ROWGATE_CATALOG_MEMORY_BYTES_MAX'),
      answerBytesMax: number('ROWGATE_CATALOG_ANSWER_BYTES_MAX'),
      cacheBytesMax: number('ROWGATE_CATALOG_CACHE_BYTES_MAX'),
    },
    limits: {
      frameBytesMax: number('ROWGATE_FRAME_BYTES_MAX'),
      sqlBytesMax: number('ROWGATE_SQL_BYTES_MAX'),
      statementsMax: number('ROWGATE_STATEMENTS_MAX'),
      portalsMax: number('ROWGATE_PORTALS_MAX'),
      modelsMax: number('ROWGATE_MODELS_MAX'),
      parsedMax: number('ROWGATE_PARSED_MAX'),
      plansMax: number('ROWGATE_PLANS_MAX'),
      resultRowsMax: number('ROWGATE_RESULT_ROWS_MAX'),
      resultBytesMax: number('ROWGATE_RESULT_BYTES_MAX'),
    },
    database: text('ROWGATE_DATABASE') ?? text('CUBEJS_DB_NAME') ?? 'demo',
    functionsAllowed: new Set(list('ROWGATE_FUNCTIONS_ALLOWED') ?? []),
    wall: {
      roleClaim: text('ROWGATE_UPSTREAM_ROLE_CLAIM'),
      claims: values.get('ROWGATE_UPSTREAM_CLAIMS') === true,
    },
    audit: { target: text('ROWGATE_AUDIT'), claims: list('ROWGATE_AUDIT_CLAIMS') ?? [] },
    logLevel: text('ROWGATE_LOG_LEVEL') ?? 'info',
    logFormat: text('ROWGATE_LOG_FORMAT') as Config['logFormat'],
    warnings,
  }
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics)
  return deepFreeze(config)
}

const SECRET_NAMES = ['CUBEJS_API_SECRET', 'CUBEJS_JWT_KEY', 'CUBEJS_API_SECRETS']
/** A misspelt name among these would switch a check off without a word. */
const CLOSED_FAMILIES = ['ROWGATE_', 'CUBEJS_JWT_', 'CUBEJS_JWK_', 'CUBEJS_API_SECRET']

function createReport(diagnostics: Diagnostic[]): Report {
  return (file, message, fix) => {
    diagnostics.push({ file, line: 0, column: 0, message, fix })
  }
}

function readValues(
  environment: Environment,
  report: Report,
): ReadonlyMap<string, string | number | boolean | undefined> {
  const values = new Map<string, string | number | boolean | undefined>()
  for (const spec of SETTING_SPECS) {
    const given = environment[spec.name]
    const written = given === undefined || given === '' ? spec.fallback : given
    if (written === '') continue
    const parsed = spec.schema.safeParse(written)
    if (parsed.success) {
      values.set(spec.name, parsed.data)
      continue
    }
    const shown = written.includes('@') ? 'this value' : `"${written}"` // it may hold a password
    report(spec.name, `${shown} is not possible: ${parsed.error.issues[0]?.message ?? ''}`, spec.about)
  }
  for (const name of Object.keys(environment).sort()) {
    if (!CLOSED_FAMILIES.some((family) => name.startsWith(family))) continue
    if (SETTING_SPECS.some((spec) => spec.name === name)) continue
    const nearest = nearestSetting(name)
    report(
      name,
      'is no setting of Rowgate',
      nearest === undefined ? '`rowgate serve --help` lists them.' : `Did you mean ${nearest}?`,
    )
  }
  return values
}

/** The content of a PEM file, or PEM text itself as Cube allows. */
function readPem(name: string, value: string | undefined, report: Report): string | undefined {
  if (value === undefined || value.includes('-----BEGIN')) return value
  try {
    return readFileSync(value, 'utf8')
  } catch {
    report(name, `the file "${value}" cannot be read`, 'Name a readable PEM file.')
    return undefined
  }
}

function definedOnly(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner !== null && typeof inner === 'object' && !Buffer.isBuffer(inner)) deepFreeze(inner as object)
  return Object.freeze(value)
}

/** Whatever one login does, another finds a connection, unless there is one only. */
function perOwnerMax(connectionsMax: number, given: number): number {
  return given === 0 ? Math.max(1, connectionsMax - 1) : Math.min(given, connectionsMax)
}
