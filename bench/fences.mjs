import { performance } from 'node:perf_hooks'
import { startCluster } from '../test/support/cluster.ts'

const ROWS = 1_000_000
const ROUNDS = 9

/** Two owners: one of a hundred rows, one of a quarter of all. */
const OWNERS = { 'a hundred rows': 42, 'a quarter of the table': 7 }

/** What a client asks of a relation `o`; the part that could be copied inside a fence, and the rest. */
const QUESTIONS = {
  'lookup by key': { inside: 'id = $2', sql: 'SELECT amount FROM %o WHERE id = $2' },
  'one day, counted': {
    inside: "created_at >= '2025-06-01' AND created_at < '2025-06-02'",
    sql: "SELECT count(*) FROM %o WHERE created_at >= '2025-06-01' AND created_at < '2025-06-02'",
  },
  'first ten by time': {
    inside: undefined,
    sql: 'SELECT id, created_at FROM %o WHERE $2 > 0 ORDER BY created_at LIMIT 10',
  },
  'one day, joined with itself': {
    inside: "created_at >= '2025-06-01' AND created_at < '2025-06-02'",
    sql: "SELECT count(*) FROM %o WHERE created_at >= '2025-06-01' AND created_at < '2025-06-02' AND EXISTS (SELECT FROM %p WHERE p.id = o.id + 4)",
  },
  'all counted': { inside: undefined, sql: 'SELECT count(*) FROM %o WHERE $2 > 0' },
  'by month': {
    inside: undefined,
    sql: "SELECT date_trunc('month', created_at), sum(amount) FROM %o WHERE $2 > 0 GROUP BY 1",
  },
}

const columns = 'id, amount, created_at'
const rows = (condition) =>
  `SELECT ${columns} FROM orders WHERE owner = $1${condition === undefined ? '' : ` AND ${condition}`}`
const fence = (condition) =>
  `(${rows(condition)} UNION ALL SELECT ${columns} FROM orders WHERE false OFFSET 0) o`

/** Ways to put the owner's rows in a name's place. */
const WAYS = {
  'none (a plain view)': () => `(${rows()}) o`,
  'OFFSET 0 (leaks)': () => `(${rows()} OFFSET 0) o`,
  'MATERIALIZED (leaks since 17)': () => `(WITH q AS MATERIALIZED (${rows()}) SELECT * FROM q) o`,
  fence: () => fence(undefined),
  'fence, condition copied inside': (inside) => fence(inside),
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0

const cluster = await startCluster()
await cluster.query(
  'CREATE TABLE orders (id int PRIMARY KEY, owner int, amount numeric, created_at timestamp)',
)
await cluster.query(
  `INSERT INTO orders SELECT n, CASE WHEN n % 4 = 0 THEN 7 WHEN n % 10000 = 1 THEN 42 ELSE 1000 + n % 500 END, n % 1000,
   timestamp '2025-01-01' + n * interval '30 seconds' FROM generate_series(1, ${ROWS}) n`,
)
await cluster.query('CREATE INDEX ON orders (owner)')
await cluster.query('CREATE INDEX ON orders (created_at)')
await cluster.query('VACUUM ANALYZE orders')
const client = await cluster.connect()
await client.query('SET max_parallel_workers_per_gather = 0')
process.stdout.write(
  `| owner of | question | ${Object.keys(WAYS).join(' | ')} |\n|---|---|${'--:|'.repeat(Object.keys(WAYS).length)}\n`,
)
for (const [size, owner] of Object.entries(OWNERS)) {
  for (const [name, { inside, sql }] of Object.entries(QUESTIONS)) {
    const cells = []
    for (const way of Object.values(WAYS)) {
      const text = sql.replace('%o', way(inside)).replace('%p', way(undefined).replace(/ o$/, ' p'))
      const uses = text.includes('$2')
      const times = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const startedAt = performance.now()
        await client.query({ text, values: uses ? [owner, owner === 7 ? 400_000 : 10_001] : [owner] })
        times.push(performance.now() - startedAt)
      }
      cells.push(median(times).toFixed(2))
    }
    process.stdout.write(`| ${size} | ${name} | ${cells.join(' | ')} |\n`)
  }
}
await client.end()
await cluster.stop()
process.exit(0)
