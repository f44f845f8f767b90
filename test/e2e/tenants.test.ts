import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

/** The example of the project's first user, word for word. */
const OWN_EXAMPLE = {
  'cube.js': `module.exports = { queryRewrite: (query, { securityContext }) => {
  if (!securityContext.user_id) { throw new Error('No id found in Security Context!'); }
  query.filters.push({ member: 'Orders.userId', operator: 'equals', values: [securityContext.user_id] });
  return query; } };`,
  'model/Orders.js': `const { securityContext: { company_id } } = COMPILE_CONTEXT;
cube(\`Orders\`, { sql: \`SELECT * FROM tenant_\${company_id}.orders\`, measures: { count: { type: \`count\` } }, dimensions: { userId: { sql: \`user_id\`, type: \`number\` }, status: { sql: \`status\`, type: \`string\` } } });`,
}

/** Rows limited by SECURITY_CONTEXT in the cube's own SQL, scalar and list. */
const CONTEXT_FILTERS = {
  'model/Orders.js': `cube('Orders', {
    sql: \`SELECT * FROM public.orders WHERE \${SECURITY_CONTEXT.user_id.filter('user_id')}\`,
    measures: { count: { type: 'count' } },
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, user_id: { sql: 'user_id', type: 'number' } },
  })
  cube('Mine', {
    sql: \`SELECT * FROM tenant_\${SECURITY_CONTEXT.company_id.unsafeValue()}.orders WHERE \${SECURITY_CONTEXT.user_id.requiredFilter(id => \`\${id} = user_id\`)}\`,
    measures: { count: { type: 'count' } },
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true } },
  })`,
}

/** Rules that fail on rows of others: in a policy's member, in the cube's own SQL, and in a rule over another cube. */
const FAILING_RULES = {
  'model/notes.js': `cube('ByMember', {
    sql_table: 'public.orders',
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, code: { sql: 'code', type: 'string' }, owner: { sql: \`CAST(\${CUBE}.note AS int)\`, type: 'number' } },
    access_policy: [{ role: '*', row_level: { filters: [{ member: 'owner', operator: 'equals', values: [securityContext.user_id] }] } }],
  })
  cube('BySql', {
    sql: \`SELECT * FROM public.orders WHERE CAST(note AS int) = 3 AND \${SECURITY_CONTEXT.user_id.filter('user_id')}\`,
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true } },
  })
  cube('ByOther', {
    sql_table: 'public.users',
    joins: { ByMember: { relationship: 'one_to_many', sql: \`\${CUBE}.id = \${ByMember}.id\` } },
    dimensions: { id: { sql: 'id', type: 'number', primary_key: true } },
    access_policy: [{ role: '*', row_level: { filters: [{ member: 'ByMember.owner', operator: 'equals', values: [securityContext.user_id] }] } }],
  })`,
}

let cluster: Cluster
let failing: Gateway
let example: Gateway
let policies: Gateway
let filters: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  ;[example, policies, filters, failing] = await Promise.all([
    startGateway(cluster, OWN_EXAMPLE),
    startGateway(cluster, PROJECT),
    startGateway(cluster, CONTEXT_FILTERS),
    startGateway(cluster, FAILING_RULES),
  ])
})

afterAll(async () => {
  await Promise.all([example, policies, filters, failing].map((gateway) => gateway?.stop()))
  await cluster?.stop()
})

async function withClient<T>(
  gateway: Gateway,
  claims: object,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await gateway.client(claims)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const count = (gateway: Gateway, claims: object, sql: string): Promise<unknown> =>
  withClient(gateway, claims, async (client) => Object.values((await client.query(sql)).rows[0] as object)[0])

const refusal = (gateway: Gateway, claims: object, sql: string): Promise<{ code: string; message: string }> =>
  withClient(gateway, claims, async (client) => {
    const error = (await client.query(sql).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )) as { code: string; message: string } | undefined
    return { code: error?.code ?? 'none', message: error?.message ?? 'no error' }
  })

