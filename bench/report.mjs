import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * @typedef {import('./rounds.mjs').Result} Result
 * @typedef {import('./rounds.mjs').Results} Results
 */

/** @param {number} value three significant digits */
function number(value) {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 100) return String(Math.round(value))
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

/** @param {readonly string[]} head @param {readonly (readonly (string | number)[])[]} rows */
function table(head, rows) {
  const lines = rows.map((cells) =>
    cells.map((cell) => (typeof cell === 'number' ? number(cell) : cell)).join(' | '),
  )
  const rule = head.map((_, index) => (index === 0 ? '---' : '--:')).join('|')
  return [`| ${head.join(' | ')} |`, `|${rule}|`, ...lines.map((line) => `| ${line} |`), ''].join('\n')
}

/** @param {Result} result */
const p50 = ({ p50Ms }) => p50Ms * 1_000
/** @param {Result} result */
const p99 = ({ p99Ms }) => p99Ms * 1_000
/** @param {Result} result */
const rate = ({ perSecond }) => perSecond
/** @param {Result} result */
const megabytes = ({ bytesPerAnswer, p50Ms }) => bytesPerAnswer / 1_000 / p50Ms

const ONE = ['same text', 'new text each time', 'prepared']
const MANY = ['16 × same text', '16 × new text', '16 × prepared']

/** @param {Results} results @param {readonly string[]} names */
function latencies(results, names) {
  const rows = ONE.flatMap((measure) =>
    names.map((name) => {
      const added = results.median(measure, name, p50) - results.median(measure, 'direct', p50)
      const own = [results.median(measure, name, p50), results.median(measure, name, p99)]
      return [measure, name, ...own, name === 'direct' ? '' : added, results.ratio(measure, name, p50)]
    }),
  )
  return table(['one session', 'way', 'p50 µs', 'p99 µs', 'added µs', '× direct'], rows)
}

/** @param {Results} results @param {readonly string[]} names */
function throughputs(results, names) {
  const rows = MANY.flatMap((measure) =>
    names.map((name) => [
      measure,
      name,
      results.median(measure, name, rate),
      results.ratio(measure, name, rate),
    ]),
  )
  return table(['sessions', 'way', 'statements/s', '× direct'], rows)
}

/** @param {Results} results @param {readonly string[]} names */
function processorTime(results, names) {
  const processes = names.filter((name) => !name.startsWith('direct'))
  const rows = [...ONE, ...MANY].map((measure) => [
    measure,
    ...processes.map((name) => results.cpuMicroseconds(measure, name)),
  ])
  return table(['CPU of its process, µs a statement', ...processes], rows)
}

/** @param {Results} results @param {readonly string[]} names */
function largeTenant(results, names) {
  const rows = names.map((name) => [
    name,
    ...['lookup', 'report'].flatMap((measure) => [
      results.median(measure, name, p50) / 1_000,
      results.ratio(measure, name, p50),
    ]),
    results.median('stream', name, megabytes),
    results.ratio('stream', name, megabytes),
    name.startsWith('direct') ? '' : results.cpuMicroseconds('stream', name) / 1_000,
  ])
  const head = [
    'lookup ms',
    '× direct',
    'report ms',
    '× direct',
    'stream MB/s',
    '× direct',
    'CPU ms a stream',
  ]
  return table(['100,000 rows', ...head], rows)
}

/** @param {Results} results @param {readonly string[]} names */
function logins(results, names) {
  const rows = names.map((name) => [
    name,
    results.median('login', name, p50) / 1_000,
    results.ratio('login', name, p50),
  ])
  return table(['login to first row', 'p50 ms', '× direct'], rows)
}

/** @param {import('./planning.mjs').Stages} stages */
const stages = ({ parse, plan, print, prove }) => [parse, plan, print, prove]

/**
 * @param {Results} results @param {readonly string[]} names
 * @param {{ versions: { postgres: string, pgbouncer: string | undefined }, rounds: number, memory: { one: number, many: number, after: number }, planning: Awaited<ReturnType<typeof import('./planning.mjs').measurePlanning>> }} facts
 */
export function printReport(results, names, { versions, rounds, memory, planning }) {
  const model = /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  return [
    `${model}, ${availableParallelism()} cores; Node ${process.versions.node}; Postgres ${versions.postgres}; ` +
      `PgBouncer ${versions.pgbouncer ?? 'not installed'}; medians of ${rounds} rounds`,
    '',
    latencies(results, names),
    throughputs(results, names),
    processorTime(results, names),
    largeTenant(results, names),
    logins(results, names),
    table(
      [`${planning.statements} statements, µs`, 'parse', 'resolve and rewrite', 'print', 'prove'],
      [
        ['median', ...stages(planning.p50)],
        ['nine in ten', ...stages(planning.p90)],
      ],
    ),
    table(
      ['memory of Rowgate, MiB', '1 session', '200 sessions', 'after the load'],
      [['resident', memory.one, memory.many, memory.after]],
    ),
  ].join('\n')
}
