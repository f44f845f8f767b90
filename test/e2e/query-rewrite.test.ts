import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

/** What the claim `mode` has queryRewrite do: the ways in which hooks are written. */
const CUBE_JS = `
const own = (id) => ({ member: 'Orders.user_id', operator: 'equals', values: [String(id)] })
const ways = {
  push: (query, id) => { query.filters.push(own(id)); return query },
  first: (query, id) => { query.filters.unshift(own(id)); return query },
  replace: (query, id) => ({ ...query, filters: [own(id)] }),
  clone: (query, id) => { const copy = JSON.parse(JSON.stringify(query)); copy.filters.push(own(id)); return copy },
  change: (query, id) => { for (const filter of query.filters) filter.values = [String(id)]; query.filters.push(own(id)); return query },
  unless: (query, id) => { if (!query.filters.some((f) => f.member === 'Orders.user_id')) query.filters.push(own(id)); return query },
  named: (query, id) => { if ([...query.dimensions, ...query.measures].some((name) => name.startsWith('Orders.'))) query.filters.push(own(id)); return query },
  segment: (query) => { query.segments.push('Orders.paid'); return query },
  once: (query) => { if (!query.segments.includes('Orders.paid')) query.segments.push('Orders.paid'); return query },
  set: (query) => ({ ...query, segments: [...new Set([...query.segments, 'Orders.paid'])] }),
  nothing: (query) => query,
  names: (query) => { throw new Error([...query.measures, ...query.dimensions, ...query.segments].join(' ')) },
  undefined: () => undefined,
  null: () => null,
  text: () => 'query',
  list: (query) => [query],
  later: async (query, id) => { await null; return ways.push(query, id) },
  rejects: async () => { throw new Error('not you') },
  measure: (query) => { query.filters.push({ member: 'Orders.count', operator: 'gt', values: ['0'] }); return query },
  unknown: (query) => { query.filters.push({ member: 'Nowhere.id', operator: 'equals', values: ['1'] }); return query },
  operator: (query) => { query.filters.push({ member: 'Orders.id', operator: 'isAnything', values: ['1'] }); return query },
  empty: (query) => { query.filters.push({ or: [] }); return query },
  novalues: (query) => { query.filters.push({ member: 'Orders.id', operator: 'equals' }); return query },
  limit: (query) => ({ ...query, limit: 1 }),
}
module.exports = { queryRewrite: (query, { securityContext: { mode, user_id } }) => ways[mode](query, user_id) }
`

const FILES = {
  'cube.js': CUBE_JS,
  'model/Orders.js': (PROJECT['model/Orders.js'] ?? '').replace(/\n {2}access_policy.*\n/, '\n'),
  'model/users.yml': PROJECT['model/users.yml'] ?? '',
}

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, FILES)
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

async function ask(mode: string, sql: string): Promise<unknown> {
  const client = await gateway.client({ user_id: 3, company_id: 1, mode })
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.end()
  }
}

/** The client writes the very filter that the hook adds, where it limits one place only. */
const FORGED = [
  `SELECT (SELECT max(user_id) FROM "Orders") FROM "Orders" o WHERE o.user_id = '3' LIMIT 1`,
  'SELECT max(b.user_id) FROM "Orders" a, "Orders" b WHERE a.user_id = 3',
  'SELECT max(b.user_id) FROM "Orders" a LEFT JOIN "Orders" b ON true WHERE a.user_id = 3',
  'SELECT max(x.user_id) FROM "Orders" a, LATERAL (SELECT user_id FROM "Orders") x WHERE a.user_id IN (3)',
  'WITH x AS (SELECT user_id FROM "Orders") SELECT max(x.user_id) FROM "Orders" a, x WHERE a.user_id = 3',
  'SELECT max(user_id) FROM "Orders" WHERE user_id = 3 AND CASE WHEN user_id <> 3 THEN 1 / (user_id - user_id) = 1 ELSE true END',
  'SELECT max(user_id) FROM "Orders"',
]

describe('a filter of queryRewrite holds for every place that reads the cube', () => {
  for (const mode of ['push', 'first', 'replace', 'clone', 'change', 'later'])
    test.each(FORGED)(`${mode}: %s`, async (sql) => {
      expect(await ask(mode, sql)).toEqual([3])
    })
  test.each(FORGED)(
    'a hook that believes a filter of the client hears only of what limits all its rows: %s',
    async (sql) => {
      expect(await ask('unless', sql)).toEqual([3])
    },
  )
})