describe("the first user's example", () => {
  test('each company reads its own schema, each user their own rows', async () => {
    const rows = await cluster.query(
      'SELECT (SELECT count(*) FROM tenant_1.orders WHERE user_id = 3) AS a, (SELECT count(*) FROM tenant_2.orders WHERE user_id = 4) AS b',
    )
    expect(await count(example, { user_id: 3, company_id: 1 }, 'SELECT MEASURE(count) FROM Orders')).toBe(
      rows.rows[0].a,
    )
    expect(await count(example, { user_id: 4, company_id: 2 }, 'SELECT MEASURE(count) FROM Orders')).toBe(
      rows.rows[0].b,
    )
    expect(await count(example, { user_id: 3, company_id: 1 }, 'SELECT max(userId) FROM Orders')).toBe(3)
  })
  test('the two are compiled apart, though cube.js has no contextToAppId', async () => {
    const sql = 'SELECT count(*) FROM Orders o'
    const [one, two] = await Promise.all([
      count(example, { user_id: 3, company_id: 1 }, sql),
      count(example, { user_id: 3, company_id: 2 }, sql),
    ])
    const direct = await cluster.query(
      'SELECT count(*) FROM tenant_1.orders WHERE user_id = 3 UNION ALL SELECT count(*) FROM tenant_2.orders WHERE user_id = 3',
    )
    expect([one, two]).toEqual(direct.rows.map((row: { count: string }) => row.count))
  })
  test('without an id the message of cube.js reaches the client', async () => {
    expect(await refusal(example, { company_id: 1 }, 'SELECT * FROM Orders')).toEqual({
      code: '42501',
      message: 'No id found in Security Context!',
    })
  })
  test.each([
    {},
    { company_id: null },
    { company_id: '1; DROP SCHEMA public' },
    { company_id: 'a"b' },
    { company_id: '' },
    { company_id: { a: 1 } },
    { company_id: [1, 2] },
  ])('the model is refused for %j', async (claims) => {
    await expect(example.client({ user_id: 1, ...claims })).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('company_id'),
    })
  })
})

describe('claims of four kinds', () => {
  const sql = 'SELECT count(*) FROM "Orders"'
  test('a number and its text are the same user', async () => {
    const own = (await cluster.query('SELECT count(*) FROM public.orders WHERE user_id = 3')).rows[0].count
    expect(await count(policies, { user_id: 3, company_id: 1 }, sql)).toBe(own)
    expect(await count(policies, { user_id: '3', company_id: 1 }, sql)).toBe(own)
  })
  test('a list is any of its values, an empty one nobody', async () => {
    const both = (await cluster.query('SELECT count(*) FROM public.orders WHERE user_id IN (3, 4)')).rows[0]
      .count
    expect(await count(policies, { user_id: [3, '4'] }, sql)).toBe(both)
    expect(await count(policies, { user_id: [] }, sql)).toBe('0')
  })
  test.each([
    null,
    undefined,
    true,
    { a: 1 },
    '3 OR 1=1',
    "3' OR '1'='1",
    '0x3',
    '3_0',
    '03',
    ' 3',
    1.5,
    [3, null],
    '',
  ])('%j is refused', async (claim) => {
    expect((await refusal(policies, { user_id: claim }, sql)).code).toBe('42501')
  })
  test('a claim beyond 2^53 is exact', async () => {
    expect(await count(policies, { user_id: '9007199254740993' }, sql)).toBe('0')
  })
})

