import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { PgError } from '../errors.js'
import type { Observe } from '../events.js'
import { encodeBackendKeyData, encodeParameterStatus, encodeReadyForQuery } from '../protocol/backend.js'
import { ClientGone } from '../upstream/exchange.js'
import { createCancelKeys } from './cancel-keys.js'
import { handshake } from './handshake.js'
import type { Login } from './login.js'
import { type Authenticate, login } from './login.js'
import { createReader, type Reader } from './reader.js'
import { errorFrame } from './report.js'
import type { Session } from './session.js'
import { createWaitingRoom } from './waiting-room.js'
import { createWriter, endSocket, type Writer } from './writer.js'

export interface GateOptions {
  readonly host: string
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly passwordOverPlaintext: boolean
  readonly sessionsMax: number
  /** Connections at once that have not logged in. */
  readonly loginsMax: number
  readonly loginTimeoutMs: number
  readonly writeTimeoutMs: number
  readonly frameBytesMax: number
  readonly database: string
}

/** A session about to begin: who it is, and what is told to the client before ReadyForQuery. */
export interface Opened {
  readonly session: Session
  readonly parameters: ReadonlyMap<string, string>
}

export interface GateDeps {
  readonly authenticate: Authenticate
  /** Makes the session of a client that logged in. @throws PgError, answered with FATAL */
  readonly open: (start: {
    readonly id: number
    readonly processId: number
    readonly address: string
    readonly login: Login
    readonly reader: Reader
    readonly writer: Writer
  }) => Promise<Opened>
  readonly observe: Observe
}

/** The listening side: accepts, logs in, and runs sessions. */
export interface Gate {
  readonly port: number
  sessionCount(): number
  /** Accepts nobody any more, lets running statements finish, then ends every session. */
  close(drainTimeoutMs: number): Promise<void>
}

let nextSessionId = 1

/** A client that vanished without a word is noticed after this and the system's own patience. */
const KEEPALIVE = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }

/** @throws the error of listen(), EADDRINUSE for one */
export async function openGate(options: GateOptions, deps: GateDeps): Promise<Gate> {
  const secureContext =
    options.tls === undefined ? undefined : createSecureContext({ ...options.tls, minVersion: 'TLSv1.2' })
  const cancelKeys = createCancelKeys()
  const sessions = new Map<Session, Promise<void>>()
  const sockets = new Set<Socket>()
  const waitingRoom = createWaitingRoom(options.loginsMax)
  /** Sessions, and those who are about to have one. */
  let admitted = 0

  const requireSeat = (): void => {
    if (admitted >= options.sessionsMax)
      throw new PgError('too_many_connections', 'sorry, too many clients already')
  }

  const serve = async (raw: Socket): Promise<void> => {
    const id = nextSessionId
    nextSessionId += 1
    const address = raw.remoteAddress ?? 'local'
    let socket = raw
    let processId: number | undefined
    let user = ''
    let seated = false
    let opened = false
    const deadline = new AbortController()
    const giveUp = (): void => {
      deadline.abort()
      socket.destroy()
    }
    const timer = setTimeout(giveUp, options.loginTimeoutMs)
    const place = waitingRoom.enter(giveUp)
    try {
      const hello = await handshake(raw, { secureContext, deadline: deadline.signal })
      if (hello.kind === 'closed') return void raw.destroy()
      if (hello.kind === 'cancel') {
        cancelKeys.cancel(hello.processId, hello.secretKey)
        return endSocket(raw)
      }
      socket = hello.socket
      user = hello.packet.parameters.get('user') ?? ''
      if (!hello.encrypted && !options.passwordOverPlaintext && !isLoopback(address)) {
        throw new PgError(
          'invalid_authorization_specification',
          'TLS is required, because your token is the password',
          {
            hint:
              secureContext === undefined
                ? 'Whoever runs the gateway must set ROWGATE_TLS_CERT and ROWGATE_TLS_KEY.'
                : 'Connect with sslmode=verify-full, or at least require.',
          },
        )
      }
      requireSeat()
      const io = { reader: createReader(socket, options), writer: createWriter(socket, options) }
      const loggedIn = await login(hello, io, {
        ...deps,
        database: options.database,
        sessionId: id,
        address,
        onPassword: place.keep,
      })
      place.leave()
      io.reader.admit()
      requireSeat()
      admitted += 1
      seated = true
      const key = cancelKeys.create(loggedIn.protocolMinor >= 2 ? 32 : 4)
      processId = key.processId
      const { session, parameters } = await deps.open({ id, processId, address, login: loggedIn, ...io })
      clearTimeout(timer)
      cancelKeys.bind(processId, session.cancel)
      for (const [name, value] of parameters) io.writer.write(encodeParameterStatus(name, value))
      io.writer.write(encodeBackendKeyData(processId, key.secretKey))
      io.writer.write(encodeReadyForQuery('I'))
      opened = true
      const running = session.run()
      sessions.set(session, running)
      await running
      sessions.delete(session)
    } catch (error) {
      if (error instanceof ClientGone) return void socket.destroy()
      if (!(error instanceof PgError)) deps.observe({ kind: 'internal_error', sessionId: id, error })
      if (!opened)
        deps.observe({ kind: 'login_failed', sessionId: id, address, user, reason: reasonOf(error) })
      if (seated && !opened) {
        seated = false
        admitted -= 1
      }
      endSocket(socket, errorFrame(error, 'FATAL'))
    } finally {
      clearTimeout(timer)
      // A socket that lingers still is one.
      whenClosed(raw, () => {
        place.leave()
        if (seated) admitted -= 1
      })
      if (processId !== undefined) cancelKeys.remove(processId)
    }
  }

  const server = createServer(KEEPALIVE, (socket) => {
    // Before anything else: an error without a listener would end the process.
    socket.on('error', () => undefined)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    void serve(socket)
  })
  const port = await listen(server, options)
  deps.observe({ kind: 'listening', host: options.host, port, tls: secureContext !== undefined })
  return {
    port,
    sessionCount: () => sessions.size,
    async close(drainTimeoutMs) {
      server.close()
      for (const session of sessions.keys())
        session.stop(new PgError('admin_shutdown', 'terminating connection due to administrator command'))
      const patience = new Promise<void>((resolve) => {
        setTimeout(resolve, drainTimeoutMs).unref()
      })
      await Promise.race([Promise.all(sessions.values()), patience])
      for (const socket of sockets) socket.destroySoon()
      setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, 200).unref()
    },
  }
}

function listen(server: Server, { host, port }: GateOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : port)
    })
  })
}

function whenClosed(socket: Socket, work: () => void): void {
  if (socket.closed) work()
  else socket.once('close', work)
}

/** What the log and the audit say of a login that failed; the client is told less. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
