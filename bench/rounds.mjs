import { cpuMs } from './process.mjs'
import { median } from './quantile.mjs'
import { STATEMENTS } from './statements.mjs'

/**
 * @typedef {import('./load.mjs').Figures} Figures
 * @typedef {import('./targets.mjs').Target} Target
 * @typedef {Figures & { cpuMs: number }} Result
 * @typedef {{ name: string, statement: keyof typeof STATEMENTS, sessions: number, share: number, login?: true }} Measure
 */

/** What is measured, and for which share of a slice of time. @type {readonly Measure[]} */
export const MEASURES = [
  { name: 'same text', statement: 'point', sessions: 1, share: 1 },
  { name: 'new text each time', statement: 'fresh', sessions: 1, share: 1 },
  { name: 'prepared', statement: 'prepared', sessions: 1, share: 1 },
  { name: '16 × same text', statement: 'point', sessions: 16, share: 1 },
  { name: '16 × new text', statement: 'fresh', sessions: 16, share: 1 },
  { name: '16 × prepared', statement: 'prepared', sessions: 16, share: 1 },
  { name: 'lookup', statement: 'lookup', sessions: 1, share: 0.7 },
  { name: 'report', statement: 'report', sessions: 1, share: 0.7 },
  { name: 'stream', statement: 'stream', sessions: 1, share: 2 },
  { name: 'login', statement: 'point', sessions: 1, share: 1, login: true },
]

/**
 * Asks every target every question once a round, beginning with another target each time, so that what else the machine does hits all of
 * them. The first round warms up and is thrown away.
 *
 * @param {{ targets: readonly Target[], load: ReturnType<typeof import('./process.mjs').startLoad>, rounds: number, sliceMs: number }} options
 */
export async function runRounds({ targets, load, rounds, sliceMs }) {
  /** @type {Map<string, Result[]>} */
  const results = new Map()
  for (let round = 0; round <= rounds; round += 1) {
    process.stderr.write(round === 0 ? 'warming up …\n' : `round ${round} of ${rounds} …\n`)
    const order = [...targets.slice(round % targets.length), ...targets.slice(0, round % targets.length)]
    for (const measure of MEASURES) {
      for (const target of order) {
        const beforeMs = target.pid === undefined ? 0 : cpuMs(target.pid)
        const figures = await load.perform(taskOf(measure, target, sliceMs))
        const spentMs = target.pid === undefined ? 0 : cpuMs(target.pid) - beforeMs
        if (round === 0) continue
        const key = keyOf(measure.name, target.name)
        results.set(key, [...(results.get(key) ?? []), { ...figures, cpuMs: spentMs }])
      }
    }
  }
  return createResults(results)
}

/** @param {Measure} measure @param {Target} target @param {number} sliceMs */
function taskOf({ statement, sessions, share, login }, { form, address, preparedAddress }, sliceMs) {
  const sql = STATEMENTS[statement][form]
  if (login) return { kind: 'login', address, sql, times: Math.ceil(sliceMs / 20) }
  const prepared = statement === 'prepared'
  const durationMs = sliceMs * share
  return {
    kind: 'repeat',
    address: prepared ? preparedAddress : address,
    sql,
    prepared,
    sessions,
    durationMs,
  }
}

/** @param {string} measure @param {string} target */
const keyOf = (measure, target) => `${measure}\0${target}`

/** @param {ReadonlyMap<string, readonly Result[]>} results */
function createResults(results) {
  /** @param {string} measure @param {string} target */
  const of = (measure, target) => results.get(keyOf(measure, target)) ?? []
  return {
    /** The median round. @param {string} measure @param {string} target @param {(result: Result) => number} figure */
    median: (measure, target, figure) => median(of(measure, target).map(figure)),
    /**
     * The median of each round's ratio to the direct way in the same round.
     *
     * @param {string} measure @param {string} target @param {(result: Result) => number} figure
     */
    ratio(measure, target, figure) {
      const direct = of(measure, 'direct')
      return median(
        of(measure, target).map((result, round) => {
          const beside = direct[round]
          return beside === undefined ? Number.NaN : figure(result) / figure(beside)
        }),
      )
    },
    /** Processor time of the target's process, in µs a statement. @param {string} measure @param {string} target */
    cpuMicroseconds(measure, target) {
      const all = of(measure, target)
      const count = all.reduce((sum, result) => sum + result.count, 0)
      return (1_000 * all.reduce((sum, result) => sum + result.cpuMs, 0)) / count
    },
  }
}

/** @typedef {ReturnType<typeof createResults>} Results */