describe('SECURITY_CONTEXT in SQL', () => {
  test('filter takes a value and a list', async () => {
    const own = (await cluster.query('SELECT count(*) FROM public.orders WHERE user_id = 5')).rows[0].count
    expect(await count(filters, { user_id: 5, company_id: 1 }, 'SELECT count(*) FROM Orders')).toBe(own)
    expect(await count(filters, { user_id: [5], company_id: 1 }, 'SELECT MEASURE(count) FROM Orders')).toBe(
      own,
    )
    expect(await count(filters, { user_id: [], company_id: 1 }, 'SELECT count(*) FROM Orders')).toBe('0')
  })
  test('a missing claim never means all rows', async () => {
    expect(await refusal(filters, { company_id: 1 }, 'SELECT count(*) FROM Orders')).toMatchObject({
      code: '42501',
      message: expect.stringContaining('user_id'),
    })
  })
  test('a raw value must be a plain name', async () => {
    const own = (await cluster.query('SELECT count(*) FROM tenant_2.orders WHERE user_id = 5')).rows[0].count
    expect(await count(filters, { user_id: 5, company_id: 2 }, 'SELECT count(*) FROM Mine')).toBe(own)
    expect(
      (await refusal(filters, { user_id: 5, company_id: '1.orders, tenant_2' }, 'SELECT count(*) FROM Mine'))
        .code,
    ).toBe('42501')
  })
})

describe('measures', () => {
  const value = (sql: string): Promise<unknown> => count(policies, { user_id: 3, company_id: 2 }, sql)
  const direct = async (sql: string): Promise<unknown> =>
    Object.values((await cluster.query(sql)).rows[0] as object)[0]
  test.each([
    ['SELECT MEASURE(count) FROM "Orders"', 'SELECT count(*) FROM public.orders WHERE user_id = 3'],
    ['SELECT SUM(count) FROM "Orders"', 'SELECT count(*) FROM public.orders WHERE user_id = 3'],
    ['SELECT MEASURE(total) FROM "Orders"', 'SELECT sum(amount) FROM public.orders WHERE user_id = 3'],
    [
      'SELECT SUM(total) FILTER (WHERE flag) FROM "Orders"',
      'SELECT sum(amount) FILTER (WHERE flag) FROM public.orders WHERE user_id = 3',
    ],
    ['SELECT AGGREGATE(mean) FROM "Orders"', 'SELECT avg(amount) FROM public.orders WHERE user_id = 3'],
    ['SELECT MAX(largest) FROM "Orders"', 'SELECT max(amount) FROM public.orders WHERE user_id = 3'],
    ['SELECT COUNT(DISTINCT buyers) FROM "Orders"', 'SELECT 1::int8'],
    [
      'SELECT MEASURE(paid_count) FROM "Orders"',
      `SELECT count(*) FILTER (WHERE status = 'paid') FROM public.orders WHERE user_id = 3`,
    ],
    [
      'SELECT MEASURE(paid_share) FROM "Orders"',
      `SELECT 1.0 * count(*) FILTER (WHERE status = 'paid') / count(*) FROM public.orders WHERE user_id = 3`,
    ],
    [
      'SELECT SUM(s.total) FROM (SELECT * FROM "Orders") s',
      'SELECT sum(amount) FROM public.orders WHERE user_id = 3',
    ],
    [
      'SELECT MEASURE(o.total) FROM "Orders" o JOIN "Users" u ON u.id = o.user_id',
      'SELECT sum(amount) FROM public.orders WHERE user_id = 3',
    ],
    [
      'SELECT MEASURE(u.count) FROM "Users" u LEFT JOIN (SELECT user_id, MEASURE(total) t FROM "Orders" GROUP BY 1) o ON o.user_id = u.id',
      'SELECT count(*) FROM public.users WHERE company_id = 2',
    ],
    [
      'SELECT SUM(CASE WHEN flag THEN total END) FROM "Orders"',
      'SELECT sum(amount) FILTER (WHERE flag) FROM public.orders WHERE user_id = 3',
    ],
  ])('%s', async (sql, reference) => {
    expect(await value(sql)).toBe(await direct(reference))
  })
  test.each([
    ['SELECT AVG(count) FROM "Orders"', '42803'],
    ['SELECT SUM(buyers) FROM "Orders"', '42803'],
    ['SELECT COUNT(DISTINCT total) FROM "Orders"', '42803'],
    ['SELECT MEASURE(status) FROM "Orders"', '42809'],
    ['SELECT MEASURE(1) FROM "Orders"', '42809'],
    ['SELECT MEASURE(u.count) FROM "Users" u JOIN "Orders" o ON o.user_id = u.id', '0A000'],
    ['SELECT MEASURE(u.count) FROM "Users" u, "Orders" o', '0A000'],
    ['SELECT MEASURE(u.count) FROM "Users" u LEFT JOIN "Orders" o ON u.id = 1', '0A000'],
    ['SELECT SUM(o.count) FROM "Orders" o, generate_series(1, 3) g', '0A000'],
  ])('%s is refused with %s', async (sql, code) => {
    expect((await refusal(policies, { user_id: 3, company_id: 2 }, sql)).code).toBe(code)
  })
})

