import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

/** The keys by which clients cancel their own statements. They are Rowgate's own; the upstream's never leave it. */
export interface CancelKeys {
  /** A process id that no other session has, and a secret. @param secretBytes 4 for protocol 3.0, 32 for 3.2 */
  create(secretBytes: number): { readonly processId: number; readonly secretKey: Buffer }
  /** What a matching CancelRequest calls. */
  bind(processId: number, cancel: () => void): void
  remove(processId: number): void
  /** Cancels if the key is right; says nothing either way. */
  cancel(processId: number, secretKey: Buffer): void
}

export function createCancelKeys(): CancelKeys {
  const keys = new Map<number, { readonly secretKey: Buffer; cancel: (() => void) | undefined }>()
  return {
    create(secretBytes) {
      let processId = randomInt(1, 0x7fff_ffff)
      while (keys.has(processId)) processId = randomInt(1, 0x7fff_ffff)
      const secretKey = randomBytes(secretBytes)
      keys.set(processId, { secretKey, cancel: undefined })
      return { processId, secretKey }
    },
    bind(processId, cancel) {
      const key = keys.get(processId)
      if (key !== undefined) key.cancel = cancel
    },
    remove: (processId) => void keys.delete(processId),
    cancel(processId, secretKey) {
      const key = keys.get(processId)
      if (key === undefined || key.secretKey.length !== secretKey.length) return
      if (timingSafeEqual(key.secretKey, secretKey)) key.cancel?.()
    },
  }
}
