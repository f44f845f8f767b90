// typeorm: the introspection of its query runner, an entity, a stream of its query builder.
import { DataSource, EntitySchema } from 'typeorm'
import * as c from './checks.mjs'

const { check, failure, same } = c
c.reportVersion('typeorm')
const Order = new EntitySchema({
  name: 'Orders',
  tableName: 'Orders',
  columns: {
    id: { type: 'int', primary: true },
    status: { type: 'text' },
    amount: { type: 'numeric' },
    meta: { type: 'jsonb' },
  },
})
const { user, ...address } = c.ADDRESS
const source = new DataSource({ ...address, username: user, type: 'postgres', entities: [Order] })
await source.initialize()
const runner = source.createQueryRunner()

await check('login', async () => same('db', await runner.getCurrentDatabase()))
await check('tables', async () => {
  const own = (await runner.getTables()).filter(({ schema }) => !/^pg_|^information_/.test(schema))
  same(['Orders', 'Users'], own.map(({ name }) => name).sort())
  same([true, false], [await runner.hasTable('Orders'), await runner.hasTable('Salaries')])
})
await check('columns', async () => {
  const table = await runner.getTable('Orders')
  same([...c.NAMES].sort(), table.columns.map(({ name }) => name).sort())
  const column = (name) => table.findColumnByName(name)
  same(
    ['numeric', 10, 2],
    [column('amount').type, Number(column('amount').precision), Number(column('amount').scale)],
  )
  same(
    ['character varying', '40', true],
    [column('note').type, column('note').length, column('note').isNullable],
  )
  same([true, 'text', true], [column('tags').isArray, column('tags').type, column('id').isPrimary])
  same(['State of the order', 'Orders of the shop'], [column('status').comment, table.comment])
})
await check('keys', async () => {
  const [key] = (await runner.getTable('Orders')).foreignKeys
  same(
    ['Orders_user_id_fkey', ['user_id'], 'Users', ['id']],
    [key.name, key.columnNames, key.referencedTableName.replace('public.', ''), key.referencedColumnNames],
  )
})
await check('views, schemas', async () => {
  same([], await runner.getViews([]).catch((error) => error.message))
  same(['public', true], [await runner.getCurrentSchema(), await runner.hasSchema('public')])
})
await check('grouped', async () => same(c.GROUPS, await source.query(c.GROUPED)))
await check('parameters', async () => {
  const builder = source.getRepository(Order).createQueryBuilder('o')
  same(20, await builder.where('o.status = :s AND o.id <= :n', { s: 'paid', n: 120 }).getCount())
  const found = await source.getRepository(Order).findOneBy({ id: 2 })
  same({ id: 2, status: 'new', amount: '0.50', meta: { n: 2 } }, { ...found })
})
await check('large result', async () => same(20_000, (await source.getRepository(Order).find()).length))
await check('transaction', async () => {
  await source.transaction('REPEATABLE READ', async (own) => same(c.GROUPS, await own.query(c.GROUPED)))
})
await check('error', async () => {
  same('42703', (await failure(source.query('SELECT nosuch FROM "Orders"'))).code)
})
await runner.release()
await source.destroy()
