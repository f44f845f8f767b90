// postgres.js with its defaults: array types are fetched first, statements are prepared and pipelined.
import postgres from 'postgres'
import * as c from './checks.mjs'

const { check, failure, same } = c
c.reportVersion('postgres')
const sql = postgres({ ...c.ADDRESS, max: 3, connection: { application_name: 'matrix' } })
const plain = (rows) => rows.map((row) => ({ ...row }))

await check('login', async () => same([{ who: 'ann' }], plain(await sql`SELECT current_user AS who`)))
await check('tables', async () => same(c.EXPECTED_TABLES, plain(await sql.unsafe(c.TABLES))))
await check('columns', async () => {
  same(c.EXPECTED_COLUMNS, plain(await sql.unsafe(c.COLUMNS)))
  const { columns } = await sql`SELECT * FROM "Orders" LIMIT 0`
  same(
    c.NAMES,
    columns.map(({ name }) => name),
  )
  const described = await sql`SELECT amount, count FROM "Orders" WHERE id = ${1}`.describe()
  same([1700, 23], [described.columns[0].type, described.columns[1].type])
})
await check('keys', async () => same(c.EXPECTED_KEYS, plain(await sql.unsafe(c.KEYS))))
await check('grouped', async () => same(c.GROUPS, plain(await sql.unsafe(c.GROUPED))))
await check('parameters', async () => {
  const rows =
    await sql`SELECT count(*)::int AS n FROM ${sql('Orders')} WHERE status IN ${sql(['paid', 'none'])} AND id <= ${120}
      AND created_at < ${new Date('2030-01-01')} AND tags <> ${['x', null]} AND meta <> ${{ a: 1 }}`
  same([{ n: 20 }], plain(rows))
})
await check('types', async () => {
  const [row] = await sql`SELECT id, amount, note, created_at, flag, tags, meta FROM "Orders" WHERE id = ${2}`
  const expected = { id: 2, amount: '0.50', note: 'Zoë 2', created_at: new Date('2025-01-01T00:14:00Z') }
  // The driver's parser of arrays knows no NULL.
  same({ ...expected, flag: true, tags: ['a2', 'NULL'], meta: { n: 2 } }, { ...row })
})
await check('pipelined', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => sql`SELECT count(*)::int AS n FROM "Orders" WHERE id <= ${n * 3}`),
  )
  same(
    Array.from({ length: 50 }, (_, n) => n * 2),
    answers.map(([row]) => row.n),
  )
})
await check('large result', async () => same(20_000, (await sql`SELECT * FROM "Orders"`).length))
await check('cursor', async () => {
  let sum = 0
  let rows = 0
  await sql`SELECT id FROM "Orders" WHERE id > ${0}`.cursor(777, (batch) => {
    rows += batch.length
    for (const { id } of batch) sum += id
  })
  same([20_000, 300_000_000], [rows, sum])
  let first = 0
  for await (const batch of sql`SELECT id FROM "Orders"`.cursor(10)) {
    first += batch.length
    if (first >= 20) break
  }
  same(20, first)
})
await check('forEach, raw, values', async () => {
  let rows = 0
  await sql`SELECT id FROM "Orders"`.forEach(() => {
    rows += 1
  })
  same(20_000, rows)
  same([['new', 5000]], [...(await sql.unsafe(c.GROUPED).values())].slice(0, 1))
})
await check('copy to a stream', async () => {
  // In a connection of its own: postgres.js stops reading from one whose stream ended while its buffer was full.
  const own = postgres({ ...c.ADDRESS, max: 1 })
  const stream = await own`COPY (SELECT id FROM "Orders") TO STDOUT`.readable()
  let text = ''
  for await (const chunk of stream) text += chunk
  same(20_000, text.split('\n').length - 1)
  await own.end({ timeout: 1 })
})
await check('error', async () => {
  const { code, message, position } = await failure(sql`SELECT nosuch FROM "Orders"`)
  same(['42703', 'column "nosuch" does not exist', '8'], [code, message, position])
  same('42703', (await failure(sql`SELECT nosuch FROM "Orders" WHERE id = ${1}`)).code)
})
await check('transaction', async () => {
  await sql.begin('isolation level repeatable read read only', async (own) => {
    same(c.GROUPS, plain(await own.unsafe(c.GROUPED)))
    const failed = await failure(own.savepoint((inner) => inner`SELECT nosuch FROM "Orders"`))
    same('42703', failed.code)
    same(c.GROUPS, plain(await own.unsafe(c.GROUPED)))
  })
})
await check('cancel', async () => {
  const slow = sql.unsafe(c.SLOW).execute()
  setTimeout(() => slow.cancel(), 300)
  same('57014', (await failure(slow)).code)
})
await sql.end()
