import type { Socket } from 'node:net'
import { ClientGone } from '../upstream/exchange.js'
import type { Sink } from '../upstream/step.js'

/** The way to one client. What is written in one turn of the event loop leaves in as few segments as it fits. */
export interface Writer extends Sink {
  end(): void
  /** Bytes that were written so far. */
  bytes(): number
  /** Whether so much waits for the client that nothing more should be made before `drained`. */
  full(): boolean
  /** Whether the client was given up because it did not read. */
  stalled(): boolean
}

export interface WriterOptions {
  /** A client that takes nothing for so long, and at most twice as long, is given up. */
  readonly writeTimeoutMs: number
}

/** @throws ClientGone by `drained`, when the client went away or was given up */
export function createWriter(socket: Socket, { writeTimeoutMs }: WriterOptions): Writer {
  let waiting: Promise<void> | undefined
  let corked = false
  let bytesWritten = 0
  let watch: NodeJS.Timeout | undefined
  let stalled = false

  /** Ends the connection unless the client takes something within each period. Nothing else would: to Postgres a slow client is just slow. */
  const startWatch = (): void => {
    if (watch !== undefined || socket.destroyed) return
    let before = bytesTaken(socket)
    const stop = (): void => {
      clearInterval(watch)
      watch = undefined
    }
    watch = setInterval(() => {
      const now = bytesTaken(socket)
      if (socket.destroyed || socket.writableLength === 0) return stop()
      if (now === before) {
        stalled = true
        stop()
        socket.destroy()
      }
      before = now
    }, writeTimeoutMs)
    watch.unref()
    socket.once('close', stop)
  }

  return {
    write(bytes) {
      if (socket.destroyed || !socket.writable) return false
      if (!corked) {
        corked = true
        socket.cork()
        setImmediate(() => {
          corked = false
          socket.uncork()
        })
      }
      bytesWritten += bytes.length
      const room = socket.write(bytes)
      if (!room) startWatch()
      return room
    },
    drained() {
      waiting ??= new Promise<void>((resolve, reject) => {
        const settle = (work: () => void) => (): void => {
          socket.off('drain', onDrain)
          socket.off('close', onClose)
          waiting = undefined
          work()
        }
        const onDrain = settle(resolve)
        const onClose = settle(() => reject(new ClientGone('the client went away')))
        if (socket.destroyed || !socket.writable) return onClose()
        socket.once('drain', onDrain)
        socket.once('close', onClose)
        return undefined
      })
      return waiting
    },
    end() {
      startWatch()
      endSocket(socket)
    },
    bytes: () => bytesWritten,
    full: () => socket.writableNeedDrain,
    stalled: () => stalled,
  }
}

/** How long a client may leave its end open when it has got everything. */
const LINGER_MS = 2_000

/**
 * Says goodbye, and closes once the client has got it, whether the client closes its end or not. Closed at once, what it still sends would
 * make its system throw the goodbye away.
 */
export function endSocket(socket: Socket, goodbye?: Buffer): void {
  if (socket.destroyed) return
  socket.once('finish', () => {
    // What still comes is read to nowhere.
    socket.resume()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  })
  if (goodbye === undefined) socket.end()
  else socket.end(goodbye)
}

/** A figure that changes whenever the system takes bytes for the client, a part of one write too. */
function bytesTaken(socket: Socket): number {
  const handle = (socket as unknown as { readonly _handle?: { readonly writeQueueSize?: number } | null })
    ._handle
  return socket.bytesWritten - socket.writableLength - (handle?.writeQueueSize ?? 0)
}
