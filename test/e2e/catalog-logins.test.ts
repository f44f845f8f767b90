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

describe('what one login was answered is not told to another', () => {
  test.each([
    'SELECT U&"pg_\\0062ackend_pid"()',
    'SELECT usename, U&"pg_\\0062ackend_pid"() FROM pg_user',
    'SELECT pid, query FROM U&"pg_\\0073tat_activity" /* xpg_stat */',
    'SELECT pid, application_name FROM U&"pg_\\0073tat_get_activity"(NULL) /* xpg_stat */',
    'TABLE pg_catalog.U&"pg_\\0073tat_activity" /* xpg_stat */',
    'WITH s AS (SELECT * FROM U&"pg_\\0073tat_activity" /* xpg_stat */) SELECT s::text FROM s',
    'SHOW rowgate.pid',
    'SHOW rowgate.sessions /* xpg_stat */',
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
