import type { Attack } from './attack-file.js'

/**
 * Statements over joins with conditions made at random, the same on every run. Conditions are copied into fences, and fences are left out, by
 * rules that a wrong answer would betray.
 */
export function randomConditions(count: number, seed: number): readonly Attack[] {
  const source = createSource(seed)
  return Array.from({ length: count }, (_, index) => ({
    name: `random ${index}`,
    texts: [statement(source)],
    values: [],
  }))
}

interface Source {
  /** Whether something happens that happens in that part of all cases. */
  chance(part: number): boolean
  pick<T>(choices: readonly [T, ...T[]]): T
}

/** A linear congruential generator (Numerical Recipes), which is as good as is needed here. */
function createSource(seed: number): Source {
  let state = seed >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    chance: (part) => next() < part,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
  }
}

type Kind =
  | 'int'
  | 'big'
  | 'text'
  | 'numeric'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'float8'
  | 'bool'
  | 'bpchar'

const COLUMNS = {
  Orders:
    'id:int user_id:int company_id:int region:text status:text amount:numeric created_at:timestamptz placed:timestamp day:date note:text ' +
    'ratio:float8 flag:bool small:int big:big code:bpchar secret:text divisor:int sign:int count:int total:numeric paid:bool',
  Listed: 'id:int secret:text divisor:int digits:text sign:int',
  Joined: 'id:int secret:text divisor:int digits:text sign:int',
  Users: 'id:int company_id:int name:text',
  Items: 'id:int order_id:int product:text quantity:int',
} as const
type Cube = keyof typeof COLUMNS
const CUBES: readonly [Cube, ...Cube[]] = ['Orders', 'Listed', 'Joined', 'Users', 'Items']

const LITERALS: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  int: [
    '1',
    '3',
    '5',
    "'7'",
    '40',
    '1000',
    '1.5',
    '9999999999',
    "'12'::int4",
    '3::int8',
    '2::int2',
    'NULL',
    '-1',
    '1e1',
  ],
  big: ['3000000000', "'6000000000'", '90000000000::int8', '1', '9999999999999999999', 'NULL'],
  text: [
    "'paid'",
    "'north'",
    "'OWN-1'",
    "'OWN-2'::text",
    "'colleague 1'",
    "''",
    "'SECRET-A'",
    'NULL',
    "'paid'::varchar",
  ],
  numeric: ['3.7', '10', "'7.4'", '50.0::numeric', 'NULL', "'NaN'", '1e2'],
  timestamptz: [
    "'2025-01-02'",
    "timestamptz '2025-01-05 00:00+00'",
    "'infinity'",
    "date '2025-01-04'",
    "timestamp '2025-01-04'",
    'now()',
  ],
  timestamp: [
    "'2025-03-01'",
    "timestamp '2025-03-02 12:00'",
    "'-infinity'",
    "date '2025-03-02'",
    'localtimestamp',
    'NULL',
  ],
  date: ["'2025-01-05'", "date '2025-01-10'", "'infinity'", "timestamp '2025-01-10'", 'current_date', 'NULL'],
  float8: ['1', '1.0', "'2.857142857142857'", '3::float8', "'NaN'", 'NULL', '2.5::float4'],
  bool: ['true', 'false', "'t'", 'NULL', "'no'::bool"],
  bpchar: ["'c1'", "'c1  '", "'c2'::bpchar", "'c3'::text", "'c4'::char(4)", "'c5 '::varchar", 'NULL'],
}
const COMPARISONS: readonly [string, ...string[]] = ['=', '<>', '<', '<=', '>', '>=']

interface Item {
  readonly alias: string
  readonly cube: Cube
}
type Items = readonly [Item, ...Item[]]

function columnsOf(cube: Cube): readonly [readonly [string, Kind], ...(readonly [string, Kind])[]] {
  const [first, ...rest] = COLUMNS[cube].split(' ').map((column) => {
    const [name = '', kind = ''] = column.split(':')
    return [name, kind as Kind] as const
  })
  if (first === undefined) throw new Error(`${cube} has no columns`)
  return [first, ...rest]
}

