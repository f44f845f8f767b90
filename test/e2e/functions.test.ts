import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeBind, encodeExecute, encodeParse, SYNC } from '../../src/protocol/request.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { errorOf, openRawClient, query } from '../support/raw.js'

/** Functions that the operator adds, and columns whose types name objects of the server. */
const FILES: Readonly<Record<string, string>> = {
  'model/Notes.yml': `
cubes:
  - name: Notes
    sql_table: public.notes
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: note, sql: note, type: string }
      - { name: relation, sql: relation, type: string }
      - { name: change, sql: change, type: string }
      - { name: configuration, sql: configuration, type: string }
    measures:
      - { name: count, type: count }
    access_policy:
      - group: "*"
        row_level:
          filters:
            - { member: id, operator: gt, values: [2] }
`,
}
const ADDED = ['distance', 'total', 'joined', 'numbers', 'pairs', 'sum'].map((name) => `shop.${name}`)

let cluster: Cluster
let gateway: Gateway
let client: pg.Client

beforeAll(async () => {
  cluster = await startCluster()
  await cluster.query(`
    CREATE ROLE gate LOGIN;
    CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO gate;
    CREATE SCHEMA hidden;
    CREATE TABLE hidden.payroll (id int);
    CREATE TEXT SEARCH CONFIGURATION hidden.words (COPY = pg_catalog.simple);
    CREATE TABLE public.notes (id int PRIMARY KEY, note text, relation regclass, change xid, configuration regconfig);
    INSERT INTO public.notes SELECT n, 'note ' || n, 'pg_catalog.pg_class', '100', 'simple' FROM generate_series(1, 5) n;
    GRANT SELECT ON public.notes TO gate;
    CREATE FUNCTION shop.distance(a int, b int DEFAULT 10) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT abs(a - b)';
    CREATE FUNCTION shop.total(VARIADIC numbers int[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT sum(n) FROM unnest(numbers) n';
    CREATE AGGREGATE shop.joined(text) (SFUNC = pg_catalog.textcat, STYPE = text);
    CREATE AGGREGATE shop.sum(int) (SFUNC = pg_catalog.int4larger, STYPE = int);
    CREATE FUNCTION shop.numbers(n int) RETURNS SETOF int LANGUAGE sql AS 'SELECT pg_catalog.generate_series(1, n)';
    CREATE FUNCTION shop.pairs(n int) RETURNS TABLE (a int, b text) LANGUAGE sql AS $$ SELECT i, 'x' || i FROM generate_series(1, n) i $$;
    CREATE FUNCTION hidden.there() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION shop.refused() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION shop.refused() FROM PUBLIC;
    CREATE FUNCTION shop.secret() RETURNS text LANGUAGE sql AS $$ SELECT 'secret' $$`)
  gateway = await startGateway(cluster, FILES, {
    CUBEJS_DB_USER: 'gate',
    ROWGATE_FUNCTIONS_ALLOWED: [...ADDED, 'shop.absent', 'shop.refused', 'hidden.there'].join(', '),
  })
  client = await gateway.client({ user_id: 1 })
})

afterAll(async () => {
  await client?.end()
  await gateway?.stop()
  await cluster?.stop()
})

async function rows(sql: string, values: readonly unknown[] = []): Promise<readonly unknown[][]> {
  return (await client.query({ text: sql, values: [...values], rowMode: 'array' })).rows as unknown[][]
}
test('functions that the upstream role cannot call are warned of when the gateway starts', () => {
  const warned = [...gateway.log().matchAll(/can call no function ([a-z.]+)\./g)].map(([, name]) => name)
  expect(warned.sort()).toEqual(['hidden.there', 'shop.absent', 'shop.refused'])
})

const failure = (sql: string): Promise<unknown> =>
  rows(sql).then(
    (found) => found,
    (error: unknown) => error,
  )

