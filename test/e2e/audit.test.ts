import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

let cluster: Cluster
let gateway: Gateway
const file = join(mkdtempSync(join(tmpdir(), 'rowgate-audit-')), 'audit.jsonl')
const ANN = { sub: 'ann@example.com', user_id: 3, company_id: 2, secret: 'never written' }

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT, { ROWGATE_AUDIT: file })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

const entries = (event: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((entry) => entry['event'] === event)

test('each statement is told of: who, what, which rules, how much, how it ended', async () => {
  const client = await gateway.client(ANN)
  await client.query("SELECT id FROM Orders WHERE status = 'paid'")
  await client.query({ text: 'SELECT id FROM Orders WHERE status = $1', values: ['new'] })
  await client.query('SELECT nope FROM Orders').catch(() => undefined)
  await client.query({ text: 'SELECT 1 / $1::int', values: [0] }).catch(() => undefined)
  await client.query('DROP TABLE x').catch(() => undefined)
  await client.query('SELECT relname FROM pg_class LIMIT 3')
  await client.end()
  const statements = entries('statement')
  expect(statements.map(({ outcome, code, rows }) => [outcome, code, rows])).toEqual([
    ['ok', undefined, 17],
    ['ok', undefined, 16],
    ['error', '42703', 0],
    ['error', '22012', 0],
    ['error', '25006', 0],
    ['ok', undefined, 3],
  ])
  expect(statements[0]).toMatchObject({
    user: 'ann',
    who: { sub: 'ann@example.com' },
    address: '127.0.0.1',
    sql: "SELECT id FROM Orders WHERE status = 'paid'",
    cubes: [
      { cube: 'Orders', rules: [expect.stringContaining('access_policy: Orders.user_id equals') as string] },
    ],
    claims: ['user_id'],
  })
  expect(statements[0]?.['bytes']).toBeGreaterThan(100)
  expect(statements[0]?.['fingerprint']).toMatch(/^[0-9a-f]{16}$/)
  expect(statements[0]?.['fingerprint']).toBe(statements[1]?.['fingerprint'])
})

test('logins are told of, refused ones too, and no token or claim beside the ones that were named', async () => {
  await gateway.client({}, { password: await token({}, 60, 'another secret') }).catch(() => undefined)
  expect(entries('login_failed')).toHaveLength(1)
  expect(entries('login_succeeded').length).toBeGreaterThan(0)
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('never written')
  expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/)
})

test('a role with powers is warned of', () => {
  expect(gateway.log()).toContain('the upstream role is a superuser')
})
