import { PgError } from '../errors.js'
import type { Node, TypeName } from '../sql/tree.js'
import { ALLOWED_FUNCTIONS, CONDITIONAL_FUNCTIONS } from './function-list.js'
import { namesOf } from './node.js'

/** Most rows that a series may have, and characters that a padded or repeated text may have. */
const SERIES_ROWS_MAX = 1_000_000
const TEXT_LENGTH_MAX = 10_000

/**
 * Checks a function that a client calls.
 *
 * @param more functions that the operator allows, as `schema.name` (ROWGATE_FUNCTIONS_ALLOWED); they must be called by that name
 * @throws PgError insufficient_privilege
 */
export function checkFunction(
  names: readonly string[],
  args: readonly Node[],
  position: number | undefined,
  more: ReadonlySet<string>,
): void {
  if (names.length === 2 && more.has(names.join('.'))) return
  const name = names.at(-1) ?? ''
  const schema = names.length > 1 ? names.at(-2) : 'pg_catalog'
  if (
    schema !== 'pg_catalog' ||
    names.length > 2 ||
    !(ALLOWED_FUNCTIONS.has(name) || CONDITIONAL_FUNCTIONS.has(name))
  ) {
    throw new PgError(
      'insufficient_privilege',
      `function ${names.join('.')} is not available through this gateway`,
      {
        position,
        hint: 'Functions that only compute from their arguments are available; those that reach the server, its files, settings or catalog are not.',
      },
    )
  }
  if (!CONDITIONAL_FUNCTIONS.has(name)) return
  if (bounded(name, args)) return
  throw new PgError(
    'insufficient_privilege',
    `${name} needs ${NEEDED[name] ?? 'a length'} written as constants here`,
    {
      position,
      hint:
        name === 'generate_series'
          ? `At most ${SERIES_ROWS_MAX} rows; dates and timestamps need a constant interval as step.`
          : `At most ${TEXT_LENGTH_MAX} characters.`,
    },
  )
}

const NEEDED: Readonly<Record<string, string>> = {
  generate_series: 'bounds',
  format: 'a format with plain widths',
}

function bounded(name: string, args: readonly Node[]): boolean {
  switch (name) {
    case 'repeat':
    case 'lpad':
    case 'rpad': {
      const length = constantNumber(args[1])
      return length !== undefined && length <= TEXT_LENGTH_MAX
    }
    case 'format':
      return boundedFormat(constantText(args[0]))
    case 'generate_series':
      return boundedSeries(args)
    default:
      return false
  }
}

/** No width that is taken from an argument (`%*s`), and none that is large. */
function boundedFormat(format: string | undefined): boolean {
  if (format === undefined) return false
  const specifiers = format.match(/%[^%a-zA-Z]*/g) ?? []
  return specifiers.every(
    (specifier) =>
      !specifier.includes('*') &&
      (specifier.match(/\d+/g) ?? []).every((digits) => Number(digits) <= TEXT_LENGTH_MAX),
  )
}

function boundedSeries([start, stop, step]: readonly Node[]): boolean {
  const from = constantNumber(start)
  const to = constantNumber(stop)
  if (from !== undefined && to !== undefined) {
    const by = step === undefined ? 1 : constantNumber(step)
    return by !== undefined && by !== 0 && Math.abs((to - from) / by) <= SERIES_ROWS_MAX
  }
  // A calendar: how long it is depends on the step, which must be an interval that is written out.
  const seconds = constantInterval(step)
  const [first, last] = [constantTime(start), constantTime(stop)]
  if (seconds === undefined || seconds <= 0 || first === undefined || last === undefined) return false
  return Math.abs(last - first) / seconds <= SERIES_ROWS_MAX
}

function constantNumber(node: Node | undefined): number | undefined {
  if (node === undefined) return undefined
  if ('TypeCast' in node) return constantNumber(node.TypeCast.arg)
  if (!('A_Const' in node)) return undefined
  const { ival, fval, sval } = node.A_Const
  if (ival !== undefined) return ival.ival ?? 0
  const text = fval?.fval ?? sval?.sval
  const number = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  mon: 2_592_000,
  month: 2_592_000,
  quarter: 7_776_000,
  year: 31_536_000,
}

/** A written interval of one unit, in seconds. */
function constantInterval(node: Node | undefined): number | undefined {
  const text = constantText(node)
  const match =
    text === undefined
      ? null
      : /^\s*(\d+)?\s*(second|minute|hour|day|week|mon|month|quarter|year)s?\s*$/i.exec(text)
  if (match === null) return undefined
  return Number(match[1] ?? 1) * (UNIT_SECONDS[(match[2] ?? '').toLowerCase()] ?? 0)
}

