import type { OwnSession } from '../catalog/overlay.js'
import type { Signal } from '../catalog/reply.js'

/** One open session, findable by others of the same login. */
export interface DirectoryEntry {
  readonly processId: number
  /** Equal for sessions of one user with the same claims, whenever their tokens were made. */
  readonly login: string
  shown(): OwnSession
  cancel(): void
  terminate(): void
}

/** The open sessions of this process. Nobody finds anyone else's. */
export interface Directory {
  add(entry: DirectoryEntry): void
  remove(processId: number): void
  own(login: string): readonly OwnSession[]
  /** Does nothing if the session is not of that login. */
  signal(login: string, signal: Signal): void
}

export function createDirectory(): Directory {
  const entries = new Map<number, DirectoryEntry>()
  return {
    add: (entry) => void entries.set(entry.processId, entry),
    remove: (processId) => void entries.delete(processId),
    own: (login) =>
      [...entries.values()].filter((entry) => entry.login === login).map((entry) => entry.shown()),
    signal(login, { verb, processId }) {
      const entry = entries.get(processId)
      if (entry?.login !== login) return
      if (verb === 'cancel') entry.cancel()
      else entry.terminate()
    },
  }
}
