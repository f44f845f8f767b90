import type { Socket } from 'node:net'
import type { Sink } from '../upstream/step.js'

/** The way to one client. What is written in one turn of the event loop leaves in as few segments as it fits. */
export interface Writer extends Sink {
  end(): void
  /** Bytes that were written so far. */
  bytes(): number
}

export function createWriter(socket: Socket): Writer {
  let waiting: Promise<void> | undefined
  let corked = false
  let bytesWritten = 0
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
      return socket.write(bytes)
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
        const onClose = settle(() => reject(new Error('the client went away')))
        if (socket.destroyed || !socket.writable) return onClose()
        socket.once('drain', onDrain)
        socket.once('close', onClose)
        return undefined
      })
      return waiting
    },
    end: () => void socket.end(),
    bytes: () => bytesWritten,
  }
}
