import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, type Major, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'

const PROJECT: Readonly<Record<string, string>> = {
  'model/Notes.js': `
cube('Notes', {
  sql_table: 'public.notes',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, owner: { sql: 'owner', type: 'number' }, body: { sql: 'body', type: 'string' },
    n: { sql: 'n', type: 'number' } },
  measures: { count: { type: 'count' } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'owner', operator: 'equals', values: [securityContext.user_id] }] } }],
})`,
}
/** A value that only somebody else has, and so often that the statistics hold it. */
const SECRET = 'TOPSECRET-of-user-2'
/** LIKE fails at an escape that ends its pattern only once a value has matched all before it. */
const GUESS = SECRET.slice(0, -1)

async function outcome(client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<string> {
  try {
    const { rows } = await client.query({ text: sql, values: [...values], rowMode: 'array' })
    return JSON.stringify(rows)
  } catch (error) {
    return `ERROR ${(error as { code?: string }).code}`
  }
}

/** Predicates that fail, or not, by what they see; what somebody guessed is `%s`. */
const ORACLES = [
  `SELECT count(*) FROM %t WHERE body LIKE '%s%\\'`,
  `SELECT count(*) FROM %t WHERE body NOT ILIKE '%s%\\'`,
  `SELECT count(*) FROM %t WHERE body = 'x' AND body LIKE '%s%\\'`,
  `SELECT count(*) FROM %t WHERE id = 3 AND CAST(body AS int) > 0`,
  `SELECT count(*) FROM %t WHERE id > 0 AND 1 / (owner - 2) < 5`,
  `SELECT count(*) FROM (SELECT * FROM %t WHERE id > 0) x WHERE body LIKE '%s%\\'`,
  `SELECT count(*) FROM %t a JOIN %t b ON a.id = b.id AND b.body LIKE '%s%\\'`,
  `WITH w AS MATERIALIZED (SELECT * FROM %t) SELECT count(*) FROM w WHERE body LIKE '%s%\\'`,
]

describe.each([15, 16, 17, 18] as const)('PostgreSQL %i', (major: Major) => {
  let cluster: Cluster
  let gateway: Gateway
  let client: pg.Client
  let direct: pg.Client

  beforeAll(async () => {
    cluster = await startCluster({ major })
    await cluster.query('CREATE TABLE public.notes (id int PRIMARY KEY, owner int, body text, n numeric)')
    await cluster.query(
      `INSERT INTO public.notes SELECT n, 1 + n % 2, CASE WHEN n % 2 = 0 THEN 'plain' ELSE '${SECRET}' END, n FROM generate_series(1, 20000) n`,
    )
    await cluster.query('CREATE INDEX ON public.notes (owner)')
    await cluster.query('ANALYZE public.notes')
    gateway = await startGateway(cluster, PROJECT)
    client = await gateway.client({ user_id: 1 })
    direct = await cluster.connect()
  })

  afterAll(async () => {
    await direct?.end()
    await client?.end()
    await gateway?.stop()
    await cluster?.stop()
  })

  test('the statistics tell a guess, where nothing stands between', async () => {
    const plain = '(SELECT * FROM public.notes WHERE owner = 1 OFFSET 0) x'
    expect(await outcome(direct, `SELECT count(*) FROM ${plain} WHERE body LIKE '${GUESS}%\\'`)).toBe(
      'ERROR 22025',
    )
    expect(await outcome(direct, `SELECT count(*) FROM ${plain} WHERE body LIKE 'guess%\\'`)).not.toBe(
      'ERROR 22025',
    )
  })

  test.each(ORACLES)('%s tells nothing', async (oracle) => {
    const ask = (guess: string): Promise<string> =>
      outcome(client, oracle.replaceAll('%t', 'Notes').replace('%s', guess))
    const right = await ask(GUESS)
    expect(right).toBe(await ask('a wrong guess that is as long'))
    expect(right).not.toMatch(/ERROR (22012|22P02)/)
  })

  test('a bound parameter tells nothing', async () => {
    const sql = 'SELECT count(*) FROM Notes WHERE body LIKE $1'
    expect(await outcome(client, sql, [`${GUESS}%\\`])).toBe(await outcome(client, sql, ['a wrong guess%\\']))
  })

  test('conditions that are copied inside change no answer', async () => {
    expect(await outcome(client, 'SELECT body, n::int FROM Notes WHERE id = 4 AND owner IN (1, 2)')).toBe(
      '[["plain",4]]',
    )
    expect(await outcome(client, 'SELECT body FROM Notes WHERE id = 3')).toBe('[]')
    expect(
      await outcome(client, 'SELECT count(*)::int FROM Notes WHERE id BETWEEN $1 AND $2 AND body <> $3', [
        1,
        10,
        SECRET,
      ]),
    ).toBe('[[5]]')
    expect(
      await outcome(
        client,
        'SELECT count(*)::int FROM Notes a LEFT JOIN Notes b ON b.id = a.id + 2 WHERE b.id < 10',
      ),
    ).toBe('[[3]]')
  })
})
