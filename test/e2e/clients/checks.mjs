// What the programs for Node share: one line per check, and what they expect of introspection.
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

export const ADDRESS = {
  host: process.env.PGHOST,
  port: Number(process.env.PGPORT),
  user: process.env.PGUSER,
  database: process.env.PGDATABASE,
  password: process.env.PGPASSWORD,
}

export const GROUPED = 'SELECT status, MEASURE(count)::int AS n FROM "Orders" GROUP BY 1 ORDER BY 1'
export const GROUPS = ['new', 'paid', 'returned', 'shipped'].map((status) => ({ status, n: 5000 }))
export const SLOW = 'SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c'

/** Statements of people's own tools, for the drivers that bring no introspection. */
export const TABLES = `SELECT table_name AS name, table_type AS type FROM information_schema.tables
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`
export const EXPECTED_TABLES = ['Orders', 'Users'].map((name) => ({ name, type: 'BASE TABLE' }))
export const COLUMNS = `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
  FROM pg_attribute a WHERE a.attrelid = '"Orders"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`
export const NAMES = 'id user_id status amount note created_at day flag tags uid meta count total paid'.split(
  ' ',
)
const TYPES =
  'integer,integer,text,numeric(10;2),character varying(40),timestamp with time zone,date,boolean,text[],uuid,jsonb,integer,numeric(10;2),boolean'
export const EXPECTED_COLUMNS = TYPES.split(',').map((type, index) => ({
  name: NAMES[index],
  type: type.replace(';', ','),
  required: index === 0,
}))
export const KEYS = `SELECT tc.table_name AS table, tc.constraint_type AS kind, kcu.column_name AS column, rc.unique_constraint_name AS other
  FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name)
  LEFT JOIN information_schema.referential_constraints rc USING (constraint_schema, constraint_name) ORDER BY 1, 2`
export const EXPECTED_KEYS = [
  { table: 'Orders', kind: 'FOREIGN KEY', column: 'user_id', other: 'Users_pkey' },
  { table: 'Orders', kind: 'PRIMARY KEY', column: 'id', other: null },
  { table: 'Users', kind: 'PRIMARY KEY', column: 'id', other: null },
]

const report = (name, outcome) =>
  process.stdout.write(`${name}\t${String(outcome).replace(/\s+/g, ' ').slice(0, 2000)}\n`)

export function reportVersion(packageName) {
  const path = new URL(`../../../node_modules/${packageName}/package.json`, import.meta.url)
  report('version', JSON.parse(readFileSync(path, 'utf8')).version)
}

export function same(expected, actual) {
  if (!isDeepStrictEqual(expected, actual)) {
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
  }
}

export async function check(name, work) {
  try {
    await work()
    report(name, 'ok')
  } catch (error) {
    report(name, error)
  }
}

export async function failure(work) {
  return work.then(
    () => ({ code: 'no error' }),
    (error) => error,
  )
}
