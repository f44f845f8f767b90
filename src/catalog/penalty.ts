import { PgError } from '../errors.js'

/** Owners whose statements cost the catalog its worker are refused for a while, because all others wait for the new one. */
export interface Penalty {
  /** @throws PgError configuration_limit_exceeded */
  check(owner: string): void
  note(owner: string): void
}

/** So many workers in so long a time. */
const LOST_MAX = 5
const WINDOW_MS = 60_000

export function createPenalty(nowMs: () => number): Penalty {
  const lost = new Map<string, readonly number[]>()
  const recent = (owner: string): readonly number[] =>
    (lost.get(owner) ?? []).filter((atMs) => nowMs() - atMs < WINDOW_MS)
  return {
    check(owner) {
      if (recent(owner).length < LOST_MAX) return
      throw new PgError(
        'configuration_limit_exceeded',
        'statements about the catalog of this login took too long too often',
        { hint: `Ask for less at a time; the catalog answers again within ${WINDOW_MS / 1_000} seconds.` },
      )
    },
    note(owner) {
      lost.set(owner, [...recent(owner), nowMs()])
      for (const other of [...lost.keys()]) if (recent(other).length === 0) lost.delete(other)
    },
  }
}
