import type { Node, TypeName } from '../sql/tree.js'
import { clockOid, DATE, TIMESTAMP, TIMESTAMPTZ } from './clock.js'
import { namesOf } from './node.js'
import type { ColumnType } from './typed-model.js'

const BOOL = 16
const INT8 = 20
const INT2 = 21
const INT4 = 23
const TEXT = 25
const FLOAT4 = 700
const FLOAT8 = 701
/** A literal without a type, which takes the column's. */
const UNKNOWN = 705
const BPCHAR = 1042
const VARCHAR = 1043
const NUMERIC = 1700
const UUID = 2950

const INTEGERS: readonly number[] = [INT2, INT4, INT8]

/**
 * Types of which any two of a group compare without a conversion that could fail. What Postgres 15 to 18 mark as leakproof, and comparisons of
 * numeric and between the types of a moment, which Postgres does not mark, but which never fail either (numeric_cmp; date2timestamp_opt_overflow).
 */
const GROUPS: readonly (readonly number[])[] = [
  INTEGERS,
  [NUMERIC, ...INTEGERS],
  [FLOAT8, ...INTEGERS],
  [TEXT, VARCHAR],
  [DATE, TIMESTAMP, TIMESTAMPTZ],
  [BOOL],
  [FLOAT4],
  [BPCHAR],
  [UUID],
]
/** Types of which any two convert to the other or to one of both without failing; moments do not, at the ends of their ranges. */
const ONE_TYPE: readonly (readonly number[])[] = GROUPS.flatMap((group) =>
  group.includes(TIMESTAMPTZ) ? group.map((oid) => [oid]) : [group],
)
const COMPARABLE: ReadonlySet<number> = new Set(GROUPS.flat())

const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>='])

/** OIDs of the type names that a value may be cast to, as the grammar spells them. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ['bool', BOOL],
  ['int2', INT2],
  ['int4', INT4],
  ['int8', INT8],
  ['text', TEXT],
  ['varchar', VARCHAR],
  ['float8', FLOAT8],
  ['numeric', NUMERIC],
  ['date', DATE],
  ['timestamp', TIMESTAMP],
  ['timestamptz', TIMESTAMPTZ],
  ['uuid', UUID],
])

const INT8_MAX = 9_223_372_036_854_775_807n

/** Whether an unqualified operator is a comparison. */
export function isComparison(names: readonly string[]): boolean {
  return names.length === 1 && COMPARISONS.has(names[0] ?? '')
}

/** Whether comparisons of a column of this type with a value of it never fail. */
export function isTotal(columnOid: number): boolean {
  return COMPARABLE.has(columnOid)
}

/**
 * Whether two columns of these types are compared without telling anything but the result. Texts of two collations are not: Postgres fails on the
 * first row that it comes to (varlena.c, check_collation_set).
 */
export function isLeakproofPair(operator: string, left: ColumnType, right: ColumnType): boolean {
  return (
    COMPARISONS.has(operator) &&
    GROUPS.some((group) => [left.oid, right.oid].every(isIn(group))) &&
    (left.collationOid === 0 || right.collationOid === 0 || left.collationOid === right.collationOid)
  )
}

/** What a column is compared with. */
export interface Compared {
  readonly operators: readonly string[]
  readonly values: readonly Node[]
  /** Whether it is IN: Postgres gives all values one type, that of the column counted among them (parse_expr.c, transformAExprIn). */
  readonly list: boolean
}

/** Whether a comparison of a column of this type never fails and tells nothing but its result. */
export function isLeakproofComparison(
  { operators, values, list }: Compared,
  columnOid: number,
  declaredOid: (parameter: number) => number | undefined,
): boolean {
  if (!operators.every((operator) => COMPARISONS.has(operator)) || !COMPARABLE.has(columnOid)) return false
  const oids = values.map((value) => valueOid(value, declaredOid))
  const typed = oids.filter((oid) => oid !== UNKNOWN)
  if (list && values.length > 1) return ONE_TYPE.some((group) => [columnOid, ...typed].every(isIn(group)))
  return typed.every((oid) => GROUPS.some((group) => [columnOid, oid].every(isIn(group))))
}

const isIn =
  (group: readonly number[]) =>
  (oid: number | undefined): boolean =>
    oid !== undefined && group.includes(oid)

/** The type of a value that was written out, or bound, or is the time; undefined for any other expression. */
function valueOid(value: Node, declaredOid: (parameter: number) => number | undefined): number | undefined {
  if ('ParamRef' in value) {
    const declared = declaredOid(value.ParamRef.number ?? 0)
    return declared === 0 ? UNKNOWN : declared
  }
  if ('TypeCast' in value) {
    const { arg, typeName } = value.TypeCast
    if (arg === undefined || !('ParamRef' in arg))
      return arg !== undefined && 'A_Const' in arg ? namedOid(typeName) : clockOid(value)
    // A bound value of another type is converted while the statement runs, on rows of others, and that may fail; one without a type takes this.
    return declaredOid(arg.ParamRef.number ?? 0) === 0 ? namedOid(typeName) : undefined
  }
  return 'A_Const' in value ? constantOid(value.A_Const) : clockOid(value)
}

function constantOid({
  sval,
  ival,
  fval,
  boolval,
}: Extract<Node, { A_Const: unknown }>['A_Const']): number | undefined {
  if (sval !== undefined) return UNKNOWN
  if (boolval !== undefined) return BOOL
  if (ival !== undefined) return INT4
  if (fval === undefined) return undefined
  // Digits beyond int4 are int8 as long as they fit, and numeric after that.
  return /^\d{1,19}$/.test(fval.fval ?? '') && BigInt(fval.fval ?? '') <= INT8_MAX ? INT8 : NUMERIC
}

function namedOid(type: TypeName | undefined): number | undefined {
  if ((type?.typmods ?? []).length > 0 || (type?.arrayBounds ?? []).length > 0) return undefined
  return NAMED.get(namesOf(type?.names).at(-1) ?? '')
}
