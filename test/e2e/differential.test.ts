import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { createReferenceViews, PROJECT, seedTenants } from '../support/tenants.js'

let cluster: Cluster
let gateway: Gateway
let direct: pg.Client
let through: pg.Client

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  await createReferenceViews(cluster, { userId: 3, companyId: 2 })
  // The views stand in a database of their own, as "public" there, so that the same text names them.
  gateway = await startGateway(cluster, PROJECT)
  through = await gateway.client({ user_id: 3, company_id: 2 })
  direct = await cluster.connect()
  await direct.query('SET search_path = reference')
})

afterAll(async () => {
  await through?.end()
  await direct?.end()
  await gateway?.stop()
  await cluster?.stop()
})

const statements = readFileSync('test/e2e/differential/select.sql', 'utf8').trim().split('\n')

/** Everything of an answer that a client can see, rows as the bytes that were sent. */
async function ask(client: pg.Client, sql: string, mode: 'simple' | 'text' | 'binary'): Promise<unknown> {
  const raw = (value: unknown): unknown => (Buffer.isBuffer(value) ? value.toString('hex') : value)
  try {
    const result = (await client.query({
      text: sql,
      rowMode: 'array',
      binary: mode === 'binary',
      ...(mode === 'simple' ? {} : { queryMode: 'extended' }),
      types: { getTypeParser: () => raw },
    } as pg.QueryArrayConfig)) as pg.QueryArrayResult
    const rows = result.rows.map((row) => JSON.stringify(row))
    return {
      columns: result.fields.map((field) => [
        field.name,
        ROW_TYPES.has(field.dataTypeID) || field.dataTypeID >= 16_384 ? 'row' : field.dataTypeID,
        field.dataTypeModifier,
      ]),
      rows: /ORDER BY/.test(sql) ? rows : rows.sort(),
      command: result.command,
      count: result.rowCount,
    }
  } catch (error) {
    return { code: (error as { code?: string }).code }
  }
}

/** A row of a cube has no type of its own. */
const ROW_TYPES = new Set([2249])

describe.each(['simple', 'text', 'binary'] as const)(
  'the same answer as Postgres gives over views of the own rows: %s',
  (mode) => {
    test.each(statements)('%s', async (sql) => {
      const expected = await ask(direct, sql, mode)
      const answered = await ask(through, sql, mode)
      expect(answered).toEqual(expected)
    })
  },
)
