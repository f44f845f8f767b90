// node-postgres: Grafana-like tools of Node, Evidence, Lightdash; cursors by pg-cursor.
import pg from 'pg'
import Cursor from 'pg-cursor'
import * as c from './checks.mjs'

const { check, failure, same } = c
c.reportVersion('pg')
const client = new pg.Client({ ...c.ADDRESS, application_name: 'matrix', statement_timeout: 30_000 })
await client.connect()
const ask = async (text, values) => (await client.query(text, values)).rows

await check('login', async () => {
  same(
    [{ who: 'ann', db: 'db', pid: client.processID }],
    await ask('SELECT current_user AS who, current_database() AS db, pg_backend_pid() AS pid'),
  )
})
await check('tables', async () => same(c.EXPECTED_TABLES, await ask(c.TABLES)))
await check('columns', async () => {
  same(c.EXPECTED_COLUMNS, await ask(c.COLUMNS))
  const { fields } = await client.query('SELECT * FROM "Orders" LIMIT 0')
  same(
    c.NAMES,
    fields.map(({ name }) => name),
  )
  same(
    [23, 23, 25, 1700, 1043, 1184, 1082, 16, 1009, 2950, 3802, 23, 1700, 16],
    fields.map(({ dataTypeID }) => dataTypeID),
  )
  const named = await ask('SELECT relname FROM pg_class WHERE oid = $1', [fields[0].tableID])
  same([{ relname: 'Orders' }], named)
})
await check('keys', async () => same(c.EXPECTED_KEYS, await ask(c.KEYS)))
await check('grouped', async () => same(c.GROUPS, await ask(c.GROUPED)))
await check('parameters', async () => {
  const rows = await ask(
    'SELECT count(*)::int AS n FROM "Orders" WHERE status = $1 AND id <= $2 AND created_at < $3 AND tags <> $4 AND meta <> $5',
    ['paid', 120, new Date('2030-01-01'), ['x', null], { a: 1 }],
  )
  same([{ n: 20 }], rows)
})
await check('prepared statement', async () => {
  const query = {
    name: 'by-id',
    text: 'SELECT id, note, amount, flag, tags, meta FROM "Orders" WHERE id = $1',
  }
  for (let id = 1; id < 30; id += 3) {
    const note = id % 7 === 0 ? null : `Zoë ${id}`
    const row = {
      id,
      note,
      amount: (id / 4).toFixed(2),
      flag: id % 2 === 0,
      tags: [`a${id % 3}`, null],
      meta: { n: id },
    }
    same([row], await ask({ ...query, values: [id] }))
  }
})
await check('binary results', async () => {
  const { rows } = await client.query({
    text: 'SELECT id, flag FROM "Orders" WHERE id = $1',
    values: [2],
    binary: true,
  })
  same([{ id: 2, flag: true }], rows)
})
await check('array rows, several statements', async () => {
  const { rows } = await client.query({ text: c.GROUPED, rowMode: 'array' })
  same(['new', 5000], rows[0])
  const several = await client.query('SELECT 1 AS a; ; SELECT 2 AS b')
  same(
    [[{ a: 1 }], [{ b: 2 }]],
    several.map((result) => result.rows),
  )
})
await check('large result', async () => same(20_000, (await ask('SELECT * FROM "Orders"')).length))
await check('cursor', async () => {
  const cursor = client.query(new Cursor('SELECT id FROM "Orders" WHERE id > $1', [0]))
  let sum = 0
  for (let rows = await cursor.read(777); rows.length > 0; rows = await cursor.read(777)) {
    for (const { id } of rows) sum += id
  }
  await cursor.close()
  same(300_000_000, sum)
  const early = client.query(new Cursor('SELECT id FROM "Orders"'))
  same(10, (await early.read(10)).length)
  await early.close()
  same([{ a: 1 }], await ask('SELECT 1 AS a'))
})
await check('error', async () => {
  const { code, message, position } = await failure(ask('SELECT nosuch FROM "Orders"'))
  same(['42703', 'column "nosuch" does not exist', '8'], [code, message, position])
  same('42703', (await failure(ask('SELECT nosuch FROM "Orders" WHERE id = $1', [1]))).code)
  same('42P01', (await failure(ask('SELECT 1 FROM "Salaries"'))).code)
})
await check('transaction', async () => {
  await ask('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
  same(c.GROUPS, await ask(c.GROUPED))
  same('42703', (await failure(ask('SELECT nosuch FROM "Orders"'))).code)
  same('25P02', (await failure(ask('SELECT 1'))).code)
  await ask('ROLLBACK')
})
await ask('ROLLBACK')
await check('isolation level, among sessions with other settings', async () => {
  const other = new pg.Client({ ...c.ADDRESS, options: '-c TimeZone=Asia/Kathmandu' })
  await other.connect()
  await ask('SELECT 1 AS a')
  await other.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
  const answered = other.query(c.GROUPED)
  await answered.catch(() => undefined)
  await other.end()
  same(c.GROUPS, (await answered).rows)
})
await check('pool', async () => {
  const pool = new pg.Pool({ ...c.ADDRESS, max: 5, ssl: { rejectUnauthorized: false } })
  const answers = await Promise.all(Array.from({ length: 30 }, () => pool.query(c.GROUPED)))
  for (const { rows } of answers) same(c.GROUPS, rows)
  await pool.end()
})
await client.end()
