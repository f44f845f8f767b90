import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { type Diagnostic, DiagnosticsError } from './errors.js'
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
    readonly loginTimeoutMs: number
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
  }
  /** The database's name as clients see it. */
  readonly database: string
  readonly logLevel: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The configuration that the environment gives.
 *
 * @param needsSecret false for commands that verify no token
 * @throws DiagnosticsError with every problem at once
 */
export function loadConfig(options: {
  readonly projectDir: string
  readonly environment: Environment
  readonly needsSecret: boolean
}): Config {
  const { environment } = options
  const diagnostics: Diagnostic[] = []
  const report = (file: string, message: string, fix: string): void => {
    diagnostics.push({ file, line: 0, column: 0, message, fix })
  }
  const values = readValues(environment, report)
  const text = (name: string): string | undefined => values.get(name) as string | undefined
  const number = (name: string): number => Number(values.get(name) ?? 0)
  const list = (name: string): readonly string[] | undefined =>
    text(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  const file = (name: string): string | undefined => readPem(name, text(name), report)
  const secrets = [
    text('CUBEJS_API_SECRET'),
    text('CUBEJS_JWT_KEY'),
    ...(list('CUBEJS_API_SECRETS') ?? []),
  ].filter((secret) => secret !== undefined)
  const embedded = text('CUBEJS_DB_HOST') === undefined && text('CUBEJS_DB_NAME') === undefined
  if (options.needsSecret && secrets.length === 0 && text('CUBEJS_JWK_URL') === undefined && !embedded) {
    report(
      'CUBEJS_API_SECRET',
      'there is nothing to verify tokens with',
      "Set CUBEJS_API_SECRET to the secret that signs them, or CUBEJS_JWK_URL to the issuer's key set.",
    )
  }
  const keysUrl = text('CUBEJS_JWK_URL')
  if (keysUrl !== undefined && !/^https?:\/\/./.test(keysUrl))
    report('CUBEJS_JWK_URL', 'must be an http or https URL', 'Write https://issuer/.well-known/jwks.json.')
  if (!embedded) {
    for (const name of ['CUBEJS_DB_HOST', 'CUBEJS_DB_NAME', 'CUBEJS_DB_USER']) {
      if (text(name) === undefined)
        report(
          name,
          'is missing',
          'Set it, or unset CUBEJS_DB_HOST and CUBEJS_DB_NAME for the embedded database.',
        )
    }
  }
  const [cert, key] = [file('ROWGATE_TLS_CERT'), file('ROWGATE_TLS_KEY')]
  if ((cert === undefined) !== (key === undefined) && diagnostics.length === 0) {
    report(
      cert === undefined ? 'ROWGATE_TLS_CERT' : 'ROWGATE_TLS_KEY',
      'is missing',
      'Set both the certificate and its key, or neither.',
    )
  }
  const config: Config = {
    projectDir: options.projectDir,
    listen: {
      host: text('ROWGATE_HOST') ?? '',
      port: number('CUBEJS_PG_SQL_PORT'),
      tls: cert === undefined || key === undefined ? undefined : { cert, key },
      passwordOverPlaintext: values.get('ROWGATE_PASSWORD_OVER_PLAINTEXT') === true,
      sessionsMax: number('ROWGATE_SESSIONS_MAX'),
      loginTimeoutMs: number('ROWGATE_LOGIN_TIMEOUT_MS'),
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
      keysUrl,
      algorithms: list('CUBEJS_JWT_ALGS'),
      issuers: list('CUBEJS_JWT_ISSUER'),
      audience: text('CUBEJS_JWT_AUDIENCE'),
      subject: text('CUBEJS_JWT_SUBJECT'),
      claimsNamespace: text('CUBEJS_JWT_CLAIMS_NAMESPACE'),
      clockToleranceSeconds: number('ROWGATE_JWT_CLOCK_TOLERANCE_SECONDS'),
    },
    limits: {
      frameBytesMax: number('ROWGATE_FRAME_BYTES_MAX'),
      sqlBytesMax: number('ROWGATE_SQL_BYTES_MAX'),
      statementsMax: number('ROWGATE_STATEMENTS_MAX'),
      portalsMax: number('ROWGATE_PORTALS_MAX'),
      modelsMax: number('ROWGATE_MODELS_MAX'),
      parsedMax: number('ROWGATE_PARSED_MAX'),
    },
    database: text('ROWGATE_DATABASE') ?? text('CUBEJS_DB_NAME') ?? 'demo',
    logLevel: text('ROWGATE_LOG_LEVEL') ?? 'info',
  }
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics)
  return deepFreeze(config)
}

type Report = (file: string, message: string, fix: string) => void

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
    if (parsed.success) values.set(spec.name, parsed.data)
    else
      report(spec.name, `"${written}" is not possible: ${parsed.error.issues[0]?.message ?? ''}`, spec.about)
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('ROWGATE_') || SETTING_SPECS.some((spec) => spec.name === name)) continue
    report(name, 'is no setting of Rowgate', '`rowgate serve --help` lists them.')
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

const SECRET_FIELDS = new Set(['password', 'secrets', 'key'])

/** The configuration as a text that is stable and holds no secret. */
export function printConfig(config: Config): string {
  const lines: string[] = []
  const walk = (value: unknown, path: string): void => {
    if (SECRET_FIELDS.has(path.split('.').at(-1) ?? '') && value !== undefined) {
      lines.push(`${path} = (hidden)`)
      return
    }
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`)
      return
    }
    lines.push(
      `${path} = ${value === undefined ? 'not set' : Array.isArray(value) ? value.join(', ') : String(value)}`,
    )
  }
  walk(config, '')
  return lines.join('\n')
}
