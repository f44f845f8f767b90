import { connect, type Socket } from 'node:net'
import { encodeBind, encodeDescribe, encodeExecute, encodeParse, SYNC } from '../../src/protocol/request.js'
import { cstring, encodeMessage, int32 } from '../../src/protocol/writer.js'

/** What came back for some bytes: whole frames, and how it ended. */
export interface Reply {
  readonly frames: readonly Buffer[]
  /** `ready`: a ReadyForQuery came; `closed`: the other side hung up; `silent`: nothing more came in time. */
  readonly end: 'ready' | 'closed' | 'silent'
}

/** A connection on which bytes are sent as they are. */
export interface Wire {
  readonly closed: () => boolean
  /** Sends bytes and gathers replies up to the given number of ReadyForQuery, or to the end of the connection. */
  send(bytes: Buffer, options?: { readonly readyCount?: number; readonly timeoutMs?: number }): Promise<Reply>
  /** Gathers what comes until the predicate holds for the last frame. */
  gather(until: (frame: Buffer) => boolean, timeoutMs: number): Promise<Reply>
  write(bytes: Buffer): void
  /** The answer to an SSLRequest or GSSENCRequest, which is one byte and no frame. */
  byte(timeoutMs: number): Promise<number | undefined>
  end(): void
  /** Ends it with a reset, as a client that crashed does. */
  reset(): void
}

const READY = 'Z'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)
const AUTHENTICATION = 'R'.charCodeAt(0)
export const TIMEOUT_MS = 10_000

export function openWire(address: { readonly host: string; readonly port: number }): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(createWire(socket))
    })
  })
}

function createWire(socket: Socket): Wire {
  let pending: Buffer = Buffer.alloc(0)
  let ended = false
  let notify: (() => void) | undefined
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    notify?.()
  })
  socket.on('close', () => {
    ended = true
    notify?.()
  })
  const nextFrame = (): Buffer | undefined => {
    if (pending.length < 5) return undefined
    const bytes = 1 + pending.readInt32BE(1)
    if (pending.length < bytes) return undefined
    const frame = pending.subarray(0, bytes)
    pending = pending.subarray(bytes)
    return frame
  }
  const changed = (timeoutMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => finish(false), timeoutMs)
      const finish = (something: boolean): void => {
        clearTimeout(timer)
        notify = undefined
        resolve(something)
      }
      notify = () => finish(true)
    })
  const gather = async (until: (frame: Buffer) => boolean, timeoutMs: number): Promise<Reply> => {
    const frames: Buffer[] = []
    const deadline = Date.now() + timeoutMs
    for (;;) {
      for (let frame = nextFrame(); frame !== undefined; frame = nextFrame()) {
        frames.push(frame)
        if (until(frame)) return { frames, end: 'ready' }
      }
      if (ended) return { frames, end: 'closed' }
      if (!(await changed(Math.max(1, deadline - Date.now())))) return { frames, end: 'silent' }
    }
  }
  return {
    closed: () => ended,
    write: (bytes) => void socket.write(bytes),
    gather,
    send(bytes, { readyCount = 1, timeoutMs = TIMEOUT_MS } = {}) {
      socket.write(bytes)
      let left = readyCount
      return gather((frame) => {
        if (frame[0] === READY) left -= 1
        return left <= 0
      }, timeoutMs)
    },
    async byte(timeoutMs) {
      if (pending.length === 0 && !ended) await changed(timeoutMs)
      const first = pending[0]
      pending = pending.subarray(1)
      return first
    },
    end: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
  }
}

/** A StartupMessage; the first packet has no type byte. */
export function startupPacket(
  parameters: readonly (readonly [string, string])[],
  version = 0x0003_0000,
): Buffer {
  const body = Buffer.concat([
    int32(version),
    ...parameters.flatMap(([name, value]) => [cstring(name), cstring(value)]),
    Buffer.from([0]),
  ])
  return Buffer.concat([int32(body.length + 4), body])
}

export function passwordMessage(password: string): Buffer {
  return encodeMessage('p', [cstring(password)])
}

/** Logs in with any parameters and password; gives everything that was answered. */
export async function logIn(
  wire: Wire,
  parameters: readonly (readonly [string, string])[],
  password: string,
): Promise<Reply> {
  wire.write(startupPacket(parameters))
  const asked = await wire.gather((frame) => frame[0] === AUTHENTICATION || frame[0] === ERROR, TIMEOUT_MS)
  if (asked.frames.at(-1)?.[0] !== AUTHENTICATION) return asked
  const answered = await wire.send(passwordMessage(password))
  return { frames: [...asked.frames, ...answered.frames], end: answered.end }
}

export const LOGIN_PARAMETERS = [
  ['user', 'ann'],
  ['database', 'db'],
] as const

/** A Query message of any bytes; only their end is added. */
export function queryFrame(sql: string | Buffer): Buffer {
  const bytes = typeof sql === 'string' ? Buffer.from(sql, 'utf8') : sql
  return encodeMessage('Q', [bytes, Buffer.from([0])])
}

/** Parse, both Describes, Bind, Execute and Sync in one piece, as drivers send them. */
export function extendedFrames(
  sql: string | Buffer,
  { values = [], binary = false }: { readonly values?: readonly string[]; readonly binary?: boolean } = {},
): Buffer {
  return Buffer.concat([
    parseFrame(sql),
    encodeDescribe('statement', ''),
    encodeBind({
      portal: '',
      statement: '',
      parameterFormats: [],
      values: values.map((value) => Buffer.from(value, 'utf8')),
      resultFormats: binary ? [1] : [],
    }),
    encodeDescribe('portal', ''),
    encodeExecute('', 0),
    SYNC,
  ])
}

function parseFrame(sql: string | Buffer): Buffer {
  if (typeof sql === 'string' && !sql.includes('\0')) return encodeParse('', sql, [])
  const bytes = typeof sql === 'string' ? Buffer.from(sql, 'utf8') : sql
  return encodeMessage('P', [Buffer.from([0]), bytes, Buffer.from([0, 0, 0])])
}
