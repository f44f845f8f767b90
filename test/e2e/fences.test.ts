import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, type Major, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'

const PROJECT: Readonly<Record<string, string>> = {
  'model/Notes.js': `
cube('Notes', {
  sql_table: 'public.notes',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, owner: { sql: 'owner', type: 'number' }, body: { sql: 'body', type: 'string' },
    n: { sql: 'n', type: 'number' }, c: { sql: 'c', type: 'string' }, posix: { sql: 'posix', type: 'string' }, made: { sql: 'made', type: 'time' }, length: { sql: \`length(\${CUBE}.body)::text\`, type: 'string' } },
  measures: { count: { type: 'count' } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'owner', operator: 'equals', values: [securityContext.user_id] }] } }],
})
// Postgres computes cheaper conditions first, and a list is dearer than a comparison. No index leads around the rows of others.
cube('Listed', {
  sql_table: 'public.bare',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, owner: { sql: 'owner', type: 'number' }, body: { sql: 'body', type: 'string' }, c: { sql: 'c', type: 'string' },
    posix: { sql: 'posix', type: 'string' }, made: { sql: 'made', type: 'time' } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'owner', operator: 'equals', values: [securityContext.user_id, -1, -2, -3, -4, -5, -6, -7, -8, -9] }] } }],
})
cube('Words', {
  sql_table: 'public.words',
  dimensions: { word: { sql: 'word', type: 'string', primary_key: true } },
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
  `SELECT count(*) FROM %t GROUP BY body HAVING count(*) < 0 OR body LIKE '%s%\\'`,
  `SELECT count(*), max(made) FROM %t GROUP BY owner HAVING NOT (1 / (owner - 2) >= 0 OR count(*) < 0)`,
  `SELECT count(*), max(made) FROM %t GROUP BY owner HAVING CASE WHEN true THEN 1 / (owner - 2) < 0 ELSE count(*) > 0 END`,
  `SELECT count(id), max(made) FROM %t WHERE body BETWEEN '%s2' AND '%s2' AND c < posix`,
  `SELECT count(id), max(made) FROM %t WHERE body BETWEEN '%s2' AND '%s2' AND (made > now() - interval '9999 years') IS NOT UNKNOWN`,
  `SELECT count(id), max(made) FROM %t WHERE body BETWEEN '%s2' AND '%s2' AND (made IN (date '5874897-12-31', timestamptz '2025-01-01')) IS NOT UNKNOWN`,
  `SELECT count(*) FROM (SELECT * FROM %t WHERE id > 0) x WHERE body LIKE '%s%\\'`,
  `SELECT count(*) FROM %t a JOIN %t b ON a.id = b.id AND b.body LIKE '%s%\\'`,
  `WITH w AS MATERIALIZED (SELECT * FROM %t) SELECT count(*) FROM w WHERE body LIKE '%s%\\'`,
]

/** The expressions fail on rows of others only, and stand where they are computed after the row rules. */
const LATE = [
  'SELECT 1 / (owner - 2) FROM Notes WHERE id <= 4',
  'SELECT id FROM Notes WHERE id <= 9 ORDER BY 1 / (owner - 2), id LIMIT 3',
  'SELECT DISTINCT 1 / (owner - 2) FROM Notes',
  'SELECT 1 / (owner - 2), count(*) FROM Notes GROUP BY 1 / (owner - 2)',
  'SELECT count(*) FROM Notes GROUP BY owner HAVING sum(1 / (owner - 2)) < 0',
  'SELECT count(*) FILTER (WHERE 1 / (owner - 2) < 0) FROM Notes WHERE id > 0',
  'SELECT sum(1 / (owner - 2)) OVER (PARTITION BY 1 / (owner - 2)) FROM Notes WHERE id < 9',
  'SELECT x FROM (SELECT id, 1 / (owner - 2) AS x FROM Notes) s WHERE id < 9',
  'WITH w AS (SELECT id, 1 / (owner - 2) AS x FROM Notes) SELECT max(id) FROM w WHERE id < 9 AND id IS NOT NULL',
  'SELECT 1 / (a.owner - 2) FROM Notes a JOIN Notes b ON a.id = b.id LEFT JOIN Notes c ON c.id = b.id AND c.owner = a.owner WHERE b.id < 9',
  'SELECT (SELECT 1 / (b.owner - 2) FROM Notes b WHERE b.id = a.id) FROM Notes a WHERE a.id < 9',
  'SELECT s.x FROM Notes a, LATERAL (SELECT 1 / (a.owner - 2) AS x) s WHERE a.id < 9',
  'SELECT g FROM Notes a, generate_series(1, 3) g WHERE a.id < 9 AND a.owner = 1',
  'SELECT 1 / (a.owner - 2) FROM Notes a JOIN Notes b USING (id, n) WHERE a.n > 1.5 AND b.n < 10',
  `SELECT 1 / (owner - 2) FROM Notes WHERE made > date_trunc('month', now()) - interval '1 year' AND made > CURRENT_DATE - 7 AND id < 9`,
  'SELECT count(*) FROM Notes GROUP BY owner HAVING NOT (sum(1 / (owner - 2)) > 0 OR owner = 3) AND (count(*) > 0 OR max(id) IS NULL)',
  `SELECT id FROM Notes WHERE body < c AND made > now() - interval '999 years' AND id IN (2, 2.5, 3::int8) AND id < 9`,
  'SELECT CASE WHEN id < 0 THEN 0 ELSE 1 / (owner - 2) END FROM Notes WHERE id IN (1, 2, 3) OR NOT id > 3',
]
/** Conditions that Postgres would, or might, compute over rows of others. */
const FENCED = [
  'SELECT id FROM Notes WHERE 1 / (owner - 2) < 0',
  `SELECT id FROM Notes WHERE made > clock_timestamp()`,
  `SELECT id FROM Notes WHERE made > now() + interval '290000 years'`,
  'SELECT id FROM Notes WHERE n + 1 > 1',
  'SELECT owner FROM Notes GROUP BY owner HAVING 1 / (owner - 2) < 0',
  'SELECT min(1 / (owner - 2)) FROM Notes',
  'SELECT bool_and(1 / (owner - 2) < 0) FROM Notes',
  'SELECT x FROM (SELECT 1 / (owner - 2) AS x FROM Notes) s WHERE x < 0',
  'WITH w AS (SELECT 1 / (owner - 2) AS x FROM Notes) SELECT x FROM w WHERE x < 0',
  'SELECT a.id FROM Notes a JOIN Notes b ON a.id = b.id AND 1 / (a.owner - 2) < 0',
  'SELECT s.id FROM Notes a JOIN (SELECT 1 / (owner - 2) AS id FROM Notes) s USING (id)',
  'SELECT a.id FROM Notes a, LATERAL (SELECT b.id FROM Notes b WHERE 1 / (a.owner - 2) < b.id) s',
  'SELECT id FROM Notes WHERE EXISTS (SELECT 1 WHERE 1 / (owner - 2) < 0)',
  'SELECT id FROM Notes WHERE id IN (SELECT 1 / (owner - 2) FROM Notes)',
  'SELECT x FROM (SELECT id AS x FROM Notes UNION ALL SELECT 1 / (owner - 2) FROM Notes) s WHERE x = 1',
  'SELECT (SELECT 1 FROM Notes b GROUP BY b.owner HAVING 1 / (b.owner - 2) = max(a.id)) FROM Notes a',
  'SELECT id FROM Notes WHERE CASE WHEN true THEN 1 / (owner - 2) END < 0',
  'SELECT id FROM Notes WHERE (id, 1 / (owner - 2)) = (1, 1)',
  'SELECT id FROM Notes WHERE id + 0 = 1',
  `SELECT id FROM Notes WHERE made > now()${` + interval '999 years'`.repeat(30)}`,
  // Years before 4713 BC are no timestamps. An estimate would fail too, and so tell nothing, but of IS UNKNOWN none is made.
  `SELECT id FROM Notes WHERE body = '${SECRET}' AND (made > now() - interval '9999 years') IS NOT UNKNOWN`,
  `SELECT id FROM Notes WHERE body = '${SECRET}' AND (made > CURRENT_DATE - interval '7000 years') IS UNKNOWN`,
  // Postgres converts what stands in one list to one type.
  `SELECT id FROM Notes WHERE body = '${SECRET}' AND (made IN (date '5874897-12-31', timestamptz '2025-01-01')) IS NOT UNKNOWN`,
  `SELECT id FROM Notes WHERE (made IN (date '2025-01-01', date '2025-01-02'))`,
  'SELECT id FROM Notes WHERE id IN (1.5, 2::float8)',
  // Which collation compares them is asked on the first row.
  'SELECT id FROM Notes WHERE c < posix',
  'SELECT a.id FROM Notes a JOIN Notes b ON a.id = b.id AND a.c = b.posix',
  'SELECT id FROM Notes JOIN (SELECT id, posix AS c FROM Notes) b USING (id, c)',
  // Postgres takes HAVING apart before it asks which parts hold an aggregate.
  'SELECT owner FROM Notes GROUP BY owner HAVING NOT (1 / (owner - 2) >= 0 OR count(*) < 0)',
  'SELECT owner FROM Notes GROUP BY owner HAVING CASE WHEN true THEN 1 / (owner - 2) < 0 ELSE count(*) > 0 END',
  'SELECT owner FROM Notes GROUP BY owner HAVING 1 / (owner - 2) < 0 OR (false AND count(*) > 0)',
  'SELECT owner FROM Notes GROUP BY owner HAVING (1 / (owner - 2) < 0 AND count(*) > 0) OR (1 / (owner - 2) < 0 AND count(*) > 1)',
  'SELECT owner FROM Notes GROUP BY owner HAVING coalesce(1 / (owner - 2) < 0, count(*) > 0)',
  `SELECT body FROM Notes GROUP BY body HAVING count(*) < 0 OR body LIKE '${GUESS}%\\'`,
  'SELECT owner FROM Notes GROUP BY owner HAVING count(*) > (SELECT 1 / (owner - 2))',
  'SELECT id FROM Notes WHERE body = length',
]

/** The fence of the first cube that EXPLAIN tells of. */
async function fenceOf(client: pg.Client, sql: string): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`)
  const lines = rows.map((row) => row['QUERY PLAN'])
  return lines.find((line) => line.startsWith('  fence: '))?.slice('  fence: '.length) ?? lines.join(' / ')
}

