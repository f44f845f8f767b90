// knex: columnInfo, hasTable, builder, stream.
import knex from 'knex'
import * as c from './checks.mjs'

const { check, failure, same } = c
c.reportVersion('knex')
const db = knex({ client: 'pg', connection: c.ADDRESS, searchPath: ['public'], pool: { min: 0, max: 3 } })

await check('login', async () => same('ann', (await db.raw('SELECT current_user AS who')).rows[0].who))
await check('tables', async () => {
  same(
    [true, true, false],
    await Promise.all(['Orders', 'Users', 'Salaries'].map((name) => db.schema.hasTable(name))),
  )
  same(
    [true, false],
    await Promise.all(['status', 'company'].map((name) => db.schema.hasColumn('Orders', name))),
  )
})
await check('columns', async () => {
  const columns = await db('Orders').columnInfo()
  same([...c.NAMES].sort(), Object.keys(columns).sort())
  same({ type: 'character varying', maxLength: 40, nullable: true, defaultValue: null }, columns.note)
  same([false, 'ARRAY', 'jsonb'], [columns.id.nullable, columns.tags.type, columns.meta.type])
})
await check('grouped', async () => {
  const rows = await db('Orders')
    .select('status', db.raw('MEASURE(??)::int AS n', ['count']))
    .groupBy('status')
    .orderBy('status')
  same(c.GROUPS, rows)
})
await check('join', async () => {
  const rows = await db('Orders as o')
    .join('Users as u', 'o.user_id', 'u.id')
    .sum({ n: 'o.count' })
    .select('u.name')
    .groupBy('u.name')
  same([4, true], [rows.length, rows.every(({ n }) => Number(n) === 5000)])
})
await check('parameters', async () => {
  const [{ n }] = await db('Orders')
    .where({ status: 'paid' })
    .where('id', '<=', 120)
    .whereIn('flag', [true, false])
    .count({ n: '*' })
  same('20', n)
})
await check('large result', async () => {
  let rows = 0
  for await (const _ of db('Orders').select('*').stream({ batchSize: 777 })) rows += 1
  same(20_000, rows)
})
await check('transaction', async () => {
  await db.transaction(async (own) => same(c.GROUPS, (await own.raw(c.GROUPED)).rows), {
    isolationLevel: 'repeatable read',
    readOnly: true,
  })
})
await check('error', async () => same('42703', (await failure(db('Orders').select('nosuch'))).code))
await db.destroy()
