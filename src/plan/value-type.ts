import { PgError } from '../errors.js'
import { dateText, momentText } from './moment.js'
import { hasFixedText } from './text-form.js'

/** How values are compared with a column of some type. */
export interface ValueType {
  /** The type of the parameter. */
  readonly oid: number
  readonly arrayOid: number
  /** Catalog name of the parameter's type. */
  readonly name: string
  /** The column is compared as text, because values of its own type cannot be checked here. */
  readonly castColumnToText: boolean
  /** The canonical text of a value, or undefined if it is none of this type. */
  readonly encode: (value: Scalar) => string | undefined
}

export type Scalar = string | number | bigint | boolean

const INTEGER = /^-?(0|[1-9][0-9]{0,18})$/
const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/
const INT8_MAX = 9_223_372_036_854_775_807n
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function encodeInteger(value: Scalar): string | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined
  const text = typeof value === 'boolean' ? '' : String(value)
  if (!INTEGER.test(text) || text === '-0') return undefined
  const integer = BigInt(text)
  return integer <= INT8_MAX && integer >= -INT8_MAX - 1n ? text : undefined
}

function encodeDecimal(value: Scalar): string | undefined {
  if (typeof value === 'boolean') return undefined
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined
  const text = String(value)
  if (DECIMAL.test(text)) return text
  // A double such as 1e21, which JavaScript prints with an exponent.
  return typeof value === 'number' ? text : undefined
}

function encodeText(value: Scalar): string | undefined {
  if (typeof value === 'boolean') return undefined
  if (typeof value === 'number' && !Number.isSafeInteger(value) && !DECIMAL.test(String(value)))
    return undefined
  const text = String(value)
  return text.includes('\0') || !text.isWellFormed() ? undefined : text
}

function encodeBoolean(value: Scalar): string | undefined {
  if (value === true || value === 'true') return 'true'
  return value === false || value === 'false' ? 'false' : undefined
}

const reading =
  (read: (text: string) => string | undefined) =>
  (value: Scalar): string | undefined =>
    typeof value === 'string' ? read(value) : undefined

const type = (oid: number, arrayOid: number, name: string, encode: ValueType['encode']): ValueType => ({
  oid,
  arrayOid,
  name,
  castColumnToText: false,
  encode,
})

const INT8 = type(20, 1016, 'int8', encodeInteger)
const FLOAT8 = type(701, 1022, 'float8', encodeDecimal)
const TEXT = type(25, 1009, 'text', encodeText)

const BY_COLUMN_OID: ReadonlyMap<number, ValueType> = new Map([
  [20, INT8],
  [21, INT8],
  [23, INT8],
  [700, FLOAT8],
  [701, FLOAT8],
  [1700, type(1700, 1231, 'numeric', encodeDecimal)],
  [25, TEXT],
  [1043, TEXT],
  [1042, type(1042, 1014, 'bpchar', encodeText)],
  [16, type(16, 1000, 'bool', encodeBoolean)],
  [
    2950,
    type(
      2950,
      2951,
      'uuid',
      reading((text) => (UUID.test(text) ? text : undefined)),
    ),
  ],
  [1082, type(1082, 1182, 'date', reading(dateText))],
  [
    1114,
    type(
      1114,
      1115,
      'timestamp',
      reading((text) => momentText(text, '')),
    ),
  ],
  [
    1184,
    type(
      1184,
      1185,
      'timestamptz',
      reading((text) => momentText(text, '+00')),
    ),
  ],
])

/**
 * How to compare with a column of type `oid`; types that are not known are compared as text.
 *
 * @param source what is compared, for the error
 * @throws PgError insufficient_privilege for a type whose text a client's settings change
 */
export function valueType(oid: number, source: string): ValueType {
  const known = BY_COLUMN_OID.get(oid)
  if (known !== undefined) return known
  requireFixedText(oid, source)
  return { ...TEXT, castColumnToText: true }
}

/** @throws PgError insufficient_privilege unless a column's text is the same whatever the client sets */
export function requireFixedText(oid: number, source: string): void {
  if (hasFixedText(oid)) return
  throw new PgError('insufficient_privilege', `${source} cannot be compared as text`, {
    hint: 'The text of that type depends on settings of the session. Whoever keeps the model may compare another column.',
  })
}

/** Catalog name of a parameter type, arrays as `_name`. */
export function typeName(oid: number): string {
  for (const { oid: scalar, arrayOid, name } of BY_COLUMN_OID.values()) {
    if (oid === scalar) return name
    if (oid === arrayOid) return `_${name}`
  }
  throw new Error(`no type ${oid}`)
}

/**
 * A value in the type's canonical text.
 *
 * @throws PgError insufficient_privilege naming where the value came from, never the value
 */
export function encodeValue(value: unknown, valueTypeOf: ValueType, source: string): string {
  const scalar =
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  const text = scalar ? valueTypeOf.encode(value) : undefined
  if (text !== undefined) return text
  throw new PgError('insufficient_privilege', `${source} is no value of type ${valueTypeOf.name}`, {
    hint: 'Ask whoever issues your token to put a value of that type into it.',
  })
}

/** An array in Postgres' text format. */
export function encodeArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
}
