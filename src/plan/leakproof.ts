import type { Node, TypeName } from '../sql/tree.js'
import { namesOf } from './node.js'

const BOOL = 16
const INT8 = 20
const INT2 = 21
const INT4 = 23
const TEXT = 25
const FLOAT4 = 700
const FLOAT8 = 701
const BPCHAR = 1042
const VARCHAR = 1043
const DATE = 1082
const TIMESTAMP = 1114
const TIMESTAMPTZ = 1184
const UUID = 2950

const INTEGERS: readonly number[] = [INT2, INT4, INT8]

/** Comparisons whose functions are leakproof for the types below on PostgreSQL 15 to 18: they never fail and tell nothing but their result. */
const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>='])

/** The type names, as the grammar spells them, that make a constant of the same type as the column. */
const SAME_TYPE: ReadonlyMap<number, readonly string[]> = new Map<number, readonly string[]>([
  [BOOL, ['bool']],
  [TEXT, ['text', 'varchar']],
  [VARCHAR, ['text', 'varchar']],
  [DATE, ['date']],
  [TIMESTAMP, ['timestamp']],
  [TIMESTAMPTZ, ['timestamptz']],
  [UUID, ['uuid']],
  [FLOAT8, ['float8']],
  ...INTEGERS.map((oid) => [oid, ['int2', 'int4', 'int8']] as const),
])

/** Types whose comparisons with an untyped constant are leakproof: the constant takes the column's type. */
const COMPARABLE: ReadonlySet<number> = new Set([...SAME_TYPE.keys(), BPCHAR, FLOAT4])

const INT8_MAX = 9_223_372_036_854_775_807n

/** Whether a comparison of a column of this type by this operator with these values is leakproof. */
export function isLeakproofComparison(
  operator: string,
  columnOid: number,
  values: readonly Node[],
  declaredOid: (parameter: number) => number | undefined,
): boolean {
  return (
    COMPARISONS.has(operator) &&
    COMPARABLE.has(columnOid) &&
    values.every((value) => takesColumnType(value, columnOid, declaredOid))
  )
}

/** Whether a value that was written out, or bound, is compared as the column's own type without a conversion of the column. */
function takesColumnType(
  value: Node,
  columnOid: number,
  declaredOid: (parameter: number) => number | undefined,
): boolean {
  if ('ParamRef' in value) {
    const declared = declaredOid(value.ParamRef.number ?? 0)
    return (
      declared === 0 ||
      declared === columnOid ||
      (INTEGERS.includes(columnOid) && INTEGERS.includes(declared ?? -1))
    )
  }
  if ('TypeCast' in value) {
    const { arg, typeName } = value.TypeCast
    const constant = arg !== undefined && ('A_Const' in arg || 'ParamRef' in arg)
    return constant && typeName !== undefined && isSameType(typeName, columnOid)
  }
  if (!('A_Const' in value)) return false
  const { sval, ival, fval, boolval, isnull } = value.A_Const
  if (isnull) return false
  if (sval !== undefined) return true
  if (boolval !== undefined) return columnOid === BOOL
  if (ival !== undefined) return INTEGERS.includes(columnOid) || columnOid === FLOAT8
  if (fval === undefined) return false
  // Digits beyond int4 are int8 as long as they fit, and numeric after that.
  if (/^\d{1,19}$/.test(fval.fval ?? ''))
    return INTEGERS.includes(columnOid) && BigInt(fval.fval ?? '') <= INT8_MAX
  return false
}

function isSameType(type: TypeName, columnOid: number): boolean {
  if ((type.typmods ?? []).length > 0 || (type.arrayBounds ?? []).length > 0) return false
  return (SAME_TYPE.get(columnOid) ?? []).includes(namesOf(type.names).at(-1) ?? '')
}
