// sequelize: its query interface, a model, raw queries.
import { DataTypes, QueryTypes, Sequelize } from 'sequelize'
import * as c from './checks.mjs'

const { check, failure, same } = c
c.reportVersion('sequelize')
const { user, ...address } = c.ADDRESS
const sequelize = new Sequelize({ ...address, username: user, dialect: 'postgres', logging: false })
const interface_ = sequelize.getQueryInterface()

await check('login', async () => {
  await sequelize.authenticate()
  same('18', (await sequelize.databaseVersion()).split('.')[0])
})
await check('tables', async () => same(['Orders', 'Users'], (await interface_.showAllTables()).sort()))
await check('columns', async () => {
  const columns = await interface_.describeTable('Orders')
  same([...c.NAMES].sort(), Object.keys(columns).sort())
  const expected = {
    type: 'INTEGER',
    allowNull: false,
    defaultValue: null,
    comment: null,
    special: [],
    primaryKey: true,
  }
  same(expected, columns.id)
  same(
    ['CHARACTER VARYING(40)', 'State of the order', 'TIMESTAMP WITH TIME ZONE', 'ARRAY'],
    [columns.note.type, columns.status.comment, columns.created_at.type, columns.tags.type],
  )
})
await check('keys', async () => {
  // It reads information_schema.constraint_column_usage, which shows a table's owner alone what refers to it, here and in Postgres.
  same([], await interface_.getForeignKeyReferencesForTable('Orders'))
})
await check('indexes', async () => {
  const [index] = await interface_.showIndex('Orders')
  same(
    ['Orders_pkey', true, true, 'id'],
    [index.name, index.primary, index.unique, index.fields[0].attribute],
  )
})
await check('grouped', async () => {
  same(c.GROUPS, await sequelize.query(c.GROUPED, { type: QueryTypes.SELECT }))
})
const Order = sequelize.define(
  'Orders',
  {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    status: DataTypes.TEXT,
    amount: DataTypes.DECIMAL,
    created_at: DataTypes.DATE,
  },
  { freezeTableName: true, timestamps: false },
)
await check('model', async () => {
  same(20, await Order.count({ where: { status: 'paid', id: { [Sequelize.Op.lte]: 120 } } }))
  const found = await Order.findByPk(2)
  same(['0.50', new Date('2025-01-01T00:14:00Z')], [found.amount, found.created_at])
  const { count, rows } = await Order.findAndCountAll({ limit: 5, offset: 10, order: ['id'] })
  same([20_000, 16], [count, rows[0].id])
})
await check('parameters', async () => {
  const text = 'SELECT count(*)::int AS n FROM "Orders" WHERE status = $s AND id <= $n'
  same([{ n: 20 }], await sequelize.query(text, { type: QueryTypes.SELECT, bind: { s: 'paid', n: 120 } }))
})
await check('large result', async () => same(20_000, (await Order.findAll({ raw: true })).length))
await check('transaction', async () => {
  await sequelize.transaction({ isolationLevel: 'REPEATABLE READ', readOnly: true }, async (transaction) => {
    same(20_000, await Order.count({ transaction }))
  })
})
await check('error', async () => {
  same('42703', (await failure(sequelize.query('SELECT nosuch FROM "Orders"'))).original?.code)
})
await sequelize.close()
