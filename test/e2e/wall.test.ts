import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'

/** A model that forgot its policies, over a database that has row security of its own. */
const FILES: Readonly<Record<string, string>> = {
  'model/Notes.yml': `
cubes:
  - name: Notes
    sql_table: public.notes
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: owner, sql: owner, type: number }
    measures:
      - { name: count, type: count }
`,
}
const BIG = '9007199254740993'

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await cluster.query(`
    CREATE ROLE gate LOGIN;
    CREATE ROLE analyst NOLOGIN; GRANT analyst TO gate;
    CREATE ROLE stranger NOLOGIN;
    CREATE TABLE public.notes (id int PRIMARY KEY, owner bigint);
    INSERT INTO public.notes SELECT n, CASE WHEN n % 2 = 0 THEN 1 ELSE ${BIG} END FROM generate_series(1, 10) n;
    ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON public.notes TO analyst USING (owner = (current_setting('request.jwt.claims')::json ->> 'user_id')::bigint);
    GRANT SELECT ON public.notes TO analyst, gate`)
  gateway = await startGateway(cluster, FILES, {
    CUBEJS_DB_USER: 'gate',
    ROWGATE_UPSTREAM_ROLE_CLAIM: 'role',
    ROWGATE_UPSTREAM_CLAIMS: 'true',
    ROWGATE_UPSTREAM_CONNECTIONS_MAX: '1',
  })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

async function ids(claims: string, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const client = await gateway.client(JSON.parse(claims) as object)
  try {
    for (const sql of statements) await client.query(sql)
    const { rows } = await client.query('SELECT id FROM Notes WHERE id > $1 ORDER BY 1', [0])
    return rows.map(({ id }: { id: number }) => id)
  } finally {
    await client.end()
  }
}

const one = '{"user_id":1,"role":"analyst"}'

test('row security of the database holds beneath, on a connection that all share', async () => {
  expect(await ids(one)).toEqual([2, 4, 6, 8, 10])
  expect(await ids('{"user_id":2,"role":"analyst"}')).toEqual([])
  expect(await ids(one)).toEqual([2, 4, 6, 8, 10])
})

test('in transactions, after savepoints, in several statements, in cursors', async () => {
  expect(await ids(one, 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'SAVEPOINT a', 'ROLLBACK TO a')).toEqual([
    2, 4, 6, 8, 10,
  ])
  expect(await ids(one, 'SELECT 1; SELECT count(*) FROM Notes; SELECT 2')).toEqual([2, 4, 6, 8, 10])
  const client = await gateway.client(JSON.parse(one) as object)
  await client.query('BEGIN; DECLARE c CURSOR FOR SELECT id FROM Notes')
  const { rows } = await client.query('FETCH ALL FROM c')
  expect(rows).toHaveLength(5)
  await client.query('ROLLBACK')
  expect((await client.query('SELECT count(*)::int AS n FROM Notes')).rows).toEqual([{ n: 5 }])
  await client.end()
})

test.each(['{"user_id":1}', '{"user_id":1,"role":["analyst"]}', '{"user_id":1,"role":"none"}'])(
  'no role in %s: no login',
  async (claims) => {
    await expect(ids(claims)).rejects.toMatchObject({ code: '42501' })
  },
)

test.each(['stranger', 'postgres', 'nobody', "x'; DROP TABLE notes; --"])(
  'the gateway is no member of %s',
  async (role) => {
    await expect(ids(JSON.stringify({ user_id: 1, role }))).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|22023)$/) as string,
    })
    expect(await ids(one)).toEqual([2, 4, 6, 8, 10])
  },
)

test.each([
  ['an error', 'SELECT 1 / (id - id) FROM Notes'],
  ['an error in a block', 'BEGIN; SELECT 1 / (id - id) FROM Notes'],
  ['a block that was left open', 'BEGIN; SELECT count(*) FROM Notes'],
  ['a savepoint that was taken back', 'BEGIN; SAVEPOINT a; SELECT count(*) FROM Notes; ROLLBACK TO a'],
  ['a cursor that was left open', 'BEGIN; DECLARE c CURSOR FOR SELECT id FROM Notes; FETCH 1 FROM c'],
  [
    'a time limit',
    'SET statement_timeout = 1; SELECT count(*) FROM Notes a, Notes b, Notes c, Notes d, Notes e, Notes f, Notes g',
  ],
])('the next session has its own role and claims after %s', async (_name, sql) => {
  const client = await gateway.client(JSON.parse(one) as object)
  await client.query(sql).catch(() => undefined)
  await client.end()
  expect(await ids('{"user_id":2,"role":"analyst"}')).toEqual([])
  expect(await ids(one)).toEqual([2, 4, 6, 8, 10])
})

test.each([
  'SET request.jwt.claims = \'{"user_id":9007199254740993}\'',
  'RESET request.jwt.claims',
  'RESET ALL',
  'DISCARD ALL',
  'RESET ROLE',
  'SET ROLE none',
  'SET LOCAL ROLE none',
  'SET SESSION AUTHORIZATION DEFAULT',
  'SET row_security = off',
  'BEGIN; RESET ALL',
  'BEGIN; SET LOCAL request.jwt.claims = \'{"user_id":9007199254740993}\'',
  'BEGIN; SELECT count(*) FROM Notes; RESET ALL',
  'BEGIN; SELECT count(*) FROM Notes; RESET ROLE',
  'BEGIN; SELECT count(*) FROM Notes; SET ROLE none',
  'BEGIN; SELECT count(*) FROM Notes; SET request.jwt.claims = \'{"user_id":9007199254740993}\'',
])('a client takes nothing of it away: %s', async (sql) => {
  const client = await gateway.client(JSON.parse(one) as object)
  await client.query(sql).catch(() => undefined)
  const { rows } = await client
    .query('SELECT id FROM Notes ORDER BY 1')
    .catch(() => client.query('ROLLBACK').then(() => client.query('SELECT id FROM Notes ORDER BY 1')))
  await client.end()
  expect(rows.map(({ id }: { id: number }) => id)).toEqual([2, 4, 6, 8, 10])
})

test.each([
  'Analyst',
  'analyst ',
  '"analyst"',
  'NONE',
  'default',
  'gate\\u0000',
  'x'.repeat(64),
  'pg_read_all_data',
])('a role that is none: %s', async (role) => {
  await expect(ids(`{"user_id":1,"role":"${role.replaceAll('"', '\\"')}"}`)).rejects.toMatchObject({
    code: expect.stringMatching(/^(42501|22023|28P01)$/) as string,
  })
  expect(await ids(one)).toEqual([2, 4, 6, 8, 10])
})

test('claims with characters of every kind reach the database as they are', async () => {
  const client = await gateway.client({
    ...(JSON.parse(one) as object),
    note: `'"\\ $1 $$ E'\\'' \n\t\u2028 ☃ 😀 --`,
    "na'me": { 'x"y': ["'", '\\'] },
  })
  const { rows } = await client.query('SELECT count(*)::int AS n FROM Notes')
  await client.end()
  expect(rows).toEqual([{ n: 5 }])
})

test('a role that may not read the table is told apart in the log, and not to the client', async () => {
  await cluster.query('GRANT stranger TO gate')
  const client = await gateway.client({ user_id: 1, role: 'stranger' })
  const error = await client.query('SELECT count(*) FROM Notes').catch((thrown: unknown) => thrown)
  await client.end()
  expect(error).toMatchObject({
    code: '42501',
    message: 'the SQL behind a cube failed in the upstream database',
  })
  await expect.poll(() => gateway.log()).toContain('42501 permission denied for table notes')
})