/** A written date, or the current one with intervals added, roughly and in seconds. */
function constantTime(node: Node | undefined): number | undefined {
  if (node === undefined) return undefined
  if ('TypeCast' in node) return constantTime(node.TypeCast.arg)
  if ('SQLValueFunction' in node) return Date.UTC(2026, 0, 1) / 1_000
  if ('FuncCall' in node) {
    const name = namesOf(node.FuncCall.funcname).at(-1) ?? ''
    if (name === 'now') return Date.UTC(2026, 0, 1) / 1_000
    return name === 'date_trunc' ? constantTime(node.FuncCall.args?.[1]) : undefined
  }
  if ('A_Expr' in node) {
    const sign = namesOf(node.A_Expr.name).at(-1)
    const base = constantTime(node.A_Expr.lexpr)
    const days = constantNumber(node.A_Expr.rexpr)
    const shift = constantInterval(node.A_Expr.rexpr) ?? (days === undefined ? undefined : days * 86_400)
    if (base === undefined || shift === undefined) return undefined
    return sign === '+' ? base + shift : sign === '-' ? base - shift : undefined
  }
  const text = constantText(node)
  const milliseconds =
    text !== undefined && /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text.slice(0, 10)) : Number.NaN
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1_000
}

function constantText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined
  if ('TypeCast' in node) return constantText(node.TypeCast.arg)
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined
}

/** Types that may be written, by catalog name, and their OIDs. */
export const TYPE_OIDS: ReadonlyMap<string, number> = new Map([
  ['bool', 16],
  ['bytea', 17],
  ['int8', 20],
  ['int2', 21],
  ['int4', 23],
  ['text', 25],
  ['json', 114],
  ['float4', 700],
  ['float8', 701],
  ['bpchar', 1042],
  ['varchar', 1043],
  ['date', 1082],
  ['time', 1083],
  ['timestamp', 1114],
  ['timestamptz', 1184],
  ['interval', 1186],
  ['timetz', 1266],
  ['bit', 1560],
  ['varbit', 1562],
  ['numeric', 1700],
  ['uuid', 2950],
  ['jsonb', 3802],
])

/** Array types of the above, and the names that psql and drivers write for some of them. */
const ARRAY_OIDS = new Set([
  1000, 1001, 1016, 1005, 1007, 1009, 199, 1021, 1022, 1014, 1015, 1182, 1183, 1115, 1185, 1187, 1270, 1561,
  1563, 1231, 2951, 3807,
])
const ARRAY_NAMES = new Set([...TYPE_OIDS.keys()].map((name) => `_${name}`))

/** Whether a type may be written in a statement that goes upstream. */
export function isTypeAllowed(type: TypeName): boolean {
  const names = namesOf(type.names)
  const name = names.at(-1) ?? ''
  const schema = names.length > 1 ? names.at(-2) : 'pg_catalog'
  return schema === 'pg_catalog' && names.length <= 2 && (TYPE_OIDS.has(name) || ARRAY_NAMES.has(name))
}

/** @throws PgError undefined_object, insufficient_privilege */
export function checkType(type: TypeName, position: number | undefined): void {
  // A modifier may be an expression to the grammar; Postgres itself takes constants only.
  if (!(type.typmods ?? []).every((modifier) => 'A_Const' in modifier)) {
    throw new PgError('syntax_error', 'type modifiers must be simple constants or identifiers', { position })
  }
  if (isTypeAllowed(type)) return
  const names = namesOf(type.names)
  throw new PgError(
    'insufficient_privilege',
    `the type ${names.join('.')} cannot be written through this gateway`,
    {
      position,
      hint: `Types that may be written: ${[...TYPE_OIDS.keys()].join(', ')}, and arrays of these.`,
    },
  )
}

/**
 * Checks the type that a driver declared for a parameter of a statement that goes upstream; 0 and "unknown" leave it to Postgres.
 *
 * @throws PgError insufficient_privilege
 */
export function checkParameterOid(oid: number): void {
  if (oid === 0 || oid === 705 || ARRAY_OIDS.has(oid) || [...TYPE_OIDS.values()].includes(oid)) return
  throw new PgError(
    'insufficient_privilege',
    `parameters of the type with OID ${oid} cannot be used through this gateway`,
    { hint: 'Declare the parameter as text, or leave its type open.' },
  )
}

/** Operators of pg_catalog over the types that may be written. */
const OPERATORS = new Set(
  (
    '+ - * / % ^ |/ ||/ @ ! !! & | # ~ << >> = <> != < > <= >= || ~~ !~~ ~~* !~~* ~* !~ !~* ^@ @> <@ && -> ->> #> #>> ? ?| ?& #- @? @@ ' +
    '-|- &< &> <<| |>> &<| |&> <-> ~<~ ~<=~ ~>~ ~>=~ ~= *= *<>'
  ).split(' '),
)

/** @throws PgError undefined_function, insufficient_privilege */
export function checkOperator(names: readonly string[], position: number | undefined): void {
  const symbol = names.at(-1) ?? ''
  const schema = names.length > 1 ? names.at(-2) : 'pg_catalog'
  if (schema === 'pg_catalog' && names.length <= 2 && OPERATORS.has(symbol)) return
  // Kinds of A_Expr that are no operators carry a word here.
  if (/^(NOT )?BETWEEN( SYMMETRIC)?$/.test(symbol)) return
  throw new PgError(
    'insufficient_privilege',
    `the operator ${names.join('.')} is not available through this gateway`,
    { position },
  )
}
