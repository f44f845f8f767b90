import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { PgError } from '../errors.js'
import type { StartupPacket } from '../protocol/message.js'
import { decodeStartup, STARTUP_BYTES_MAX } from '../protocol/startup.js'

export interface HandshakeOptions {
  /** Undefined: TLS is not offered. */
  readonly secureContext: SecureContext | undefined
  /** Ends it, wherever it is: one deadline from accept on. */
  readonly deadline: AbortSignal
}

export type Handshake =
  | { readonly kind: 'closed' }
  | { readonly kind: 'cancel'; readonly processId: number; readonly secretKey: Buffer }
  | {
      readonly kind: 'startup'
      readonly socket: Socket
      readonly encrypted: boolean
      readonly packet: Extract<StartupPacket, { type: 'startup' }>
    }

/** The first byte of a TLS ClientHello. */
const TLS_HANDSHAKE = 0x16
const ALPN = 'postgresql'

/**
 * Brings an accepted socket to its StartupMessage: TLS by SSLRequest or at once, GSSENCRequest refused, each at most once.
 *
 * Exactly as many bytes are read as belong to a packet; what a client sends after SSLRequest goes to TLS and nowhere else
 * (CVE-2021-23214 is what happens otherwise).
 *
 * @throws PgError for what is to be answered with FATAL; the socket to answer on is `errorSocket(error)` or the given one
 */
export async function handshake(raw: Socket, options: HandshakeOptions): Promise<Handshake> {
  let socket = raw
  let encrypted = false
  let askedTls = false
  let askedGss = false
  const first = await readExactly(socket, 1, options.deadline)
  if (first === undefined) return { kind: 'closed' }
  socket.unshift(first)
  if (first[0] === TLS_HANDSHAKE) {
    const secure = await startTls(socket, options)
    if (secure === undefined || secure.alpnProtocol !== ALPN) {
      raw.destroy()
      return { kind: 'closed' }
    }
    socket = secure
    encrypted = true
    askedTls = true
  }
  for (;;) {
    const packet = await readStartup(socket, options.deadline)
    if (packet === undefined) return { kind: 'closed' }
    switch (packet.type) {
      case 'cancel-request':
        return { kind: 'cancel', processId: packet.processId, secretKey: packet.secretKey }
      case 'startup':
        return { kind: 'startup', socket, encrypted, packet }
      case 'gssenc-request':
        if (askedGss) throw new PgError('feature_not_supported', 'unsupported frontend protocol 1234.5680')
        askedGss = true
        socket.write('N')
        break
      case 'ssl-request': {
        if (askedTls && !encrypted)
          throw new PgError('feature_not_supported', 'unsupported frontend protocol 1234.5679')
        if (encrypted) throw new PgError('feature_not_supported', 'unsupported frontend protocol 1234.5679')
        askedTls = true
        if (options.secureContext === undefined) {
          socket.write('N')
          break
        }
        socket.write('S')
        const secure = await startTls(socket, options)
        if (secure === undefined) return { kind: 'closed' }
        socket = secure
        encrypted = true
        break
      }
    }
  }
}

async function readStartup(socket: Socket, deadline: AbortSignal): Promise<StartupPacket | undefined> {
  const header = await readExactly(socket, 4, deadline)
  if (header === undefined) return undefined
  const length = header.readInt32BE(0) - 4
  // Anything may speak here, an HTTP client for one; Postgres hangs up without a word too.
  if (length < 4 || length > STARTUP_BYTES_MAX) {
    socket.destroy()
    return undefined
  }
  const body = await readExactly(socket, length, deadline)
  return body === undefined ? undefined : decodeStartup(body)
}

/** Exactly `count` bytes; undefined if the client goes away or the deadline passes first. */
function readExactly(socket: Socket, count: number, deadline: AbortSignal): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const finish = (bytes: Buffer | undefined): void => {
      socket.off('readable', attempt)
      socket.off('end', stop)
      socket.off('close', stop)
      deadline.removeEventListener('abort', onDeadline)
      resolve(bytes)
    }
    const stop = (): void => finish(undefined)
    const onDeadline = (): void => {
      socket.destroy()
      finish(undefined)
    }
    const attempt = (): void => {
      const bytes = socket.read(count) as Buffer | null
      if (bytes === null) return
      // At the end of a stream read() gives what is left, though it is less.
      finish(bytes.length === count ? bytes : undefined)
    }
    if (deadline.aborted || socket.destroyed) return onDeadline()
    socket.on('readable', attempt)
    socket.on('end', stop)
    socket.on('close', stop)
    deadline.addEventListener('abort', onDeadline)
    return attempt()
  })
}

function startTls(
  socket: Socket,
  { secureContext, deadline }: HandshakeOptions,
): Promise<TLSSocket | undefined> {
  if (secureContext === undefined) {
    socket.destroy()
    return Promise.resolve(undefined)
  }
  return new Promise((resolve) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: [ALPN] })
    const onDeadline = (): void => void secure.destroy()
    deadline.addEventListener('abort', onDeadline)
    const finish = (result: TLSSocket | undefined): void => {
      deadline.removeEventListener('abort', onDeadline)
      resolve(result)
    }
    secure.on('error', () => {
      socket.destroy()
      finish(undefined)
    })
    secure.once('close', () => finish(undefined))
    secure.once('secure', () => finish(secure))
  })
}
