import type { OwnSession } from '../catalog/overlay.js'
import type { Signal } from '../catalog/reply.js'
import { PgError } from '../errors.js'

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
  /**
   * Counts one more session of an owner: equal claims, under whatever user names.
   *
   * @returns what takes it back, once
   * @throws PgError too_many_connections if the owner has as many as it may
   */
  enter(owner: string): () => void
  add(entry: DirectoryEntry): void
  remove(processId: number): void
  own(login: string): readonly OwnSession[]
  /** Does nothing if the session is not of that login. */
  signal(login: string, signal: Signal): void
}

export function createDirectory({ perOwnerMax }: { readonly perOwnerMax: number }): Directory {
  const entries = new Map<number, DirectoryEntry>()
  const counts = new Map<string, number>()
  return {
    enter(owner) {
      const count = (counts.get(owner) ?? 0) + 1
      if (count > perOwnerMax) {
        throw new PgError('too_many_connections', 'too many connections for your token', {
          hint: `Close some: one may have ${perOwnerMax}. Whoever runs the gateway can raise ROWGATE_SESSIONS_PER_LOGIN_MAX.`,
        })
      }
      counts.set(owner, count)
      let left = false
      return () => {
        if (left) return
        left = true
        const rest = (counts.get(owner) ?? 1) - 1
        if (rest === 0) counts.delete(owner)
        else counts.set(owner, rest)
      }
    },
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
