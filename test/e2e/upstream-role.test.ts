import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectUpstream } from '../../src/upstream/connect.js'
import { unsafePowers } from '../../src/upstream-role.js'
import { type Cluster, type Major, startCluster } from '../support/cluster.js'
import { startGateway } from '../support/gateway.js'

const POWERS: readonly (readonly [string, RegExp])[] = [
  ['ALTER ROLE %r SUPERUSER', /^is a superuser$/],
  ['GRANT postgres TO %r', /^may become a superuser$/],
  ['ALTER ROLE %r BYPASSRLS', /BYPASSRLS/],
  ['ALTER ROLE %r CREATEROLE', /CREATEROLE/],
  ['ALTER ROLE %r CREATEDB', /CREATEDB/],
  ['ALTER ROLE %r REPLICATION', /REPLICATION/],
  ['GRANT CREATE ON DATABASE postgres TO %r', /schemas in the database/],
  ['GRANT TEMP ON DATABASE postgres TO %r', /temporary tables/],
  ['GRANT CREATE ON SCHEMA shop TO %r', /objects in a schema/],
  ...[
    'pg_read_all_data',
    'pg_write_all_data',
    'pg_read_all_stats',
    'pg_read_all_settings',
    'pg_signal_backend',
    'pg_read_server_files',
    'pg_write_server_files',
    'pg_execute_server_program',
  ].map((role) => [`GRANT ${role} TO %r`, new RegExp(role)] as const),
  ['GRANT pg_monitor TO %r', /pg_read_all_stats/],
  ['ALTER TABLE shop.owned OWNER TO %r', /owns tables/],
  ['GRANT UPDATE ON shop.orders TO %r', /may write tables/],
]

describe.each([15, 16, 17, 18] as const)('PostgreSQL %i', (major: Major) => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster({ major })
    await cluster.query('CREATE SCHEMA shop')
    await cluster.query(
      'CREATE TABLE shop.orders AS SELECT n AS id, n % 3 AS owner FROM generate_series(1, 30) n',
    )
    await cluster.query('CREATE TABLE shop.owned (id int)')
    await cluster.query(readFileSync('docs/upstream-role.sql', 'utf8'))
  })

  afterAll(() => cluster?.stop())

  async function powersOf(user: string): Promise<readonly string[]> {
    const connection = await connectUpstream({
      ...cluster,
      user,
      password: 'change me',
      tls: undefined,
      connectTimeoutMs: 10_000,
      statementTimeoutMs: 0,
      idleInTransactionTimeoutMs: 0,
      preparedMax: 1,
    })
    try {
      return await unsafePowers(connection)
    } finally {
      connection.destroy()
    }
  }

  test('the role of the set-up script has no power that is warned of', async () => {
    expect(await powersOf('rowgate')).toEqual([])
  })

  test.each(POWERS)('%s is warned of', async (sql, warning) => {
    const role = `powerful_${POWERS.findIndex(([other]) => other === sql)}`
    await cluster.query(`CREATE ROLE ${role} LOGIN NOINHERIT`)
    await cluster.query(sql.replace('%r', role))
    const powers = await powersOf(role)
    expect(powers.filter((power) => warning.test(power))).toHaveLength(1)
  })

  test('over that role cubes are read, and nothing is warned of', async () => {
    const gateway = await startGateway(
      cluster,
      {
        'model/orders.yml': `
cubes:
  - name: Orders
    sql_table: shop.orders
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: owner, sql: owner, type: number }
    access_policy:
      - group: "*"
        row_level: { filters: [{ member: owner, operator: equals, values: ["{ security_context.user_id }"] }] }
`,
      },
      { CUBEJS_DB_USER: 'rowgate', CUBEJS_DB_PASS: 'change me' },
    )
    const client = await gateway.client({ user_id: 1 })
    expect((await client.query('SELECT count(*)::int AS n FROM Orders')).rows).toEqual([{ n: 10 }])
    await client.end()
    expect(gateway.log()).not.toContain('the upstream role')
    await gateway.stop()
  })
})