test.each([
  'SELECT paid FROM "Orders" GROUP BY 1',
  'SELECT 1 FROM "Orders" WHERE paid',
  'SELECT 1 FROM "Orders" WHERE paid IS TRUE AND paid',
  'SELECT 1 FROM "Orders"',
  'SELECT count(paid) FROM "Orders"',
  'SELECT sum(count) FROM "Orders"',
  'SELECT (SELECT bool_or(paid) FROM "Orders") FROM "Users"',
])('a hook that looks for the cube among dimensions and measures finds it: %s', async (sql) => {
  const client = await gateway.client({ user_id: 3, company_id: 1, mode: 'named' })
  const { rows } = await client.query({ text: `EXPLAIN ${sql}`, rowMode: 'array' })
  await client.end()
  expect(rows.flat().join('\n')).toContain('Orders.user_id equals')
})

test.each(['segment', 'once', 'set'])(
  'a segment that the statement reads limits nothing by itself: %s',
  async (mode) => {
    const own = await cluster.query(`SELECT count(*) FROM public.orders WHERE status = 'paid'`)
    for (const sql of [
      'SELECT count(*), bool_and(paid) FROM "Orders"',
      'SELECT count(*), bool_and(paid) FROM (SELECT * FROM "Orders") o',
      'SELECT (SELECT count(*) FROM "Orders"), (SELECT bool_and(paid) FROM "Orders") FROM "Orders" WHERE paid LIMIT 1',
      'SELECT count(*), bool_and(paid) FROM "Orders" WHERE paid OR true',
    ])
      expect(await ask(mode, sql)).toEqual([own.rows[0].count, true])
    const all = await cluster.query('SELECT count(*) FROM public.orders')
    expect(await ask('nothing', 'SELECT count(*), bool_and(paid) FROM "Orders"')).toEqual([
      all.rows[0].count,
      false,
    ])
  },
)

test('a client keeps its own conditions, whatever the hook does with what it was told of them', async () => {
  for (const mode of ['push', 'replace', 'clone', 'later'])
    expect(
      await ask(
        mode,
        `SELECT DISTINCT user_id FROM "Orders" WHERE user_id = 3 AND status <> 'new' AND id > 1`,
      ),
    ).toEqual([3])
  expect(await ask('push', 'SELECT DISTINCT user_id FROM "Orders" WHERE id > 1.5 AND user_id = 3')).toEqual([
    3,
  ])
  expect(await ask('replace', 'SELECT user_id FROM "Orders" WHERE user_id = 4')).toBeUndefined()
})

test.each([
  'undefined',
  'null',
  'text',
  'list',
  'rejects',
  'measure',
  'unknown',
  'operator',
  'empty',
  'novalues',
  'limit',
])('%s: what cannot be carried out is refused', async (mode) => {
  expect(await ask(mode, 'SELECT count(*) FROM "Orders"')).toBe('42501')
})

test.each([
  ['SELECT 1 FROM "Orders" WHERE note IS NULL', 'Orders.note'],
  ['SELECT 1 FROM "Orders" ORDER BY note', 'Orders.note'],
  ['SELECT 1 FROM "Orders" GROUP BY note', 'Orders.note'],
  ['SELECT 1 FROM "Orders" HAVING max(note) IS NULL', 'Orders.note'],
  ['SELECT 1 FROM "Users" u JOIN "Orders" o ON o.note IS NULL', 'Orders.note'],
  ['SELECT sum(1) FILTER (WHERE note IS NULL) FROM "Orders"', 'Orders.note'],
  ['SELECT sum(1) OVER (PARTITION BY note) FROM "Orders"', 'Orders.note'],
  ['SELECT 1 FROM "Users" WHERE EXISTS (SELECT FROM "Orders" WHERE note IS NULL)', 'Orders.note'],
  ['SELECT 1 FROM "Users" NATURAL JOIN "Orders"', 'Orders.id'],
  ['SELECT o FROM "Orders" o', 'Orders.note'],
  ['SELECT 1 FROM "Orders" WHERE paid', 'Orders.paid'],
  ['SELECT MEASURE(paid_share) FROM "Orders"', 'Orders.paid_share'],
  ['TABLE "Orders"', 'Orders.note'],
  ['SELECT count(*) FROM "Orders"', 'Orders.id'],
])('the hook hears of every member: %s', async (sql, member) => {
  const client = await gateway.client({ user_id: 3, company_id: 1, mode: 'names' })
  const message = await client.query(sql).then(
    () => '',
    (error: Error) => error.message,
  )
  await client.end()
  expect(message.split(' ')).toContain(member)
})
