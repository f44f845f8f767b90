import type { Cluster } from './cluster.js'

/** Columns of the orders table, in order; the cube of the tests shows the same. */
const COLUMNS = `
  id int PRIMARY KEY, user_id int NOT NULL, status text NOT NULL, amount numeric(10,2), created_at timestamptz NOT NULL, placed timestamp,
  note varchar(40), tags text[], meta jsonb, uid uuid, day date, ratio float8, flag boolean, small smallint, big bigint, gap interval,
  code char(4), kind shop_kind`

/** Two tenants with schemas of their own, and shared tables with rows of both; the same on every run. */
export async function seedTenants(cluster: Cluster): Promise<void> {
  await cluster.query(`CREATE TYPE shop_kind AS ENUM ('retail', 'wholesale')`)
  for (const tenant of [1, 2]) {
    await cluster.query(`CREATE SCHEMA tenant_${tenant}`)
    await cluster.query(`CREATE TABLE tenant_${tenant}.orders (${COLUMNS})`)
    await cluster.query(rows(`tenant_${tenant}.orders`, tenant * 1_000))
  }
  await cluster.query(`CREATE TABLE public.orders (${COLUMNS})`)
  await cluster.query(rows('public.orders', 0))
  await cluster.query(
    `CREATE TABLE public.users AS SELECT n AS id, 1 + n % 2 AS company_id, 'person ' || n AS name FROM generate_series(1, 8) n`,
  )
  await cluster.query('ALTER TABLE public.users ADD PRIMARY KEY (id)')
  await cluster.query(
    `CREATE TABLE public.line_items AS SELECT n AS id, 1 + n % 400 AS order_id, (ARRAY['lamp','desk'])[1 + n % 2] AS product, n % 5 AS quantity FROM generate_series(1, 1200) n`,
  )
  await cluster.query('ANALYZE')
}

function rows(table: string, offset: number): string {
  return `INSERT INTO ${table} SELECT n + ${offset}, 1 + n % 8, (ARRAY['new','paid','completed'])[1 + n % 3],
    CASE WHEN n % 11 = 0 THEN NULL ELSE (n * 37 % 10000) / 100.0 END, timestamptz '2025-01-01 00:00+00' + n * interval '7 hours',
    timestamp '2025-03-01' + n * interval '90 minutes', CASE WHEN n % 7 = 0 THEN NULL ELSE 'note ''' || n || '\\' END,
    ARRAY['a' || n % 3, NULL, 'b,"' || n], jsonb_build_object('n', n, 'deep', jsonb_build_array(n, 'x')), md5(n::text)::uuid,
    date '2025-01-01' + n % 60, CASE WHEN n % 13 = 0 THEN 'NaN'::float8 ELSE n / 7.0 END, CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END,
    n % 300, n::bigint * 3000000000, n * interval '1 hour', 'c' || n % 50, (ARRAY['retail','wholesale'])[1 + n % 2]::shop_kind
    FROM generate_series(1, 400) n`
}

/** The cube over public.orders of the differential suite: all columns, and measures. Rows are limited to the claim's user. */
export const PROJECT: Readonly<Record<string, string>> = {
  'model/Orders.js': `
cube('Orders', {
  sql_table: 'public.orders',
  joins: { Users: { relationship: 'many_to_one', sql: \`\${CUBE}.user_id = \${Users}.id\` } },
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true },
    ${[
      'user_id',
      'status',
      'amount',
      'created_at',
      'placed',
      'note',
      'tags',
      'meta',
      'uid',
      'day',
      'ratio',
      'flag',
      'small',
      'big',
      'gap',
      'code',
      'kind',
    ]
      .map(
        (name) =>
          `${name}: { sql: '${name}', type: '${name === 'created_at' ? 'time' : name === 'user_id' ? 'number' : 'string'}' }`,
      )
      .join(',\n    ')}
  },
  measures: {
    count: { type: 'count' },
    total: { type: 'sum', sql: 'amount' },
    mean: { type: 'avg', sql: 'amount' },
    largest: { type: 'max', sql: 'amount' },
    buyers: { type: 'count_distinct', sql: 'user_id' },
    paid_count: { type: 'count', filters: [{ sql: \`\${CUBE}.status = 'paid'\` }] },
    paid_share: { type: 'number', sql: \`1.0 * \${paid_count} / NULLIF(\${count}, 0)\` },
  },
  segments: { paid: { sql: \`\${CUBE}.status = 'paid'\` } },
  access_policy: [{ role: '*', row_level: { filters: [{ member: 'user_id', operator: 'equals', values: [securityContext.user_id] }] } }],
})`,
  'model/users.yml': `
cubes:
  - name: Users
    sql_table: users
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: company_id, sql: company_id, type: number }
      - { name: name, sql: name, type: string }
    measures:
      - { name: count, type: count }
    access_policy:
      - group: "*"
        row_level:
          filters:
            - { member: company_id, operator: equals, values: ["{ security_context.company_id }"] }
`,
}

/** The same tables as views of one context's rows: what Rowgate's answers are compared with. */
export async function createReferenceViews(
  cluster: Cluster,
  { userId, companyId }: { userId: number; companyId: number },
): Promise<void> {
  await cluster.query(`CREATE SCHEMA reference
    CREATE VIEW "Orders" AS SELECT id, user_id, status, amount, created_at, placed, note, tags, meta, uid, day, ratio, flag, small, big, gap, code,
      kind::text AS kind, 1 AS count, amount AS total, amount AS mean, amount AS largest, user_id AS buyers,
      CASE WHEN status = 'paid' THEN 1 END AS paid_count,
      1.0 * CASE WHEN CASE WHEN status = 'paid' THEN 1 END IS NOT NULL THEN 1 ELSE 0 END / NULLIF(CASE WHEN 1 IS NOT NULL THEN 1 ELSE 0 END, 0) AS paid_share,
      status = 'paid' AS paid FROM public.orders WHERE user_id = ${userId}
    CREATE VIEW "Users" AS SELECT id, company_id, name, 1 AS count FROM public.users WHERE company_id = ${companyId}`)
}