describe.each([15, 16, 17, 18] as const)('PostgreSQL %i', (major: Major) => {
  let cluster: Cluster
  let gateway: Gateway
  let client: pg.Client
  let direct: pg.Client

  beforeAll(async () => {
    cluster = await startCluster({ major })
    await cluster.query(
      'CREATE TABLE public.notes (id int PRIMARY KEY, owner int, body text, n numeric, made timestamptz NOT NULL DEFAULT now(), c text COLLATE "C" DEFAULT \'c\', posix text COLLATE "POSIX" DEFAULT \'p\')',
    )
    await cluster.query(
      `CREATE TABLE public.words AS SELECT 'word ' || n AS word FROM generate_series(1, 10) n`,
    )
    await cluster.query(
      `INSERT INTO public.notes SELECT n, 1 + n % 2, CASE WHEN n % 2 = 0 THEN 'plain' ELSE '${SECRET}' END, n FROM generate_series(1, 20000) n`,
    )
    await cluster.query('CREATE TABLE public.bare AS SELECT * FROM public.notes')
    await cluster.query('CREATE INDEX ON public.notes (owner)')
    await cluster.query('ANALYZE public.bare')
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
    for (const cube of ['Notes', 'Listed']) {
      const ask = (guess: string): Promise<string> =>
        outcome(client, oracle.replaceAll('%t', cube).replaceAll('%s', guess))
      const right = await ask(GUESS)
      expect(right).toBe(await ask('a wrong guess that is as long'))
      expect(right).not.toMatch(/ERROR (22012|22P02)/)
    }
  })

  test('a bound parameter tells nothing', async () => {
    const sql = 'SELECT count(*) FROM Notes WHERE body LIKE $1'
    expect(await outcome(client, sql, [`${GUESS}%\\`])).toBe(await outcome(client, sql, ['a wrong guess%\\']))
  })

  test.each(LATE)('%s is not fenced, and tells nothing', async (sql) => {
    expect(await fenceOf(client, sql)).toMatch(/^none: /)
    expect(await outcome(client, sql)).not.toMatch(/ERROR/)
  })

  test.each(FENCED)('%s is fenced', async (sql) => {
    expect(await fenceOf(client, sql)).toMatch(/^set operation/)
  })

  test('a cube whose rows no rule hides is not fenced', async () => {
    expect(await fenceOf(client, `SELECT count(*) FROM Words WHERE lower(word) = 'x'`)).toMatch(/^none: /)
  })

  test('what is not fenced is planned like a view', async () => {
    const sql =
      'SELECT "id" FROM (SELECT "Notes"."id" AS "id" FROM "public"."notes" AS "Notes" WHERE ("Notes"."owner" = 1)) AS "notes"'
    const plan = JSON.stringify((await direct.query(`EXPLAIN (COSTS OFF) ${sql} ORDER BY id LIMIT 10`)).rows)
    expect(plan).toContain('Index Scan using notes_pkey')
    expect(plan).not.toMatch(/Append|Subquery Scan|Sort/)
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
