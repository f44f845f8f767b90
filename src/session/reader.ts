import type { Socket } from 'node:net'
import { PgError } from '../errors.js'
import { createFramer, type Frame } from '../protocol/framer.js'
import { decodeFrontend, FRONTEND, PASSWORD_BYTES_MAX } from '../protocol/frontend.js'
import type { FrontendMessage } from '../protocol/message.js'

/** A frame that was whole, but whose content makes no message: an error to answer, not the end. */
export interface Malformed {
  readonly type: 'malformed'
  /** Whether an error in it is skipped to the next Sync. */
  readonly extended: boolean
  readonly error: PgError
}

/** Messages of one client, read when they are asked for: a session that is busy does not read on, and so the client waits. */
export interface Reader {
  /** The next message; undefined when the client has gone. @throws FramingError if nothing can follow */
  next(): Promise<FrontendMessage | Malformed | undefined>
  /** Whether another whole or partial message has already come. */
  pending(): boolean
  /** The client logged in: its messages may be longer than a password. */
  admit(): void
  /** Fires when the client goes away, also while nobody reads. */
  readonly gone: AbortSignal
}

export function createReader(socket: Socket, { frameBytesMax }: { readonly frameBytesMax: number }): Reader {
  const framer = createFramer({ frameBytesMax: Math.min(PASSWORD_BYTES_MAX, frameBytesMax) })
  const gone = new AbortController()
  let wake: (() => void) | undefined
  const stop = (): void => {
    gone.abort()
    wake?.()
  }
  socket.on('readable', () => {
    // With nothing to read this is the end of the stream, which must be read to be noticed.
    if (socket.readableLength === 0) socket.read()
    wake?.()
  })
  socket.on('end', stop)
  socket.on('close', stop)
  socket.on('error', stop)
  return {
    gone: gone.signal,
    admit: () => framer.allow(frameBytesMax),
    pending: () => framer.pendingBytes() > 0 || socket.readableLength > 0,
    async next() {
      for (;;) {
        const frame = framer.next()
        if (frame !== undefined) return decode(frame)
        const chunk = socket.read() as Buffer | null
        if (chunk !== null) {
          framer.push(chunk)
          continue
        }
        if (gone.signal.aborted) return undefined
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        wake = undefined
      }
    },
  }
}

const EXTENDED: ReadonlySet<number> = new Set([
  FRONTEND.parse,
  FRONTEND.bind,
  FRONTEND.describe,
  FRONTEND.execute,
  FRONTEND.close,
  FRONTEND.flush,
])

function decode({ type, body }: Frame): FrontendMessage | Malformed {
  try {
    return decodeFrontend(type, body)
  } catch (error) {
    if (error instanceof PgError) return { type: 'malformed', extended: EXTENDED.has(type), error }
    throw error
  }
}
