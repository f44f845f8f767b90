/** Rows of the table, and of the tenant that owns them all. */
export const ROWS = 100_000

/** A person with a hundred rows, in a company that has every row. */
export const CLAIMS = { user_id: 7, company_id: 1 }

export const SEED = [
  `CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, company_id int NOT NULL, status text NOT NULL,
    amount numeric(10,2) NOT NULL, created_at timestamptz NOT NULL, note text NOT NULL)`,
  `INSERT INTO orders SELECT n, n % ${ROWS / 100}, 1, (ARRAY['new','paid','completed'])[1 + n % 3], (n * 37 % 10000) / 100.0,
    timestamptz '2026-01-01 00:00+00' + n * interval '1 minute', 'note number ' || n FROM generate_series(1, ${ROWS}) n`,
  'CREATE INDEX ON orders (user_id)',
  'VACUUM ANALYZE orders',
]

/** Two cubes over one table: in Orders a person has a hundred rows, in Sales the company has all of them. */
export const PROJECT = Object.fromEntries(
  [
    ['Orders', 'user_id'],
    ['Sales', 'company_id'],
  ].map(([cube, claim]) => [
    `model/${cube}.js`,
    `cube('${cube}', {
      sql_table: 'public.orders',
      dimensions: {
        id: { sql: 'id', type: 'number', primary_key: true },
        user_id: { sql: 'user_id', type: 'number' },
        company_id: { sql: 'company_id', type: 'number' },
        status: { sql: 'status', type: 'string' },
        amount: { sql: 'amount', type: 'number' },
        created_at: { sql: 'created_at', type: 'time' },
        note: { sql: 'note', type: 'string' },
      },
      measures: { count: { type: 'count' }, total: { type: 'sum', sql: 'amount' } },
      access_policy: [{ role: '*', row_level: { filters: [{ member: '${claim}', operator: 'equals', values: [securityContext.${claim}] }] } }],
    })`,
  ]),
)

/** The id of a row of the person's. */
export const ORDER_ID = 50 * (ROWS / 100) + CLAIMS.user_id

const MINE = `user_id = ${CLAIMS.user_id}`
const OURS = `company_id = ${CLAIMS.company_id}`
const POINT = 'id, status, amount, created_at'
const WIDE = 'id, user_id, status, amount, created_at, note'
const REPORT = 'status, count(*), sum(amount)'

/** A cube as Rowgate puts it in a statement. @param {string} columns @param {string} owner */
const fence = (columns, owner) =>
  `((SELECT ${columns} FROM orders WHERE ${owner}) UNION ALL (SELECT ${columns} FROM orders WHERE FALSE) OFFSET 0) AS orders`

/** What somebody writes by hand, the same with a fence, and what is asked of Rowgate. `#` is a number that never comes twice. */
export const STATEMENTS = {
  point: {
    direct: `SELECT ${POINT} FROM orders WHERE id = ${ORDER_ID} AND ${MINE}`,
    fenced: `SELECT ${POINT} FROM ${fence(POINT, MINE)} WHERE id = ${ORDER_ID}`,
    cube: `SELECT ${POINT} FROM Orders WHERE id = ${ORDER_ID}`,
  },
  fresh: {
    direct: `SELECT ${POINT} FROM orders WHERE id = ${ORDER_ID} AND amount < 1000 + # AND ${MINE}`,
    fenced: `SELECT ${POINT} FROM ${fence(POINT, MINE)} WHERE id = ${ORDER_ID} AND amount < 1000 + #`,
    cube: `SELECT ${POINT} FROM Orders WHERE id = ${ORDER_ID} AND amount < 1000 + #`,
  },
  prepared: {
    direct: `SELECT ${POINT} FROM orders WHERE id = $1 AND ${MINE}`,
    fenced: `SELECT ${POINT} FROM ${fence(POINT, MINE)} WHERE id = $1`,
    cube: `SELECT ${POINT} FROM Orders WHERE id = $1`,
  },
  lookup: {
    direct: `SELECT ${POINT} FROM orders WHERE id = ${ORDER_ID} AND ${OURS}`,
    fenced: `SELECT ${POINT} FROM ${fence(POINT, OURS)} WHERE id = ${ORDER_ID}`,
    cube: `SELECT ${POINT} FROM Sales WHERE id = ${ORDER_ID}`,
  },
  report: {
    direct: `SELECT ${REPORT} FROM orders WHERE ${OURS} GROUP BY status`,
    fenced: `SELECT ${REPORT} FROM ${fence('status, amount', OURS)} GROUP BY status`,
    cube: `SELECT ${REPORT} FROM Sales GROUP BY status`,
  },
  stream: {
    direct: `SELECT ${WIDE} FROM orders WHERE ${OURS}`,
    fenced: `SELECT ${WIDE} FROM ${fence(WIDE, OURS)}`,
    cube: `SELECT ${WIDE} FROM Sales`,
  },
}
