import type { SecurityContext } from '../auth/context.js'
import { PgError } from '../errors.js'
import type { Observe } from '../events.js'
import {
  AUTHENTICATION_CLEARTEXT_PASSWORD,
  AUTHENTICATION_OK,
  encodeNegotiateProtocolVersion,
} from '../protocol/backend.js'
import { PROTOCOL_MINOR_MAX } from '../protocol/startup.js'
import { ClientGone } from '../upstream/exchange.js'
import type { Handshake } from './handshake.js'
import type { Reader } from './reader.js'
import { findSetting } from './setting.js'
import { checkLocalSetting, NO_SETTINGS, type SettingValues, withSetting } from './settings.js'
import type { Writer } from './writer.js'

type Startup = Extract<Handshake, { kind: 'startup' }>

/** Verifies a password for a user, by token or by cube.js' checkSqlAuth. @throws PgError, or any error whose reason is for the log */
export type Authenticate = (user: string, password: string) => Promise<SecurityContext>

export interface LoginDeps {
  readonly authenticate: Authenticate
  readonly observe: Observe
  readonly database: string
  readonly sessionId: number
  readonly address: string
  /** Called when the password has come: from here on it is not the client who is waited for. */
  readonly onPassword: () => void
}

export interface Login {
  readonly context: SecurityContext
  readonly settings: SettingValues
  readonly protocolMinor: number
}

/**
 * From the StartupMessage to AuthenticationOk. Every failure says the same to the client; the reason is in the log.
 *
 * @throws PgError, to be answered with FATAL; ClientGone
 */
export async function login(
  startup: Startup,
  io: { readonly reader: Reader; readonly writer: Writer },
  deps: LoginDeps,
): Promise<Login> {
  const { packet, encrypted } = startup
  const { parameters, protocolMinor } = packet
  const unknown = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'))
  if (protocolMinor > PROTOCOL_MINOR_MAX || unknown.length > 0) {
    io.writer.write(encodeNegotiateProtocolVersion(Math.min(protocolMinor, PROTOCOL_MINOR_MAX), unknown))
  }
  const user = parameters.get('user') ?? ''
  if (user === '')
    throw new PgError(
      'invalid_authorization_specification',
      'no PostgreSQL user name specified in startup packet',
    )
  const replication = parameters.get('replication')
  if (replication !== undefined && !['false', 'off', 'no', '0'].includes(replication)) {
    throw new PgError('feature_not_supported', 'replication is not available through this gateway')
  }
  io.writer.write(AUTHENTICATION_CLEARTEXT_PASSWORD)
  const message = await io.reader.next()
  if (message === undefined) throw new ClientGone('the client left before the login')
  if (message.type !== 'password')
    throw new PgError('protocol_violation', `expected password response, got message ${message.type}`)
  deps.onPassword()
  const context = await authenticate(user, message.password, deps)
  const database = parameters.get('database') ?? user
  if (database !== deps.database && parameters.has('database') && database !== '') {
    throw new PgError('invalid_catalog_name', `database "${database}" does not exist`, {
      hint: `Connect to "${deps.database}".`,
    })
  }
  const settings = startupSettings(parameters)
  io.writer.write(AUTHENTICATION_OK)
  deps.observe({
    kind: 'login_succeeded',
    sessionId: deps.sessionId,
    address: deps.address,
    tls: encrypted,
    user,
    application: parameters.get('application_name') ?? '',
  })
  return { context, settings, protocolMinor: Math.min(protocolMinor, PROTOCOL_MINOR_MAX) }
}

async function authenticate(user: string, password: string, deps: LoginDeps): Promise<SecurityContext> {
  try {
    return await deps.authenticate(user, password)
  } catch (cause) {
    const detail = cause instanceof PgError && cause.detail !== undefined ? { detail: cause.detail } : {}
    throw new PgError('invalid_password', `password authentication failed for user "${user}"`, {
      ...detail,
      cause,
    })
  }
}

const NOT_SETTINGS = new Set(['user', 'database', 'options', 'replication'])

/**
 * Settings of the StartupMessage and of its `options`. Names that are not known are ignored: drivers send what their own server knows.
 *
 * @throws PgError for a value that would change safety
 */
function startupSettings(parameters: ReadonlyMap<string, string>): SettingValues {
  const given = [...readOptions(parameters.get('options') ?? ''), ...parameters].filter(
    ([name]) => !NOT_SETTINGS.has(name) && !name.startsWith('_pq_.'),
  )
  return given.reduce((settings: SettingValues, [name, value]) => {
    const setting = findSetting(name)
    if (setting === undefined || setting.kind === 'read-only') return settings
    checkLocalSetting(name, value)
    return setting.kind === 'fixed' ? settings : withSetting(settings, name, value)
  }, NO_SETTINGS)
}

/** `-c name=value`, `-cname=value` and `--name=value`; a backslash keeps the next character as it is. */
export function readOptions(text: string): readonly (readonly [string, string])[] {
  const words = text.match(/(\\[\s\S]|[^\s\\])+/g) ?? []
  const unescaped = words.map((word) => word.replace(/\\([\s\S])/g, '$1'))
  const pairs: (readonly [string, string])[] = []
  for (let index = 0; index < unescaped.length; index += 1) {
    let word = unescaped[index] ?? ''
    if (word === '-c') {
      index += 1
      word = unescaped[index] ?? ''
    } else word = word.replace(/^(-c|--)/, '')
    const equals = word.indexOf('=')
    if (equals > 0) pairs.push([word.slice(0, equals).replaceAll('-', '_'), word.slice(equals + 1)])
  }
  return pairs
}
