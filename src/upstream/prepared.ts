import { LRUCache } from 'lru-cache'

/** The statements that one upstream connection has prepared, by what they say. */
export interface PreparedNames {
  /** The private name for a statement, whether the connection knows it already, and names that must be closed to make room. */
  prepare(key: string): {
    readonly name: string
    readonly known: boolean
    readonly evicted: readonly string[]
  }
  /** Forgets a statement that could not be prepared, or that the upstream dropped. */
  forget(key: string): void
}

/** @param max how many are kept; the least recently used goes first */
export function createPreparedNames(max: number): PreparedNames {
  let evicted: string[] = []
  const names = new LRUCache<string, string>({
    max,
    dispose: (name, _key, reason) => {
      if (reason === 'evict') evicted.push(name)
    },
  })
  let next = 1
  return {
    prepare(key) {
      const known = names.get(key)
      if (known !== undefined) return { name: known, known: true, evicted: [] }
      const name = `rowgate_${next}`
      next += 1
      names.set(key, name)
      const closing = evicted
      evicted = []
      return { name, known: false, evicted: closing }
    },
    forget: (key) => void names.delete(key),
  }
}
