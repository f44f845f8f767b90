import { wordsOf } from './function-list.js'
import { TYPE_NAMES_TEXT } from './lists/type-names.js'
import { VALUE_TYPES_TEXT } from './lists/value-types.js'

interface TypeOids {
  readonly oid: number
  readonly arrayOid: number
}

const VALUE_TYPES: ReadonlyMap<string, TypeOids> = new Map(
  wordsOf(VALUE_TYPES_TEXT).map((word): readonly [string, TypeOids] => {
    const [name = '', oids = ''] = word.split(':')
    const [oid, arrayOid] = oids.split(',').map(Number)
    return [name, { oid: oid ?? 0, arrayOid: arrayOid ?? 0 }]
  }),
)

/** Types that a client may write. */
const WRITABLE = wordsOf(
  `bool bytea int8 int2 int4 text json float4 float8 bpchar varchar date time timestamp timestamptz interval timetz bit varbit numeric uuid
  jsonb`,
)

/** Types that may be written, by catalog name, and arrays of them as `_name`, with their OIDs. */
export const TYPE_OIDS: ReadonlyMap<string, number> = new Map(
  WRITABLE.flatMap((name): readonly (readonly [string, number])[] => {
    const types = VALUE_TYPES.get(name)
    return types === undefined
      ? []
      : [
          [name, types.oid],
          [`_${name}`, types.arrayOid],
        ]
  }),
)

const TYPE_NAMES = new Set(wordsOf(TYPE_NAMES_TEXT))

/** Whether a supported version has a type of that name in pg_catalog, or an array's. */
export function isCatalogType(name: string): boolean {
  return TYPE_NAMES.has(name.replace(/^_/, ''))
}

const READ_OIDS = new Set([...VALUE_TYPES.values()].flatMap(({ oid, arrayOid }) => [oid, arrayOid]))

/**
 * Whether columns of a type reach the client's expressions as text. Types that are not Postgres' own a client cannot know. Those that name
 * objects of the server give their type to a text beside them: `coalesce(column, 'x')` over a regclass would ask whether a table x is there.
 */
export function isReadAsText(oid: number): boolean {
  return !READ_OIDS.has(oid)
}
