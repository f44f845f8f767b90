import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { BACKEND, decodeErrorFields } from '../../src/protocol/backend.js'
import { cstring, encodeMessage } from '../../src/protocol/writer.js'
import type { Gateway } from './gateway.js'
import { token } from './gateway.js'
import { startupPacket } from './script.js'

/** A client that reads only when it is told to. */
export interface RawClient {
  readonly socket: Socket
  readonly processId: number
  readonly secretKey: Buffer
  send(...frames: readonly Buffer[]): void
  /** Reads on until that many ReadyForQuery have come, or the end; gives the frames of all that came. */
  read(readyCount: number): Promise<readonly RawFrame[]>
  /** Resolves when the server has closed. */
  readonly closed: Promise<void>
}

export interface RawFrame {
  readonly type: string
  readonly frame: Buffer
}

export const query = (sql: string): Buffer => encodeMessage('Q', [cstring(sql)])

export function errorOf({ frame }: RawFrame): { readonly code: string; readonly message: string } {
  const fields = decodeErrorFields(frame)
  return { code: fields.get('C') ?? '', message: fields.get('M') ?? '' }
}

/** A connection with nothing said on it. */
export async function openRaw(gateway: Pick<Gateway, 'host' | 'port'>): Promise<Socket> {
  const socket = connect({ host: gateway.host, port: gateway.port, noDelay: true })
  await new Promise<void>((done, fail) => socket.once('connect', done).once('error', fail))
  socket.on('error', () => undefined)
  return socket
}

async function openTls({ host, port }: Pick<Gateway, 'host' | 'port'>): Promise<Socket> {
  const socket = connectTls({ host, port, ALPNProtocols: ['postgresql'], rejectUnauthorized: false })
  await new Promise<void>((done, fail) => socket.once('secureConnect', done).once('error', fail))
  socket.on('error', () => undefined)
  return socket
}

/** All frames up to the end of the connection. */
export async function readAll(socket: Socket): Promise<readonly RawFrame[]> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  if (!socket.closed) await new Promise((done) => socket.once('close', done))
  const frames: RawFrame[] = []
  let bytes = Buffer.concat(chunks)
  while (bytes.length >= 5) {
    const frame = bytes.subarray(0, 1 + bytes.readInt32BE(1))
    frames.push({ type: String.fromCharCode(frame[0] ?? 0), frame })
    bytes = bytes.subarray(frame.length)
  }
  return frames
}

/** Logs in, and then reads nothing until asked. */
export async function openRawClient(
  gateway: Pick<Gateway, 'host' | 'port'>,
  claims: object,
  { user = 'ann', tls = false } = {},
): Promise<RawClient> {
  const socket = tls ? await openTls(gateway) : await openRaw(gateway)
  const closed = new Promise<void>((done) => socket.once('close', () => done()))
  let bytes: Buffer = Buffer.alloc(0)
  const read = async (readyCount: number): Promise<readonly RawFrame[]> => {
    const frames: RawFrame[] = []
    let ready = 0
    return new Promise((done) => {
      const finish = (): void => {
        socket.off('data', onData).off('close', finish)
        socket.pause()
        done(frames)
      }
      const cut = (): void => {
        while (bytes.length >= 5 && bytes.length > bytes.readInt32BE(1)) {
          const frame = bytes.subarray(0, 1 + bytes.readInt32BE(1))
          bytes = bytes.subarray(frame.length)
          frames.push({ type: String.fromCharCode(frame[0] ?? 0), frame })
          if (frame[0] === BACKEND.readyForQuery) ready += 1
          if (ready === readyCount) return finish()
        }
        return undefined
      }
      const onData = (chunk: Buffer): void => {
        bytes = Buffer.concat([bytes, chunk])
        cut()
      }
      socket.on('data', onData).once('close', finish)
      if (socket.destroyed) finish()
      else socket.resume()
    })
  }
  socket.write(startupPacket(3, 0, { user, database: 'db' }))
  socket.write(encodeMessage('p', [cstring(await token(claims))]))
  const greeting = await read(1)
  const key = greeting.find(({ type }) => type === 'K')?.frame
  if (key === undefined) throw new Error(`the login failed: ${greeting.map(({ type }) => type).join('')}`)
  return {
    socket,
    processId: key.readInt32BE(5),
    secretKey: Buffer.from(key.subarray(9)),
    send: (...frames) => void socket.write(Buffer.concat(frames)),
    read,
    closed,
  }
}
