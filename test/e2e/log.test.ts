import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, SECRET, startGateway, token } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

/** Each is a value that nobody else writes, so that wherever it stands it came from the claims. */
const CLAIMS = {
  sub: 'shown-on-purpose',
  user_id: 314_159_265,
  company_id: 271_828_182,
  email: 'value-of-email',
  deep: { tenant: 'value-of-tenant' },
  list: ['value-of-list'],
  region: 'value_of_region',
}
const HIDDEN = /314159265|271828182|value.of.(email|tenant|list|region)|eyJ[A-Za-z0-9_-]{10}|of the tests/

const FILES = {
  'cube.js': `module.exports = {
    contextToAppId: ({ securityContext }) => 'app of ' + securityContext.email,
    contextToGroups: ({ securityContext }) => securityContext.list,
    queryRewrite: (query, { securityContext: { user_id, list, mode } }) => {
      if (mode === 'fails') throw new TypeError('no luck')
      query.filters.push({ or: [
        { member: 'Orders.user_id', operator: 'equals', values: [user_id] },
        { member: 'Orders.status', operator: 'contains', values: list } ] })
      return query
    },
    checkSqlAuth: undefined,
  }`.replace('checkSqlAuth: undefined,', ''),
  'model/Orders.js': (PROJECT['model/Orders.js'] ?? '')
    .replace(
      "cube('Orders', {",
      "const known = COMPILE_CONTEXT.securityContext.company_id ?? 0\ncube('Orders', {\n  title: 'orders',",
    )
    .replace('values: [securityContext.user_id]', 'values: [securityContext.user_id, known]'),
  'model/users.yml': PROJECT['model/users.yml'] ?? '',
}

let cluster: Cluster
let gateway: Gateway
const file = join(mkdtempSync(join(tmpdir(), 'rowgate-log-')), 'audit.jsonl')

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, FILES, { ROWGATE_LOG_LEVEL: 'debug', ROWGATE_AUDIT: file })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

const STATEMENTS = [
  'SELECT count(*) FROM "Orders"',
  'SELECT MEASURE(total) FROM "Orders" o JOIN "Users" u ON u.id = o.user_id',
  'SELECT 1 / (user_id - user_id) FROM "Orders"',
  'SELECT nothing FROM "Orders"',
  'SELECT FROM WHERE',
  'EXPLAIN SELECT * FROM "Orders"',
  'SELECT note::int FROM "Orders"',
  'DROP TABLE "Orders"',
]

describe('at the level debug', () => {
  beforeAll(async () => {
    for (const more of [
      {},
      { mode: 'fails' },
      { user_id: { a: 'value-of-email' } },
      { company_id: [1] },
      { list: 'value-of-list' },
    ]) {
      const client = await gateway.client({ ...CLAIMS, ...more }).catch(() => undefined)
      for (const sql of STATEMENTS) await client?.query(sql).catch(() => undefined)
      await client
        ?.query({ text: 'SELECT count(*) FROM "Orders" WHERE id > $1', values: [1] })
        .catch(() => undefined)
      await client?.end()
    }
    const good = await token(CLAIMS)
    for (const password of [
      `${good}x`,
      good.replace('.', '.x'),
      SECRET,
      await token(CLAIMS, 60, 'another secret of the tests'),
      await token(CLAIMS, -60),
      await token({ ...CLAIMS, exp: 'value-of-email' }),
      await token({ ...CLAIMS, nbf: 'value-of-email' }),
    ])
      await gateway.client({}, { password }).catch(() => undefined)
  })

  test.each([
    ['the log', () => gateway.log()],
    ['the audit', () => readFileSync(file, 'utf8')],
  ])('%s holds no token, no secret and no claim', async (_name, read) => {
    const failed = (): number => read().match(/"login_failed"/g)?.length ?? 0
    // Seven tokens, and two sets of claims of which the project makes no session.
    await expect.poll(failed, { timeout: 10_000 }).toBe(9)
    const lines = read().split('\n')
    expect(lines.filter((line) => line.includes('"statement"')).length).toBeGreaterThan(20)
    expect(lines.filter((line) => HIDDEN.test(line))).toEqual([])
    expect(read()).toContain('Orders.user_id equals')
  })
})
