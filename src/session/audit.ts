import type { Event } from '../events.js'
import type { Plan } from '../plan/plan.js'

type StatementEvent = Extract<Event, { kind: 'statement' }>

/** What a statement read. */
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

/** One statement, from when it was asked for until it is known how it ended. */
export interface Entry {
  text: string
  readonly startedAtMs: number
  /** Undefined while its answer is due. */
  endedAtMs: number | undefined
  reads: StatementReads
  rows: number
  bytes: number
  /** SQLSTATE; undefined unless it failed. */
  code: string | undefined
  /** Whether it was run, not only prepared, bound or described. */
  executed: boolean
}

/** What is told of a session's statements. */
export interface Account {
  /** A statement is to be read, bound or described: it is told of only if that fails. */
  expect(text: string): Entry
  /** A statement is to run. */
  begin(text: string): Entry
  current(): Entry | undefined
  /** Statements that nobody was told of yet. */
  size(): number
  /**
   * One failed: `entry`, or else the current one. Those after it were skipped, and are not told of. Only the first failure of a request
   * counts; what follows from it does not.
   */
  fail(code: string, entry?: Entry): void
  /** Gives those that are to be told of, and begins anew. */
  close(): readonly Entry[]
}

export function createAccount(nowMs: () => number): Account {
  let entries: Entry[] = []
  let failed = false
  const expect = (text: string): Entry => {
    const last = entries.at(-1)
    if (last !== undefined && !last.executed && last.text === text) return last
    const entry: Entry = {
      text,
      startedAtMs: nowMs(),
      endedAtMs: undefined,
      reads: NO_READS,
      rows: 0,
      bytes: 0,
      code: undefined,
      executed: false,
    }
    entries.push(entry)
    return entry
  }
  return {
    expect,
    begin(text) {
      const entry = expect(text)
      entry.executed = true
      return entry
    },
    current: () => entries.at(-1),
    size: () => entries.length,
    fail(code, entry = entries.at(-1)) {
      if (failed || entry === undefined) return
      failed = true
      entry.code = code
      entry.endedAtMs ??= nowMs()
      entries = entries.slice(0, entries.indexOf(entry) + 1)
    },
    close() {
      const told = entries.filter(({ executed, code }) => executed || code !== undefined)
      entries = []
      failed = false
      return told
    },
  }
}
