import type { FuncCall, Node } from '../sql/tree.js'
import { constantInteger, constantNumber, constantText } from './constant.js'
import { namesOf } from './node.js'

/** Most rows that a series may have. */
export const SERIES_ROWS_MAX = 1_000_000

/** Whether what generate_series is given says that it ends after SERIES_ROWS_MAX rows, or about that. */
export function isBoundedSeries([start, stop, step]: readonly Node[]): boolean {
  const [from, to] = [constantNumber(start), constantNumber(stop)]
  if (from !== undefined && to !== undefined) {
    const by = step === undefined ? 1 : constantNumber(step)
    if (by === undefined || by === 0) return false
    // A double holds a numeric to 53 bits only, so what it may be wrong by counts as distance.
    const error = Number.EPSILON * (Math.abs(from) + Math.abs(to))
    return (Math.abs(to - from) + error) / Math.abs(by) <= SERIES_ROWS_MAX
  }
  // A calendar: how long it is depends on the step, which must be an interval that is written out.
  const seconds = constantInterval(step)
  const [first, last] = [constantTime(start), constantTime(stop)]
  if (seconds === undefined || seconds <= 0 || first === undefined || last === undefined) return false
  return longest(first, last) / seconds <= SERIES_ROWS_MAX
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['sec', 1],
  ['minute', 60],
  ['min', 60],
  ['hour', 3_600],
  ['hr', 3_600],
  ['day', 86_400],
  ['week', 604_800],
  ['mon', 2_592_000],
  ['month', 2_592_000],
  ['quarter', 7_776_000],
  ['year', 31_536_000],
])
const DAY_SECONDS = 86_400

/** The modifier of `interval '1' day`: the bit of one field (datetime.h, INTERVAL_MASK). */
const FIELD_SECONDS: ReadonlyMap<number, number> = new Map([
  [1 << 12, 1],
  [1 << 11, 60],
  [1 << 10, 3_600],
  [1 << 3, DAY_SECONDS],
  [1 << 1, 2_592_000],
  [1 << 2, 31_536_000],
])

const INTERVALS = new Set(['interval', 'text', 'varchar'])

/** A written interval of one unit, in seconds: `'1 day'`, or `interval '1' day`. */
function constantInterval(node: Node | undefined): number | undefined {
  const text = constantText(node, INTERVALS)
  const match =
    text === undefined
      ? null
      : /^\s*(\d+)?\s*(second|sec|minute|min|hour|hr|day|week|mon|month|quarter|year)s?\s*$/i.exec(text)
  if (match !== null) return Number(match[1] ?? 1) * (UNIT_SECONDS.get((match[2] ?? '').toLowerCase()) ?? 0)
  return fieldInterval(node)
}

function fieldInterval(node: Node | undefined): number | undefined {
  if (node === undefined || !('TypeCast' in node)) return undefined
  const { typeName, arg } = node.TypeCast
  const [field, ...others] = typeName?.typmods ?? []
  const seconds = FIELD_SECONDS.get(constantInteger(field) ?? 0)
  const text = constantText(arg)
  if (namesOf(typeName?.names).at(-1) !== 'interval' || others.length > 0) return undefined
  return seconds === undefined || text === undefined || !/^\d+$/.test(text)
    ? undefined
    : Number(text) * seconds
}

/** Seconds since 1970, or since now; where exactly between the two is not known. */
interface Time {
  readonly sinceNow: boolean
  readonly earliest: number
  readonly latest: number
}

/** Now is somewhere in here, in seconds since 1970: no clock is read while a statement is planned. */
const NOW_EARLIEST = Date.UTC(2020, 0, 1) / 1_000
const NOW_LATEST = Date.UTC(2060, 0, 1) / 1_000

function longest(first: Time, last: Time): number {
  const [a, b] = first.sinceNow === last.sinceNow ? [first, last] : [since1970(first), since1970(last)]
  return Math.max(Math.abs(b.latest - a.earliest), Math.abs(a.latest - b.earliest))
}

function since1970(time: Time): Time {
  if (!time.sinceNow) return time
  return { sinceNow: false, earliest: NOW_EARLIEST + time.earliest, latest: NOW_LATEST + time.latest }
}

const TIMES = new Set(['date', 'timestamp', 'timestamptz', 'text', 'varchar'])
const WRITTEN_TIME =
  /^\s*(\d{4}-\d{2}-\d{2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?\s*(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)?\s*$/i

/** A written date, or the current one, with constant intervals added. */
function constantTime(node: Node | undefined): Time | undefined {
  if (node === undefined) return undefined
  if ('SQLValueFunction' in node) return { sinceNow: true, earliest: -DAY_SECONDS, latest: DAY_SECONDS }
  if ('FuncCall' in node) return calledTime(node.FuncCall)
  if ('A_Expr' in node) {
    const { name, lexpr, rexpr } = node.A_Expr
    const days = constantInteger(rexpr)
    const shift = constantInterval(rexpr) ?? (days === undefined ? undefined : days * DAY_SECONDS)
    const sign = { '+': 1, '-': -1 }[namesOf(name).at(-1) ?? '']
    const base = constantTime(lexpr)
    return shift === undefined || sign === undefined ? undefined : shifted(base, sign * shift, sign * shift)
  }
  if ('TypeCast' in node && constantText(node, TIMES) === undefined) {
    const { typeName, arg } = node.TypeCast
    const type = namesOf(typeName?.names).at(-1) ?? ''
    // Cutting the time off, and the session's time zone, make a day of difference.
    return TIMES.has(type) && (typeName?.arrayBounds ?? []).length === 0 && !('A_Const' in (arg ?? {}))
      ? shifted(constantTime(arg), -DAY_SECONDS, DAY_SECONDS)
      : undefined
  }
  const [, day] = WRITTEN_TIME.exec(constantText(node, TIMES) ?? '') ?? []
  const seconds = day === undefined ? Number.NaN : Date.parse(day) / 1_000
  if (Number.isNaN(seconds)) return undefined
  return { sinceNow: false, earliest: seconds, latest: seconds }
}

const NOW_FUNCTIONS = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp'])

function calledTime({ funcname, args = [] }: FuncCall): Time | undefined {
  const names = namesOf(funcname)
  const name = names.at(-1) ?? ''
  if (names.length > 1 && names[0] !== 'pg_catalog') return undefined
  if (NOW_FUNCTIONS.has(name) && args.length === 0) return { sinceNow: true, earliest: 0, latest: 0 }
  // Zones are at most a week from UTC; an interval as zone is not a text.
  if (name === 'timezone' && constantText(args[0]) !== undefined)
    return shifted(constantTime(args[1]), -8 * DAY_SECONDS, 8 * DAY_SECONDS)
  const unit = name === 'date_trunc' ? constantText(args[0])?.toLowerCase() : undefined
  const seconds = UNIT_SECONDS.get(unit ?? '')
  return seconds === undefined ? undefined : shifted(constantTime(args[1]), -seconds, 0)
}

function shifted(time: Time | undefined, earlier: number, later: number): Time | undefined {
  if (time === undefined) return undefined
  return { ...time, earliest: time.earliest + earlier, latest: time.latest + later }
}