describe('a function that was added', () => {
  test.each([
    ['SELECT shop.distance(id, 1) FROM Notes ORDER BY 1', [[2], [3], [4]]],
    ['SELECT SHOP.Distance(id) FROM Notes ORDER BY 1', [[5], [6], [7]]],
    ['SELECT "shop"."distance"(b => id, a => 4) FROM Notes ORDER BY id', [[1], [0], [1]]],
    ['SELECT shop.distance(4)', [[6]]],
    ['SELECT shop.total(id, 1, 1) FROM Notes ORDER BY 1', [['5'], ['6'], ['7']]],
    ['SELECT shop.total(VARIADIC ARRAY[1, 2])', [['3']]],
    ['SELECT shop.joined(note ORDER BY id DESC) FILTER (WHERE id > 3) FROM Notes', [['note 5note 4']]],
    ['SELECT shop.joined(DISTINCT note) FROM Notes', [['note 3note 4note 5']]],
    ['SELECT shop.joined(note) OVER (ORDER BY id) FROM Notes ORDER BY id LIMIT 1', [['note 3']]],
    // An aggregate that is named as one of Postgres' own is not a measure's.
    ['SELECT shop.sum(id) FROM Notes', [[5]]],
    ['SELECT shop.sum(count) FROM Notes', [[1]]],
    [
      'SELECT n.id, x FROM Notes n, shop.numbers(2) AS x (x) WHERE n.id = 3 ORDER BY 2',
      [
        [3, 1],
        [3, 2],
      ],
    ],
    [
      'SELECT * FROM shop.pairs(2) AS t (a, b)',
      [
        [1, 'x1'],
        [2, 'x2'],
      ],
    ],
    [
      'SELECT t.b, n.id FROM Notes n CROSS JOIN LATERAL shop.pairs(n.id) AS t (a, b) WHERE t.a = 5',
      [['x5', 5]],
    ],
    ['SELECT b, o FROM shop.pairs(1) WITH ORDINALITY AS t (a, b, o)', [['x1', '1']]],
  ] as const)('%s', async (sql, expected) => expect(await rows(sql)).toEqual(expected))

  test('takes parameters', async () => {
    expect(await rows('SELECT shop.distance($1, id) FROM Notes WHERE id = $2', [10, 4])).toEqual([[6]])
  })

  test.each([
    ['SELECT distance(id, 1) FROM Notes', '42883'],
    ['SELECT shop."Distance"(id, 1) FROM Notes', '42883'],
    ['SELECT "shop.distance"(id, 1) FROM Notes', '42883'],
    ['SELECT db.shop.distance(id, 1) FROM Notes', '42883'],
    ['SELECT shop.secret() FROM Notes', '42883'],
    ['SELECT shop.nosuch() FROM Notes', '42883'],
    ['SELECT hidden.distance(1) FROM Notes', '42883'],
    // Which columns it has, only who wrote the statement knows.
    ['SELECT * FROM Notes, shop.pairs(2)', '0A000'],
    ['SELECT * FROM Notes, shop.numbers(2) AS x', '0A000'],
  ])('%s: %s', async (sql, code) => expect(await failure(sql)).toMatchObject({ code }))

  test('that is there and was not added is told from none by nothing', async () => {
    const told = (error: unknown): string => {
      const { code, message, hint, position } = error as pg.DatabaseError
      return [code, message, hint, position].join('|').replaceAll(/secret|nosuch/g, 'x')
    }
    expect(told(await failure('SELECT shop.secret() FROM Notes'))).toBe(
      told(await failure('SELECT shop.nosuch() FROM Notes')),
    )
  })
})

describe('a column that names an object of the server', () => {
  test('is read as text', async () => {
    expect(await rows('SELECT relation, change, configuration FROM Notes WHERE id = 3')).toEqual([
      ['pg_class', '100', 'simple'],
    ])
  })

  test.each([
    "SELECT coalesce(relation, 'hidden.payroll') IS NULL FROM Notes",
    "SELECT relation IN ('hidden.payroll', 'hidden.nosuch') FROM Notes",
    "SELECT CASE WHEN id = 0 THEN relation ELSE 'hidden.payroll' END = 'x' FROM Notes",
    "SELECT (array[relation, 'hidden.payroll'])[1] IS NULL FROM Notes",
  ])('makes no object of a text beside it: %s', async (sql) => {
    const [there, missing] = [sql, sql.replaceAll('payroll', 'nosuch2')]
    expect(await rows(there)).toEqual([[false], [false], [false]])
    expect(await rows(missing)).toEqual(await rows(there))
  })

  test('tells nothing of the transactions of others', async () => {
    expect(await failure('SELECT age(change) FROM Notes')).toMatchObject({ code: '42883' })
  })

  test.each(['hidden.words', 'hidden.nosuch', 'nosuch.words'])(
    'a configuration %s is asked for in vain',
    async (name) => {
      expect(await failure(`SELECT to_tsvector('${name}', note) FROM Notes`)).toMatchObject({ code: '42501' })
      expect(await failure(`SELECT to_tsvector(configuration, note) FROM Notes`)).toMatchObject({
        code: '42501',
      })
    },
  )

  test('text search is there all the same', async () => {
    expect(
      await rows(
        "SELECT id FROM Notes WHERE to_tsvector('english', note) @@ to_tsquery('english', 'notes & 4')",
      ),
    ).toEqual([[4]])
  })
})

describe('a parameter that names an object of the server', () => {
  const REGCLASS = 2205

  test.each([
    'SELECT $1::text FROM Notes',
    'DECLARE c CURSOR FOR SELECT $1::text FROM Notes',
    'DECLARE c CURSOR WITH HOLD FOR SELECT $1::text FROM Notes',
  ])('is refused before the server looks it up: %s', async (sql) => {
    const raw = await openRawClient(gateway, { user_id: 1 })
    const codes: string[] = []
    for (const name of ['public.notes', 'public.nosuch', 'nosuch.payroll']) {
      raw.send(query('BEGIN'))
      await raw.read(1)
      raw.send(
        encodeParse('', sql, [REGCLASS]),
        encodeBind({
          portal: '',
          statement: '',
          parameterFormats: [],
          values: [Buffer.from(name)],
          resultFormats: [],
        }),
        encodeExecute('', 0),
        SYNC,
      )
      const frames = await raw.read(1)
      codes.push(...frames.map((frame) => (frame.type === 'E' ? errorOf(frame).code : frame.type)))
      raw.send(query('ROLLBACK'))
      await raw.read(1)
    }
    raw.socket.destroy()
    expect(codes).toEqual(['42501', 'Z', '42501', 'Z', '42501', 'Z'])
  })
})
