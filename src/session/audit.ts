import type { Event } from '../events.js'
import type { Plan } from '../plan/plan.js'

type StatementEvent = Extract<Event, { kind: 'statement' }>

/** What a request read, gathered while it runs. */
export interface StatementReads {
  readonly cubes: StatementEvent['cubes']
  readonly claims: readonly string[]
}

export const NO_READS: StatementReads = { cubes: [], claims: [] }

/** What a plan reads, in words, without a claim's value. */
export function readsOf(plan: Plan): StatementReads {
  return {
    cubes: plan.uses.map(({ use, rules }) => ({
      cube: use.table.cube.name,
      rules: rules.map(({ source, outline }) => `${source}: ${outline}`),
    })),
    claims: [...new Set(plan.parameters.map(({ source }) => source))],
  }
}

/** Rows that a CommandComplete tag counts (`SELECT 5`, `FETCH 5`, `COPY 5`). */
export function rowsOfTag(tag: string): number {
  const count = /^(?:SELECT|FETCH|COPY) (\d+)$/.exec(tag)?.[1]
  return count === undefined ? 0 : Number(count)
}

/** One request's account: what its statements read, and how many rows they gave. */
export interface Account {
  note(reads: StatementReads): void
  count(rows: number): void
  /** Gives what was gathered, and begins anew. */
  close(): StatementReads & { readonly rows: number }
}

export function createAccount(): Account {
  let reads: StatementReads[] = []
  let rows = 0
  return {
    note: (read) => void reads.push(read),
    count(more) {
      rows += more
    },
    close() {
      const closed = {
        cubes: reads.flatMap(({ cubes }) => cubes),
        claims: [...new Set(reads.flatMap(({ claims }) => claims))],
        rows,
      }
      reads = []
      rows = 0
      return closed
    },
  }
}
