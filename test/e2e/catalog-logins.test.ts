import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

/** Two tenants that see the same cubes and call themselves by the same name. */
const ONE = { user_id: 3, company_id: 2 }
const OTHER = { user_id: 4, company_id: 1 }

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT)
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

/** All of an answer as text, or `ERROR code: message`. */
async function ask(client: pg.Client, sql: string): Promise<string> {
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return JSON.stringify(rows)
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    return `ERROR ${code}: ${message}`
  }
}

const pidOf = (client: pg.Client): number => (client as unknown as { processID: number }).processID

test('how much others ask leaves no mark, though the engine is tidied in between', async () => {
  const marks = 'SELECT to_jsonb(c) FROM pg_class c ORDER BY c.oid'
  const one = await gateway.client(ONE)
  const other = await gateway.client(OTHER)
  const before = await ask(one, marks)
  // The engine is vacuumed after each thousand.
  for (let round = 0; round < 1_001; round += 1) await ask(other, 'SELECT count(*) FROM pg_stat_activity')
  expect(await ask(one, `${marks} OFFSET 0`)).toBe(before)
  await one.end()
  await other.end()
}, 120_000)

describe('what one login was answered is not told to another', () => {
  test.each([
    'SELECT U&"pg_\\0062ackend_pid"()',
    'SELECT usename, U&"pg_\\0062ackend_pid"() FROM pg_user',
    'SELECT pid, query FROM U&"pg_\\0073tat_activity" /* xpg_stat */',
    'SELECT pid, application_name FROM U&"pg_\\0073tat_get_activity"(NULL) /* xpg_stat */',
    'TABLE pg_catalog.U&"pg_\\0073tat_activity" /* xpg_stat */',
    'WITH s AS (SELECT * FROM U&"pg_\\0073tat_activity" /* xpg_stat */) SELECT s::text FROM s',
    'SHOW rowgate.pid',
    'SELECT U&"current\\005fsetting"(\'rowgate.pid\')',
  ])('%s', async (sql) => {
    const one = await gateway.client(ONE, { application_name: 'of one' })
    const other = await gateway.client(OTHER, { application_name: 'of the other' })
    try {
      expect(await ask(one, sql)).toContain(String(pidOf(one)))
      const answer = await ask(other, sql)
      expect(answer).toContain(String(pidOf(other)))
      expect(answer).not.toMatch(new RegExp(`\\b${pidOf(one)}\\b|of one`))
    } finally {
      await one.end()
      await other.end()
    }
  })

  test('what a session made up is no fact about it', async () => {
    const one = await gateway.client(ONE)
    const other = await gateway.client(OTHER)
    try {
      const forged = `[{"pid":${pidOf(one)},"query":"forged"}]`
      await other.query(
        `SET rowgate.sessions = '${forged}'; SET rowgate.pid = ${pidOf(one)}; SET rowgate."user" = 'bob'`,
      )
      expect(await ask(other, `SELECT set_config('rowgate.sessions', '${forged}', false)`)).toContain(
        'forged',
      )
      expect(await ask(other, 'SELECT pid FROM pg_stat_activity')).toBe(`[[${pidOf(other)}]]`)
      expect(await ask(other, 'SELECT pg_backend_pid() FROM pg_am LIMIT 1')).toBe(`[[${pidOf(other)}]]`)
      expect(await ask(other, `SELECT pg_terminate_backend(${pidOf(one)})`)).toMatch(/^ERROR 42501/)
      expect(await ask(one, 'SELECT 1')).toBe('[[1]]')
    } finally {
      await one.end()
      await other.end()
    }
  })
})

describe('one login’s heavy statements', () => {
  const LIMIT_MS = 60_000
  const HEAVY = 'SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c WHERE a.ctid < b.ctid'
  let loaded: Gateway

  beforeAll(async () => {
    loaded = await startGateway(cluster, PROJECT, {
      ROWGATE_CATALOG_TIMEOUT_MS: String(LIMIT_MS),
      ROWGATE_CATALOG_SHARE_MS: '300',
      ROWGATE_CATALOG_ANSWER_BYTES_MAX: '1000000',
    })
  })
  afterAll(async () => {
    await loaded?.stop()
  })

  const withSession = async <T>(claims: object, user: string, work: (client: pg.Client) => Promise<T>) => {
    const client = await loaded.client(claims, { user })
    try {
      return await work(client)
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  test.each([
    ["SELECT length(repeat('x', 1000000000)) FROM pg_am LIMIT 1", /^ERROR 53200/],
    ['SELECT array_fill(1, ARRAY[100000000]) FROM pg_am LIMIT 1', /^ERROR 53200/],
    ["SELECT repeat('x', 2000000) FROM pg_am LIMIT 1", /^ERROR 54000/],
    ['SELECT a.*, b.* FROM pg_attribute a, pg_attribute b LIMIT 9000', /^ERROR 54000/],
    ['COPY (SELECT a.*, b.* FROM pg_attribute a, pg_attribute b LIMIT 9000) TO STDOUT', /^ERROR 54000/],
  ])('%s is refused, and the engine stays', (sql, expected) =>
    withSession(OTHER, 'ann', async (client) => {
      expect(await ask(client, sql)).toMatch(expected)
      expect(await ask(client, "SELECT relname FROM pg_class WHERE relname = 'Orders'")).toBe('[["Orders"]]')
    }),
  )

  test('a session holds so much for its cursors', () =>
    withSession(OTHER, 'ann', async (client) => {
      await client.query('BEGIN')
      const declare = (name: string): Promise<string> =>
        ask(client, `DECLARE ${name} CURSOR FOR SELECT repeat('x', 600000) FROM pg_am LIMIT 1`)
      expect(await declare('one')).toBe('[]')
      expect(await declare('two')).toMatch(/^ERROR 53400/)
      await client.query('ROLLBACK')
      await client.query('BEGIN')
      expect(await declare('two')).toBe('[]')
      await client.query('ROLLBACK')
    }))

  test(
    'keep no other waiting for long, and are refused after some',
    async () => {
      const answers: string[] = []
      let over = false
      // By another name each time, which gives no second share.
      const hostile = Array.from({ length: 3 }, async (_, number) => {
        for (let round = 0; !over; round += 1)
          await withSession(ONE, `mallory ${number} ${round}`, async (client) => {
            answers.push(await ask(client, HEAVY))
          })
      })
      const refused = (): boolean => answers.some((answer) => answer.startsWith('ERROR 53400'))
      await withSession(OTHER, 'ann', async (client) => {
        for (let round = 0; round < 25; round += 1) {
          const startedAtMs = performance.now()
          // Each is new, so that none is answered from what was kept.
          const sql = `SELECT relname FROM pg_class WHERE relname = 'Orders' AND ${round} = ${round}`
          const answer = await ask(client, sql)
          expect(performance.now() - startedAtMs).toBeLessThan(LIMIT_MS)
          expect(answer).toBe('[["Orders"]]')
        }
        for (let round = 0; !refused() && round < 200; round += 1)
          await ask(client, `SELECT ${round} FROM pg_am LIMIT 1`)
      }).finally(() => {
        over = true
      })
      expect(refused()).toBe(true)
      await Promise.all(hostile)
      expect(answers.filter((answer) => answer.startsWith('ERROR 57014')).length).toBe(5)
    },
    4 * LIMIT_MS,
  )
})
