import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { seedTenants } from '../support/tenants.js'

const COLUMNS = [
  'user_id',
  'created_at',
  'placed',
  'day',
  'gap',
  'ratio',
  'amount',
  'big',
  'code',
  'uid',
  'kind',
]

/** A rule whose edge lies between rows, and the condition that says the same for good. */
interface Rule {
  readonly member: string
  readonly operator: string
  readonly values: string
  readonly means: string
}
const CREATED = '2025-01-08'
const RULES: readonly Rule[] = [
  {
    member: 'created_at',
    operator: 'gte',
    values: 'securityContext.since',
    means: `created_at >= '${CREATED} 04:00:00+00'`,
  },
  {
    member: 'created_at',
    operator: 'lt',
    values: 'securityContext.day',
    means: `created_at < '${CREATED} 00:00:00+00'`,
  },
  {
    member: 'created_at',
    operator: 'equals',
    values: 'securityContext.moments',
    means: `created_at IN ('2025-01-01 07:00+00', '2025-01-01 14:00+00')`,
  },
  {
    member: 'created_at',
    operator: 'notEquals',
    values: 'securityContext.moments',
    means: `created_at NOT IN ('2025-01-01 07:00+00', '2025-01-01 14:00+00')`,
  },
  {
    member: 'created_at',
    operator: 'inDateRange',
    values: "['2025-01-05', '2025-01-09 02:00:00']",
    means: `created_at >= '2025-01-05 00:00+00' AND created_at <= '2025-01-09 02:00+00'`,
  },
  {
    member: 'created_at',
    operator: 'afterDate',
    values: "'2025-04-01'",
    means: `created_at > '2025-04-01 23:59:59.999999+00'`,
  },
  {
    member: 'created_at',
    operator: 'beforeOrOnDate',
    values: "'2025-01-02T03:04:05.678901+05:30'",
    means: `created_at <= '2025-01-01 21:34:05.678901+00'`,
  },
  {
    member: 'placed',
    operator: 'gte',
    values: 'securityContext.shifted',
    means: `placed >= '2025-03-10 01:30:00'`,
  },
  {
    member: 'placed',
    operator: 'notInDateRange',
    values: "['2025-03-02', '2025-03-20']",
    means: `placed < '2025-03-02' OR placed > '2025-03-20 23:59:59.999999'`,
  },
  { member: 'day', operator: 'gt', values: 'securityContext.ambiguous', means: `day > '2025-02-03'` },
  {
    member: 'day',
    operator: 'equals',
    values: "['2025-01-02', '2025-02-01']",
    means: `day IN ('2025-01-02', '2025-02-01')`,
  },
  { member: 'amount', operator: 'lte', values: "'50.5'", means: 'amount <= 50.5' },
  { member: 'ratio', operator: 'gt', values: "'3.142857142857143'", means: 'ratio > 3.142857142857143' },
  { member: 'big', operator: 'gte', values: "'9000000000'", means: 'big >= 9000000000' },
  { member: 'code', operator: 'equals', values: "['c7  ', 'c8']", means: "code IN ('c7', 'c8')" },
  { member: 'code', operator: 'startsWith', values: "'C1'", means: "code ILIKE 'c1%'" },
  {
    member: 'uid',
    operator: 'equals',
    values: "'C4CA4238-A0B9-2382-0DCC-509A6F75849B'",
    means: "uid = md5('1')::uuid",
  },
  { member: 'uid', operator: 'startsWith', values: "'c'", means: "uid::text ILIKE 'c%'" },
  { member: 'kind', operator: 'notEquals', values: "'retail'", means: "kind <> 'retail'" },
] // prettier-ignore

/** The text of these columns is the client's to change. */
const UNSAFE: readonly (readonly [string, string, string])[] = [
  ['created_at', 'notStartsWith', "'2025-01'"],
  ['created_at', 'contains', "'+00'"],
  ['placed', 'notContains', "'03'"],
  ['day', 'endsWith', "'-01'"],
  ['ratio', 'notContains', "'.'"],
  ['gap', 'equals', "'01:00:00'"],
  ['gap', 'notEquals', "'01:00:00'"],
  ['gap', 'gt', "'01:00:00'"],
]

const cube = (name: string, policy: string, sql = 'sql_table: `public.orders`'): string => `
cube('${name}', { ${sql},
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true },
    ${COLUMNS.map((column) => `${column}: { sql: '${column}', type: '${/_at|placed|day/.test(column) ? 'time' : 'string'}' }`).join(', ')} },
  ${policy} })`
const policy = (member: string, operator: string, values: string): string =>
  `access_policy: [{ role: '*', row_level: { filters: [{ member: '${member}', operator: '${operator}', values: ${values} }] } }]`

