import type { Connection } from './connection.js'

/** Which owner has how many of a pool's connections, so that none has all of them while others wait. */
export interface Shares {
  /** Whether an owner may be lent one more. The gateway's own work has no owner, and may always. */
  mayHave(owner: string | undefined): boolean
  held(owner: string | undefined): number
  lend(connection: Connection, owner: string | undefined): void
  /** Does nothing for a connection that was taken back before. */
  takeBack(connection: Connection): void
}

export function createShares(perOwnerMax: number): Shares {
  const owners = new Map<Connection, string>()
  const counts = new Map<string, number>()
  const held = (owner: string | undefined): number => (owner === undefined ? 0 : (counts.get(owner) ?? 0))
  return {
    mayHave: (owner) => held(owner) < perOwnerMax,
    held,
    lend(connection, owner) {
      if (owner === undefined) return
      owners.set(connection, owner)
      counts.set(owner, held(owner) + 1)
    },
    takeBack(connection) {
      const owner = owners.get(connection)
      if (owner === undefined) return
      owners.delete(connection)
      const rest = held(owner) - 1
      if (rest === 0) counts.delete(owner)
      else counts.set(owner, rest)
    },
  }
}
