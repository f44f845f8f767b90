import type { Node, TypeName } from '../sql/tree.js'
import { namesOf } from './node.js'

/** What format_type calls the types that may be written, where it is not the catalog's name. */
const FORMATTED: ReadonlyMap<string, string> = new Map([
  ['bool', 'boolean'],
  ['int2', 'smallint'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['float4', 'real'],
  ['float8', 'double precision'],
  ['bpchar', 'character'],
  ['varchar', 'character varying'],
  ['varbit', 'bit varying'],
  ['time', 'time without time zone'],
  ['timetz', 'time with time zone'],
  ['timestamp', 'timestamp without time zone'],
  ['timestamptz', 'timestamp with time zone'],
])

const INT8_MAX = 9_223_372_036_854_775_807n

/** The type that an expression has by its own text, as Postgres prints it in errors; undefined where more must be known. */
function typeText(node: Node): string | undefined {
  if ('TypeCast' in node)
    return node.TypeCast.typeName === undefined ? undefined : castTypeText(node.TypeCast.typeName)
  if (!('A_Const' in node)) return undefined
  const { ival, fval, boolval, bsval } = node.A_Const
  if (ival !== undefined) return 'integer'
  if (boolval !== undefined) return 'boolean'
  if (bsval !== undefined) return 'bit'
  if (fval === undefined) return 'unknown'
  return /^\d{1,19}$/.test(fval.fval ?? '') && BigInt(fval.fval ?? '') <= INT8_MAX ? 'bigint' : 'numeric'
}

function castTypeText({ names, arrayBounds }: TypeName): string {
  const name = namesOf(names).at(-1) ?? ''
  return `${FORMATTED.get(name) ?? name}${(arrayBounds ?? []).length > 0 ? '[]' : ''}`
}

/** `name(integer, unknown)`, or `name(...)` where the types of columns and calls would have to be known. */
export function functionSignature(name: string, args: readonly Node[]): string {
  const types = args.map(typeText)
  return `${name}(${types.includes(undefined) ? '...' : types.join(', ')})`
}

/** `integer <<>> unknown`, or the symbol alone. */
export function operatorSignature(symbol: string, left: Node | undefined, right: Node | undefined): string {
  const types = [left, right].flatMap((side) => (side === undefined ? [] : [typeText(side)]))
  if (types.includes(undefined)) return symbol
  return [...(left === undefined ? [] : [types[0]]), symbol, types.at(-1)].join(' ')
}