describe('errors of the upstream', () => {
  test.each([
    'SELECT count(*) FROM "ByMember"',
    'SELECT count(*) FROM "ByMember" WHERE id = 5',
    'SELECT count(*) FROM "BySql"',
    'SELECT count(*) FROM "ByOther"',
    'BEGIN; DECLARE c CURSOR FOR SELECT id FROM "BySql"; FETCH ALL c',
    'BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT id FROM "BySql"; COMMIT',
    'DECLARE c CURSOR WITH HOLD FOR SELECT id FROM "BySql"',
  ])('%s fails on a row of others and does not show it', async (sql) => {
    expect(await refusal(failing, { user_id: 3 }, sql)).toEqual({
      code: '22P02',
      message: 'invalid input syntax for type integer',
    })
  })

  test('a FETCH that was prepared over another cursor of its name does not show it either', async () => {
    await withClient(failing, { user_id: 3 }, async (client) => {
      const fetch = { name: 'f', text: 'FETCH ALL FROM c' }
      await client.query('BEGIN; DECLARE c CURSOR FOR SELECT 1')
      expect((await client.query(fetch)).rows).toHaveLength(1)
      await client.query('CLOSE c; DECLARE c CURSOR FOR SELECT id FROM "BySql"')
      const error = (await client.query(fetch).catch((thrown: unknown) => thrown)) as pg.DatabaseError
      expect(error).toMatchObject({ code: '22P02', message: 'invalid input syntax for type integer' })
    })
  })

  test.each([
    [
      `SELECT CAST(note AS int) FROM "Orders" WHERE note IS NOT NULL`,
      /^invalid input syntax for type integer: "note '/,
    ],
    [
      `BEGIN; DECLARE c CURSOR FOR SELECT CAST(note AS int) FROM "Orders" WHERE note IS NOT NULL; FETCH ALL c`,
      /^invalid input syntax for type integer: "note '/,
    ],
    [`SELECT CAST('x' AS int) FROM "Orders"`, /^invalid input syntax for type integer: "x"$/],
  ])('%s fails on an own row and shows it', async (sql, message) => {
    const found = await refusal(policies, { user_id: 3, company_id: 2 }, sql)
    expect(found.code).toBe('22P02')
    expect(found.message).toMatch(message)
  })

  test.each([
    ['SELECT ARRAY[] FROM "Orders"', '42P18', 8, /^cannot determine type of empty array$/],
    ['SELECT sum(id) OVER nosuch FROM "Orders"', '42704', 21, /^window "nosuch" does not exist$/],
    [
      'WITH a (x, y) AS (SELECT 1) SELECT * FROM a',
      '42P10',
      6,
      /^WITH query "a" has 1 columns available but 2/,
    ],
    ['SELECT sum(id) OVER (w) FROM "Orders"', '42704', 21, /^window "w" does not exist$/],
  ])('%s is the own mistake of who wrote it', async (sql, code, position, message) => {
    await withClient(policies, { user_id: 3, company_id: 2 }, async (client) => {
      const error = (await client.query(sql).catch((thrown: unknown) => thrown)) as pg.DatabaseError
      expect({ code: error.code, position: Number(error.position) }).toEqual({ code, position })
      expect(error.message).toMatch(message)
    })
  })
})
