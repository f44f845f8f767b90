// kysely: its introspection, builder and stream.
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import Cursor from 'pg-cursor'
import * as c from './checks.mjs'

const { check, failure, same } = c
c.reportVersion('kysely')
const pool = new pg.Pool({ ...c.ADDRESS, max: 2 })
const db = new Kysely({ dialect: new PostgresDialect({ pool, cursor: Cursor }) })
let tables = []

await check('login', async () => {
  same([{ who: 'ann' }], (await sql`SELECT current_user AS who`.execute(db)).rows)
})
await check('tables', async () => {
  tables = await db.introspection.getTables()
  same(
    ['public.Orders', 'public.Users'],
    tables.map(({ schema, name }) => `${schema}.${name}`),
  )
  same(
    true,
    (await db.introspection.getSchemas()).some(({ name }) => name === 'public'),
  )
})
await check('columns', async () => {
  const { columns, isView } = tables[0]
  same(false, isView)
  same([...c.NAMES].sort(), columns.map(({ name }) => name).sort())
  const byName = Object.fromEntries(columns.map((column) => [column.name, column]))
  same(
    ['int4', false, 'State of the order', '_text'],
    [byName.id.dataType, byName.id.isNullable, byName.status.comment, byName.tags.dataType],
  )
})
await check('grouped', async () => same(c.GROUPS, (await sql.raw(c.GROUPED).execute(db)).rows))
await check('join', async () => {
  const rows = await db
    .selectFrom('Orders as o')
    .innerJoin('Users as u', 'u.id', 'o.user_id')
    .select(['u.name', (of) => of.fn('measure', ['o.count']).as('n')])
    .groupBy('u.name')
    .execute()
  same([4, true], [rows.length, rows.every(({ n }) => Number(n) === 5000)])
})
await check('parameters', async () => {
  const row = await db
    .selectFrom('Orders')
    .where('status', '=', 'paid')
    .where('id', '<=', 120)
    .select((of) => of.fn.countAll().as('n'))
    .executeTakeFirst()
  same('20', row.n)
})
await check('large result', async () => {
  let rows = 0
  for await (const _ of db.selectFrom('Orders').selectAll().stream(777)) rows += 1
  same(20_000, rows)
})
await check('transaction', async () => {
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (own) => same(c.GROUPS, (await sql.raw(c.GROUPED).execute(own)).rows))
})
await check('error', async () => {
  same('42703', (await failure(db.selectFrom('Orders').select('nosuch').execute())).code)
})
await db.destroy()