const CLAIMED =
  'sql: `SELECT * FROM public.orders WHERE ${SECURITY_CONTEXT.since.filter((since) => `created_at >= ${since}`)}`'
const FILES = {
  'model/cubes.js': [
    ...RULES.map(({ member, operator, values }, index) =>
      cube(`Rule${index}`, policy(member, operator, values)),
    ),
    ...UNSAFE.map(([member, operator, values], index) =>
      cube(`Unsafe${index}`, policy(member, operator, values)),
    ),
    cube('Claimed', '', CLAIMED),
    cube('Gap', '', "sql: `SELECT * FROM public.orders WHERE ${SECURITY_CONTEXT.gap.filter('gap')}`"),
  ].join('\n'),
}
const CLAIMS = {
  since: `${CREATED} 04:00:00`,
  day: CREATED,
  moments: ['2025-01-01 07:00', '2025-01-01T16:00:00+02'],
  shifted: '2025-03-10T03:30:00+02:00',
  ambiguous: '2025-02-03',
  gap: '01:00:00',
}

/** What a client may set, and what it would make of a text that says no zone, or a day in digits. */
const SETTINGS = [
  '',
  `SET TimeZone = 'Pacific/Kiritimati'`,
  `SET TimeZone = 'Etc/GMT+12'`,
  `SET TimeZone = 'FOO+167:59'`,
  `SET TIME ZONE -11.5`,
  `SET DateStyle = 'SQL, DMY'`,
  `SET DateStyle = 'German, YMD'`,
  `SET DateStyle = 'Postgres, MDY'`,
  `SET IntervalStyle = 'sql_standard'`,
  'SET extra_float_digits = -15',
  `SET bytea_output = 'escape'`,
]

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

async function ids(setting: string, sql: string): Promise<string> {
  const client = await gateway.client(CLAIMS)
  try {
    if (setting !== '') await client.query(setting)
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return String(rows[0]?.[0])
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  } finally {
    await client.end()
  }
}

const reference = async (condition: string): Promise<string> => {
  await cluster.query("SET TimeZone = 'UTC'")
  const { rows } = await cluster.query(
    `SELECT string_agg(id::text, ',' ORDER BY id) AS ids FROM public.orders WHERE ${condition}`,
  )
  return String(rows[0].ids)
}
const listed = (name: string): string => `SELECT string_agg(id::text, ',' ORDER BY id) FROM "${name}"`

describe('no setting of the client moves the edge of its rows', () => {
  test.each(RULES.map((rule, index) => ({ ...rule, index })))(
    '$member $operator $values',
    async ({ index, means }) => {
      const own = await reference(means)
      expect(own.split(',').length).toBeLessThan(400)
      for (const setting of SETTINGS)
        expect([setting, await ids(setting, listed(`Rule${index}`))]).toEqual([setting, own])
    },
  )
  test('a claim inside the SQL of a cube', async () => {
    const own = await reference(`created_at >= '${CREATED} 04:00:00+00'`)
    for (const setting of SETTINGS)
      expect([setting, await ids(setting, listed('Claimed'))]).toEqual([setting, own])
  })
  test.each(['Claimed', 'Rule0', 'Rule4'])('a cursor has the rows of SELECT: %s', async (name) => {
    for (const setting of SETTINGS) {
      const client = await gateway.client(CLAIMS)
      if (setting !== '') await client.query(setting)
      const { rows } = await client
        .query(`DECLARE c CURSOR WITH HOLD FOR ${listed(name)}; FETCH ALL FROM c`)
        .then((results) => (results as unknown as { rows: { string_agg: string }[] }[])[1] ?? { rows: [] })
      expect([setting, rows[0]?.string_agg]).toEqual([setting, await ids('', listed(name))])
      await client.end()
    }
  })
})

test.each(UNSAFE.map(([member, operator], index) => ({ member, operator, index })))(
  'a rule over a text that settings change is refused: $member $operator',
  async ({ index }) => {
    for (const setting of SETTINGS)
      expect(await ids(setting, listed(`Unsafe${index}`))).toMatch(/^42501 the column of/)
  },
)

test('so is a claim beside such a column', async () => {
  expect(await ids('', listed('Gap'))).toMatch(/^42501 what claim "gap" filters/)
})

test.each([
  '01/02/2025',
  '2025-02-30',
  '2025-1-2',
  '20250102',
  'today',
  'infinity',
  '2025-01-01 24:00',
  '2025-01-01 10:00 PST',
  '0000-01-01',
  '2025-01-01+16',
])('no moment: %s', async (since) => {
  const client = await gateway.client({ ...CLAIMS, since })
  await expect(client.query(listed('Rule0'))).rejects.toMatchObject({ code: '42501' })
  await expect(client.query(listed('Claimed'))).rejects.toMatchObject({ code: '42501' })
  await client.end()
})
