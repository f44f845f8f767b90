import type { A_Expr, FuncCall, Node, TypeCast } from '../sql/tree.js'
import { constantInteger, constantText } from './constant.js'
import { namesOf } from './node.js'

export const DATE = 1082
export const TIMESTAMP = 1114
export const TIMESTAMPTZ = 1184

const MOMENTS: ReadonlyMap<string, number> = new Map([
  ['date', DATE],
  ['timestamp', TIMESTAMP],
  ['timestamptz', TIMESTAMPTZ],
])

const SESSION_VALUES: ReadonlyMap<string, number> = new Map([
  ['SVFOP_CURRENT_DATE', DATE],
  ['SVFOP_CURRENT_TIMESTAMP', TIMESTAMPTZ],
  ['SVFOP_LOCALTIMESTAMP', TIMESTAMP],
])

const CLOCKS = new Set(['now', 'transaction_timestamp', 'statement_timestamp'])
const UNITS = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'])
/** A shift so small that no moment of our time leaves the range of its type, which begins in 4713 BC, by a few of them. */
const SHIFT = /^\s*(\d{1,4}\s*(second|minute|hour|day|week|mon|month)|\d{1,3}\s*year)s?\s*$/i
/** Texts here are written without a cast of their own. */
const UNCAST: ReadonlySet<string> = new Set()
const SHIFT_DAYS_MAX = 100_000
const SHIFTS_MAX = 4

/**
 * The type of an expression of the current time, as tools write them (`date_trunc('month', now()) - interval '1 year'`): it reads no row, cannot
 * fail, and is the same wherever it stands in a statement. Undefined for anything else.
 */
export function clockOid(node: Node | undefined, shiftsLeft = SHIFTS_MAX): number | undefined {
  if (node === undefined) return undefined
  if ('SQLValueFunction' in node) return SESSION_VALUES.get(node.SQLValueFunction.op ?? '')
  if ('FuncCall' in node) return callOid(node.FuncCall, shiftsLeft)
  if ('TypeCast' in node) return castOid(node.TypeCast, shiftsLeft)
  return 'A_Expr' in node ? shiftOid(node.A_Expr, shiftsLeft) : undefined
}

function callOid({ funcname, args = [], ...rest }: FuncCall, shiftsLeft: number): number | undefined {
  const names = namesOf(funcname)
  const name = names.at(-1) ?? ''
  if (names.length > 1 && names[0] !== 'pg_catalog') return undefined
  if (Object.keys(rest).some((key) => key !== 'funcformat' && key !== 'location')) return undefined
  if (CLOCKS.has(name)) return args.length === 0 ? TIMESTAMPTZ : undefined
  const [unit, moment, ...others] = args
  if (name !== 'date_trunc' || others.length > 0 || !UNITS.has(constantText(unit, UNCAST) ?? ''))
    return undefined
  const oid = clockOid(moment, shiftsLeft)
  return oid === DATE ? TIMESTAMPTZ : oid
}

function castOid({ arg, typeName }: TypeCast, shiftsLeft: number): number | undefined {
  const plain = (typeName?.typmods ?? []).length === 0 && (typeName?.arrayBounds ?? []).length === 0
  return plain && clockOid(arg, shiftsLeft) !== undefined
    ? MOMENTS.get(namesOf(typeName?.names).at(-1) ?? '')
    : undefined
}

function shiftOid({ kind, name, lexpr, rexpr }: A_Expr, shiftsLeft: number): number | undefined {
  const symbol = namesOf(name)
  if (kind !== 'AEXPR_OP' || symbol.length !== 1 || !['+', '-'].includes(symbol[0] ?? '')) return undefined
  const oid = shiftsLeft === 0 ? undefined : clockOid(lexpr, shiftsLeft - 1)
  if (oid === undefined || rexpr === undefined) return undefined
  if ('A_Const' in rexpr) {
    const days = constantInteger(rexpr)
    return oid === DATE && days !== undefined && Math.abs(days) <= SHIFT_DAYS_MAX ? DATE : undefined
  }
  const interval = 'TypeCast' in rexpr ? rexpr.TypeCast : undefined
  if (namesOf(interval?.typeName?.names).at(-1) !== 'interval') return undefined
  if (!SHIFT.test(constantText(interval?.arg, UNCAST) ?? '')) return undefined
  return oid === DATE ? TIMESTAMP : oid
}