function condition(source: Source, items: Items, depth: number): string {
  const inner = (): string => condition(source, items, depth - 1)
  if (depth > 0 && source.chance(0.2)) return `(${inner()} OR ${inner()})`
  if (depth > 0 && source.chance(0.35)) return `(${inner()} AND ${inner()})`
  if (depth > 0 && source.chance(0.15)) return `NOT ${inner()}`
  const { alias, cube } = source.pick(items)
  const [name, kind] = source.pick(columnsOf(cube))
  const column = `${alias}.${name}`
  const literal = (): string => source.pick(LITERALS[kind])
  const comparison = source.pick(COMPARISONS)
  const other = source.pick(items)
  const same = columnsOf(other.cube).find(([, otherKind]) => otherKind === kind)
  return source.pick([
    `${column} ${comparison} ${literal()}`,
    `${column} ${comparison} ${literal()}`,
    `${column} = ${literal()}`,
    `${literal()} ${comparison} ${column}`,
    `${column} IN (${literal()}, ${literal()})`,
    `${column} NOT IN (${literal()}, ${literal()})`,
    `${column} BETWEEN ${literal()} AND ${literal()}`,
    `${column} NOT BETWEEN SYMMETRIC ${literal()} AND ${literal()}`,
    `${column} IS NULL`,
    `${column} IS NOT DISTINCT FROM ${literal()}`,
    `(${column} ${comparison} ${literal()}) IS NOT TRUE`,
    same === undefined ? `${column} IS NOT NULL` : `${column} ${comparison} ${other.alias}.${same[0]}`,
  ])
}

function fromClause(source: Source): readonly [string, Items] {
  const first: Item = { alias: 't0', cube: source.pick(CUBES) }
  let text = `"${first.cube}" t0`
  let items: Items = [first]
  const joins = source.pick([0, 1, 2])
  for (let index = 1; index <= joins; index += 1) {
    const item: Item = { alias: `t${index}`, cube: source.pick(CUBES) }
    const join = source.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])
    const all: Items = [...items, item]
    const derived = source.chance(0.2)
    const table = derived ? `(SELECT * FROM "${item.cube}" OFFSET 0)` : `"${item.cube}"`
    const on = `${source.pick(items).alias}.id = ${item.alias}.id`
    const more = join !== 'FULL JOIN' && source.chance(0.6) ? ` AND ${condition(source, all, 1)}` : ''
    text = `(${text} ${join} ${table} ${item.alias} ON ${on}${more})`
    items = all
  }
  return [text, items]
}

function statement(source: Source): string {
  const [from, items] = fromClause(source)
  const where = condition(source, items, 2)
  const { alias } = source.pick(items)
  const sums = items.map((item) => `count(${item.alias}.id), sum(${item.alias}.id)`).join(', ')
  return source.pick([
    `SELECT count(*), ${sums} FROM ${from} WHERE ${where}`,
    `SELECT count(*), ${sums} FROM ${from} WHERE ${where}`,
    `SELECT count(*), min(${alias}.id) FROM ${from} WHERE ${where} GROUP BY ${alias}.id % 3 ORDER BY 1, 2`,
    `SELECT (SELECT count(*) FROM ${from} WHERE ${where} AND ${alias}.id <> q.id) FROM "Users" q ORDER BY 1`,
    `SELECT count(*) FROM "Users" q WHERE EXISTS (SELECT 1 FROM ${from} WHERE ${where} AND ${alias}.id = q.id)`,
    `SELECT count(*) FROM "Users" q WHERE q.id NOT IN (SELECT ${alias}.id FROM ${from} WHERE ${where} AND ${alias}.id IS NOT NULL)`,
    `WITH w AS (SELECT ${alias}.id FROM ${from} WHERE ${where}) SELECT count(*), count(b.id) FROM w a FULL JOIN w b ON a.id = b.id + 1 WHERE a.id > 3`,
  ])
}
