import type { Socket } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import pg from 'pg'
import { PgError } from '../errors.js'
import { type Connection, createConnection } from './connection.js'

export interface UpstreamOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Undefined: no TLS. */
  readonly tls: TlsOptions | undefined
  readonly connectTimeoutMs: number
  /** 0 for none. */
  readonly statementTimeoutMs: number
  /** 0 for none. */
  readonly idleInTransactionTimeoutMs: number
  /** How many prepared statements one connection keeps. */
  readonly preparedMax: number
}

/** What every upstream session is pinned to, whoever uses it. */
function fixedSettings(options: UpstreamOptions): Readonly<Record<string, string>> {
  return {
    search_path: '',
    client_encoding: 'UTF8',
    standard_conforming_strings: 'on',
    default_transaction_read_only: 'on',
    transform_null_equals: 'off',
    row_security: 'on',
    DateStyle: 'ISO, MDY',
    IntervalStyle: 'postgres',
    extra_float_digits: '1',
    bytea_output: 'hex',
    lock_timeout: '0',
    statement_timeout: String(options.statementTimeoutMs),
    idle_in_transaction_session_timeout: String(options.idleInTransactionTimeoutMs),
    application_name: 'rowgate',
  }
}

let nextId = 1

/**
 * Opens one connection: `pg` does TLS and the login, then its socket is taken over.
 *
 * @throws PgError sqlclient_unable_to_establish_sqlconnection; the reason is its cause
 */
export async function connectUpstream(options: UpstreamOptions): Promise<Connection> {
  const client = new pg.Client({
    host: options.host,
    port: options.port,
    user: options.user,
    password: options.password,
    database: options.database,
    ssl: options.tls ?? false,
    connectionTimeoutMillis: options.connectTimeoutMs,
    application_name: 'rowgate',
  })
  // Errors after a failed connect have nobody else to go to, and must not end the process.
  client.on('error', () => undefined)
  const inner = innerOf(client)
  const parameters = new Map<string, string>()
  inner.connection.on('parameterStatus', (status) =>
    parameters.set(status.parameterName, status.parameterValue),
  )
  try {
    await client.connect()
    const settings = Object.entries(fixedSettings(options))
    const calls = settings.map(
      (_setting, index) => `pg_catalog.set_config($${index * 2 + 1}, $${index * 2 + 2}, false)`,
    )
    await client.query(`SELECT ${calls.join(', ')}`, settings.flat())
    // Reported parameters come with the command that changed them, and not all of them are reported by every server.
    const shown = await client.query<{ zone: string }>(
      `SELECT pg_catalog.current_setting('TimeZone') AS zone`,
    )
    parameters.set('TimeZone', shown.rows[0]?.zone ?? 'UTC')
  } catch (cause) {
    client.end().catch(() => undefined)
    throw new PgError(
      'sqlclient_unable_to_establish_sqlconnection',
      'could not connect to the upstream database',
      { cause },
    )
  }
  const socket = takeSocket(inner.connection.stream)
  const id = nextId
  nextId += 1
  return createConnection({
    id,
    socket,
    parameters,
    processId: inner.processID ?? 0,
    secretKey: secretKeyOf(inner.secretKey),
    preparedMax: options.preparedMax,
    applied: new Map([
      ...Object.entries(fixedSettings(options)),
      ['TimeZone', parameters.get('TimeZone') ?? 'UTC'],
    ]),
  })
}

interface InnerClient {
  readonly connection: {
    readonly stream: Socket
    on(
      event: 'parameterStatus',
      listener: (status: { parameterName: string; parameterValue: string }) => void,
    ): void
  }
  readonly processID: number | null
  readonly secretKey: number | Buffer | null
}

/** The parts of pg's client that its types do not show. */
function innerOf(client: pg.Client): InnerClient {
  return client as unknown as InnerClient
}

/** An upstream that vanished without a word is noticed after this and the system's own patience. */
const KEEPALIVE_MS = 60_000

function takeSocket(socket: Socket): Socket {
  for (const event of ['data', 'error', 'end', 'close', 'drain', 'timeout', 'readable'])
    socket.removeAllListeners(event)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEPALIVE_MS)
  return socket
}

function secretKeyOf(key: number | Buffer | null): Buffer {
  if (Buffer.isBuffer(key)) return key
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE((key ?? 0) | 0)
  return bytes
}
