import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, type Major, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { createRandom } from '../support/random.js'
import { fenceStatement, NOTES_INDEX_SQL, NOTES_SQL } from './fence-statements.js'

/** Longer by hand: FUZZ_SECONDS=600. A failure names its seed: FUZZ_SEED runs that one first, and others than each time. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 3)
const START = Number(process.env['FUZZ_SEED'] ?? 1)
const VIOLATIONS_MAX = 5

const member = (type: string, names: string): string =>
  names
    .split(' ')
    .map((name) => `${name}: { sql: '${name}', type: '${type}' }`)
    .join(', ')
const cube = (name: string, table: string, rule: string): string => `
cube('${name}', {
  sql_table: 'public.${table}',
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true }, ${member('string', 'body word code')}, ${member('number', 'owner n ratio big small')},
    ${member('boolean', 'flag')}, ${member('time', 'day placed made')}
  },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'owner', ${rule} }] } }],
})`
/** A cheap rule, one of which Postgres makes a class of equal values, and a dear one. */
const PROJECT = {
  'model/Notes.js': [
    cube(
      'Notes',
      'notes',
      "operator: 'equals', values: [securityContext.user_id, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11]",
    ),
    cube('Parts', 'parts', "operator: 'equals', values: [securityContext.user_id]"),
    cube('Kept', 'kept', "operator: 'notEquals', values: [2]"),
  ].join('\n'),
}

async function outcome(client: pg.Client, sql: string): Promise<string> {
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows
      .map((row) => JSON.stringify(row))
      .sort()
      .join('\n')
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `ERROR ${code} ${message}`
  }
}

describe.each([15, 16, 17, 18] as const)('PostgreSQL %i', (major: Major) => {
  let cluster: Cluster
  let gateways: readonly Gateway[] = []
  let clients: readonly pg.Client[] = []

  beforeAll(async () => {
    cluster = await startCluster({ major })
    await cluster.query(NOTES_SQL)
    await cluster.query('CREATE DATABASE own TEMPLATE postgres')
    await cluster.query(NOTES_INDEX_SQL)
    const { host, port, user } = cluster
    const own = new pg.Client({ host, port, user, database: 'own' })
    await own.connect()
    await own.query(
      'DELETE FROM public.notes WHERE owner = 2; DELETE FROM public.parts WHERE owner = 2; REFRESH MATERIALIZED VIEW public.kept; ANALYZE',
    )
    await own.end()
    gateways = [
      await startGateway(cluster, PROJECT),
      await startGateway({ ...cluster, database: 'own' }, PROJECT),
    ]
    clients = await Promise.all(gateways.map((gateway) => gateway.client({ user_id: 1 })))
  })

  afterAll(async () => {
    for (const client of clients) await client.end()
    for (const gateway of gateways) await gateway.stop()
    await cluster?.stop()
  })

  test(
    'an expression that fails on rows of others answers as if there were none',
    async () => {
      const deadline = Date.now() + SECONDS * 1_000
      const violations: string[] = []
      for (let seed = START; seed === START || Date.now() < deadline; seed += 1) {
        const sql = fenceStatement(createRandom(seed))
        const [given = '', right = ''] = await Promise.all(clients.map((client) => outcome(client, sql)))
        // A statement that is wrong would test nothing.
        if (given !== right || right.startsWith('ERROR'))
          violations.push(`FUZZ_SEED=${seed}\n${sql}\n${given.slice(0, 300)}\n--\n${right.slice(0, 300)}`)
        if (violations.length === VIOLATIONS_MAX) break
      }
      expect(violations).toEqual([])
    },
    SECONDS * 1_000 + 60_000,
  )
})
