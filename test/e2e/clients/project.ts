import type { Cluster } from '../../support/cluster.js'

/** Who the clients are. The token has this claim too, so that it is as long as the tokens of large identity providers. */
export const CLAIMS = { company_id: 2, padding: 'x'.repeat(1_400) }

/** 20,000 orders of the claim's company, 5,000 of each status, and 10,000 of another; salaries that nobody here may see. */
export async function seed(cluster: Cluster): Promise<void> {
  await cluster.query(`CREATE SCHEMA shop
    CREATE TABLE users (id int PRIMARY KEY, company_id int NOT NULL, name text NOT NULL, email text NOT NULL)
    CREATE TABLE orders (
      id int PRIMARY KEY, company_id int NOT NULL, user_id int NOT NULL, status text NOT NULL, amount numeric(10,2), note varchar(40),
      created_at timestamptz NOT NULL, day date NOT NULL, flag boolean, tags text[], uid uuid, meta jsonb)
    CREATE TABLE salaries (id int PRIMARY KEY, monthly numeric)`)
  await cluster.query(
    "INSERT INTO shop.users SELECT n, 1 + n % 2, 'person ' || n, n || '@example.com' FROM generate_series(1, 8) n",
  )
  await cluster.query(`INSERT INTO shop.orders SELECT n, CASE WHEN n % 3 = 0 THEN 1 ELSE 2 END, 1 + n % 4 * 2,
      (ARRAY['new', 'paid', 'returned', 'shipped'])[1 + n / 3 % 4], n % 1000 / 4.0, CASE WHEN n % 7 > 0 THEN 'Zoë ' || n END,
      timestamptz '2025-01-01 00:00+00' + n * interval '7 minutes', date '2025-01-01' + n % 60, n % 2 = 0, ARRAY['a' || n % 3, NULL],
      md5(n::text)::uuid, jsonb_build_object('n', n)
    FROM generate_series(1, 30000) n`)
  await cluster.query('ANALYZE')
}

/** Two cubes to see, with a join and a column that is hidden; two that are not to be seen. */
export const PROJECT: Readonly<Record<string, string>> = {
  'model/Orders.js': `
cube('Orders', {
  sql_table: 'shop.orders',
  description: 'Orders of the shop',
  joins: { Users: { relationship: 'many_to_one', sql: \`\${CUBE}.user_id = \${Users}.id\` } },
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true },
    company: { sql: 'company_id', type: 'number', public: false },
    user_id: { sql: 'user_id', type: 'number' },
    status: { sql: 'status', type: 'string', description: 'State of the order' },
    amount: { sql: 'amount', type: 'number' },
    note: { sql: 'note', type: 'string' },
    created_at: { sql: 'created_at', type: 'time' },
    day: { sql: 'day', type: 'time' },
    flag: { sql: 'flag', type: 'boolean' },
    tags: { sql: 'tags', type: 'string' },
    uid: { sql: 'uid', type: 'string' },
    meta: { sql: 'meta', type: 'string' },
  },
  measures: {
    count: { type: 'count' },
    total: { type: 'sum', sql: 'amount' },
  },
  segments: { paid: { sql: \`\${CUBE}.status = 'paid'\` } },
  access_policy: [
    { role: '*', row_level: { filters: [{ member: 'company', operator: 'equals', values: [securityContext.company_id] }] } },
  ],
})`,
  'model/users.yml': `
cubes:
  - name: Users
    sql_table: shop.users
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: company_id, sql: company_id, type: number, public: false }
      - { name: name, sql: name, type: string }
      - { name: email, sql: email, type: string }
    measures:
      - { name: count, type: count }
    access_policy:
      - group: "*"
        member_level: { includes: "*", excludes: [email] }
        row_level:
          filters:
            - { member: company_id, operator: equals, values: ["{ security_context.company_id }"] }
`,
  'model/Salaries.js': `
cube('Salaries', {
  sql_table: 'shop.salaries',
  dimensions: { id: { sql: 'id', type: 'number', primary_key: true }, monthly: { sql: 'monthly', type: 'number' } },
  access_policy: [{ role: 'hr', member_level: { includes: '*' }, row_level: { allow_all: true } }],
})
cube('Internal', { sql_table: 'shop.salaries', public: false, dimensions: { id: { sql: 'id', type: 'number', primary_key: true } } })`,
}
