import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  encodeBind,
  encodeCancelRequest,
  encodeExecute,
  encodeParse,
  SYNC,
} from '../../src/protocol/request.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { openRaw, openRawClient, query } from '../support/raw.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

let cluster: Cluster
let gateway: Gateway
const file = join(mkdtempSync(join(tmpdir(), 'rowgate-audit-')), 'audit.jsonl')
const ANN = { sub: 'ann@example.com', user_id: 3, company_id: 2, secret: 'never written' }

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT, { ROWGATE_AUDIT: file, ROWGATE_LOG_LEVEL: 'debug' })
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
  expect(entries('login_succeeded')[0]).toMatchObject({ tls: false, application: '' })
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('never written')
  expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/)
})

const told = (from: number): readonly unknown[] =>
  entries('statement')
    .slice(from)
    .map(({ sql, code, rows }) => [sql, code, rows])

test('statements of a pipeline are told of each by its own outcome, the skipped ones not at all', async () => {
  const from = entries('statement').length
  const raw = await openRawClient(gateway, ANN)
  const run = (sql: string, rowsMax = 0): readonly Buffer[] => [
    encodeParse('', sql, []),
    encodeBind({ portal: '', statement: '', parameterFormats: [], values: [], resultFormats: [] }),
    encodeExecute('', rowsMax),
  ]
  const same = 'SELECT 1 / (g - 3) FROM generate_series(1, 2) g'
  raw.send(...run(same), ...run(same), ...run('SELECT 1 / 0'), ...run(same), SYNC)
  raw.send(encodeParse('', 'SELECT nope FROM "Orders"', []), ...run(same), SYNC)
  raw.send(...run('SELECT id FROM "Orders"', 20), SYNC)
  raw.send(
    query("SELECT 1; SELECT relname FROM pg_class LIMIT 2; SET TimeZone = 'UTC'; SELECT 1 / 0; SELECT 2"),
  )
  raw.send(query('COPY (SELECT id FROM "Orders") TO STDOUT'))
  raw.send(query('PREPARE p AS SELECT id FROM "Orders" WHERE id < $1'), query('EXECUTE p(30)'))
  raw.send(query('BEGIN'), query('DECLARE c CURSOR FOR SELECT id FROM "Orders"'), query('FETCH 5 FROM c'))
  await raw.read(10)
  expect(told(from)).toEqual([
    [same, undefined, 2],
    [same, undefined, 2],
    ['SELECT 1 / 0', '22012', 0],
    ['SELECT nope FROM "Orders"', '42703', 0],
    ['SELECT id FROM "Orders"', undefined, 20],
    ['SELECT 1', undefined, 1],
    ['SELECT relname FROM pg_class LIMIT 2', undefined, 2],
    ["SET TimeZone = 'UTC'", undefined, 0],
    ['SELECT 1 / 0', '22012', 0],
    ['COPY (SELECT id FROM "Orders") TO STDOUT', undefined, 50],
    ['PREPARE p AS SELECT id FROM "Orders" WHERE id < $1', undefined, 0],
    ['EXECUTE p(30)', undefined, 4],
    ['BEGIN', undefined, 0],
    ['DECLARE c CURSOR FOR SELECT id FROM "Orders"', undefined, 0],
    ['FETCH 5 FROM c', undefined, 5],
  ])
  const [first, second] = entries('statement').slice(from)
  expect(first?.['bytes']).toBeGreaterThan(20)
  expect(second?.['bytes']).toBe(first?.['bytes'])
  raw.socket.destroy()
})

test('a statement that is cancelled, and one whose client left', async () => {
  const from = entries('statement').length
  const client = await openRawClient(gateway, ANN)
  client.send(query('SELECT pg_sleep(30)'))
  await new Promise((done) => setTimeout(done, 200))
  const cancel = await openRaw(gateway)
  cancel.end(encodeCancelRequest(client.processId, client.secretKey))
  await client.read(1)
  client.send(query('SELECT pg_sleep(31)'))
  await new Promise((done) => setTimeout(done, 200))
  client.socket.destroy()
  await expect
    .poll(() => told(from))
    .toMatchObject([
      ['SELECT pg_sleep(30)', '57014', 0],
      ['SELECT pg_sleep(31)', expect.stringMatching(/57014|08006/) as string, 0],
    ])
})

test('no token is in the log or the audit, wherever a client puts one', async () => {
  const good = await token(ANN)
  const [bad, late] = [await token(ANN, 60, 'another secret'), await token(ANN, -600)]
  const malformed = `${good.slice(0, -20)}.x.y`
  for (const password of [bad, late, malformed, `Bearer ${good}`])
    await gateway.client(ANN, { password }).catch(() => undefined)
  for (const options of [
    { user: good },
    { database: good },
    { application_name: good },
    { options: `-c a.b=${good}` },
  ])
    await gateway.client(ANN, options).then(
      (client) => client.end(),
      () => undefined,
    )
  const client = await gateway.client(ANN, { user: good })
  await client.query(`SELECT '${good}' AS t`)
  await client.query(`SELECT nope('${good}')`).catch(() => undefined)
  await client.query(`SET my.token = '${good}'`).catch(() => undefined)
  await client.query(`DO '${good}'`).catch(() => undefined)
  await client.query({ text: `SELECT $1::text AS "${good}"`, values: [good] }).catch(() => undefined)
  await client.end()
  const written = readFileSync(file, 'utf8') + gateway.log()
  expect(written).toContain('[token]')
  expect(written).toContain('"event":"statement"')
  for (const secret of [good, bad, late, malformed]) {
    for (const part of secret.split('.').filter((text) => text.length > 5))
      expect(written).not.toContain(part)
  }
})

test('other refused logins are told of: an unknown database', async () => {
  await gateway.client(ANN, { database: 'nosuch' }).catch(() => undefined)
  expect(entries('login_failed').at(-1)).toMatchObject({
    user: 'ann',
    reason: 'database "nosuch" does not exist',
  })
})

test('without the audit that was asked for nobody is served', async () => {
  await expect(startGateway(cluster, PROJECT, { ROWGATE_AUDIT: '/dev/null/audit.jsonl' })).rejects.toThrow(
    /ROWGATE_AUDIT: the file "\/dev\/null\/audit.jsonl" cannot be opened/,
  )
})

test('a full disk ends nothing, and the log says what is lost', async () => {
  const full = await startGateway(cluster, PROJECT, { ROWGATE_AUDIT: '/dev/full' })
  const client = await full.client(ANN)
  expect((await client.query('SELECT count(*)::int AS n FROM "Orders"')).rows).toEqual([{ n: 50 }])
  await client.end()
  expect(full.log()).toContain('the audit cannot be written, events are lost: Error: ENOSPC')
  await full.stop()
})

test('a role with powers is warned of', () => {
  expect(gateway.log()).toContain('the upstream role is a superuser')
})
