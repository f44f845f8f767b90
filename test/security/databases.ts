import pg from 'pg'
import type { Cluster } from '../support/cluster.js'

/**
 * Two databases that differ only in what the tenant of the attacks must not see, and a third that holds nothing else than what they may see.
 * A and B have the same schema and the same own rows. Other tenants' rows, hidden columns and tables without a cube hold other values, in
 * another number, and in A they are such that casts, divisions, roots, patterns and JSON over them fail.
 */
export interface Databases {
  readonly a: Cluster
  readonly b: Cluster
  readonly reference: Cluster
}

/** Claims of the attacker. */
export const OWN_CLAIMS = { user_id: 3, company_id: 2, ids: [3, 11], region: 'north', groups: [] } as const
/** Claims of somebody else, who must see no trace of the attacker. */
export const NEIGHBOUR_CLAIMS = { user_id: 5, company_id: 4, ids: [5], region: 'south', groups: [] } as const

/** Claims of one who sees cubes and members that the attacker does not. */
export const AUDITOR_CLAIMS = {
  user_id: 9,
  company_id: 7,
  ids: [9],
  region: 'west',
  groups: ['auditor'],
} as const

/** Values that belong to others or are hidden; they never occur in own visible rows. */
export const FOREIGN_MARKER = /(?:SECRET|HIDDEN|UNLISTED|PAYROLL|LEDGER)-[AB]-[a-z0-9-]+/gi
/** Names that exist upstream only. */
export const UPSTREAM_NAME =
  /backroom|order_rows|payroll|hidden_cost|hidden_pin|unlisted|tenant_\d|upstream_(?:alpha|beta)|all_orders|evil_schema|guarded_pins?|GuardedAudit|rowgate_\d|\bConcealed\b/gi

interface Side {
  readonly letter: 'A' | 'B'
  readonly name: string
  readonly foreignRows: number
}

const SIDES: readonly Side[] = [
  { letter: 'A', name: 'upstream_alpha', foreignRows: 400 },
  { letter: 'B', name: 'upstream_beta', foreignRows: 523 },
]
const REFERENCE = 'reference'
const OWN_ROWS = 40

const ORDER_COLUMNS = `id int PRIMARY KEY, user_id int NOT NULL, company_id int NOT NULL, region text, status text NOT NULL,
  amount numeric(12,2), created_at timestamptz, placed timestamp, day date, note varchar(60), tags text[], nums int[], meta jsonb,
  ratio float8, flag boolean, small smallint, big bigint, gap interval, code char(4), secret text NOT NULL, divisor int NOT NULL,
  digits text NOT NULL, pattern text NOT NULL, document text NOT NULL, moment text NOT NULL, sign int NOT NULL,
  hidden_cost text NOT NULL, hidden_pin int NOT NULL, unlisted text NOT NULL, shape shape_kind`

const VISIBLE = `id, user_id, company_id, region, status, amount, created_at, placed, day, note, tags, nums, meta, ratio, flag, small, big, gap,
  code, secret, divisor, digits, pattern, document, moment, sign`

/** Rows of the attacker: the same on both sides, but for hidden columns. */
function ownRows({ letter }: Side): string {
  return `INSERT INTO public.orders SELECT n, 3, 2, 'north', (ARRAY['new','paid','completed'])[1 + n % 3],
    CASE WHEN n % 11 = 0 THEN NULL ELSE (n * 37 % 1000) / 10.0 END, timestamptz '2025-01-01 00:00+00' + n * interval '7 hours',
    timestamp '2025-03-01' + n * interval '90 minutes', date '2025-01-01' + n % 30, CASE WHEN n % 7 = 0 THEN NULL ELSE 'note ''' || n || '\\' END,
    ARRAY['a' || n % 3, NULL, 'b,"' || n], ARRAY[n, n + 1], jsonb_build_object('n', n, 'deep', jsonb_build_array(n, 'x')),
    n / 7.0, CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END, n % 30, n::bigint * 3000000000, n * interval '1 hour', 'c' || n % 9,
    'OWN-' || n, 1 + n % 4, (n * 3)::text, 'own%', '{"n": ' || n || '}', '2025-01-' || lpad((1 + n % 28)::text, 2, '0'), 1 + n % 5,
    'HIDDEN-${letter}-cost-' || n, ${letter === 'A' ? 'n * 7' : 'n * 11 + 1'}, 'UNLISTED-${letter}-' || n, 'round'
    FROM generate_series(1, ${OWN_ROWS}) n`
}

/** Rows of others: in A they break what is computed over them. */
function foreignRows({ letter, foreignRows: rows }: Side): string {
  const bad = letter === 'A'
  return `INSERT INTO public.orders SELECT 1000 + n, (ARRAY[1,2,4,5,6,7,8])[1 + n % 7], (ARRAY[1,3,4])[1 + n % 3], (ARRAY['south','east'])[1 + n % 2],
    (ARRAY['new','paid','secret-${letter.toLowerCase()}-row'])[1 + n % 3], n * ${bad ? 1000 : 77}, timestamptz '${bad ? 'infinity' : '2020-05-05'}',
    timestamp '${bad ? '-infinity' : '2020-05-05'}', date '${bad ? '4000-01-01' : '2021-01-01'}' + n, 'SECRET-${letter}-note-' || n,
    ARRAY['SECRET-${letter}-tag-' || n], ${bad ? "'{}'" : 'ARRAY[n]'}, jsonb_build_object('SECRET-${letter}-key-' || n, n),
    ${bad ? "'-infinity'" : '-n'}, n % 2 = 0, n % 300, ${bad ? '9223372036854775807' : 'n'}, n * interval '${bad ? '1000 years' : '1 day'}',
    '${letter}' || n % 99, 'SECRET-${letter}-u' || n % 7 || '-' || md5('${letter}' || n), ${bad ? '0' : '3'},
    ${bad ? "'SECRET-A-digits-' || n" : 'n::text'}, ${bad ? "'SECRET-A-pattern\\'" : "'x%'"}, ${bad ? "'SECRET-A-json {'" : "'{}'"},
    ${bad ? "'SECRET-A-moment'" : "'2024-02-02'"}, ${bad ? '-n' : 'n'}, 'HIDDEN-${letter}-cost-' || n, n, 'UNLISTED-${letter}-' || n, 'square'
    FROM generate_series(1, ${rows}) n`
}

const SCHEMA: readonly string[] = [
  `CREATE TYPE shape_kind AS ENUM ('round', 'square')`,
  'CREATE SCHEMA backroom',
  'CREATE SCHEMA evil_schema',
  `CREATE TABLE public.orders (${ORDER_COLUMNS})`,
  'CREATE INDEX ON public.orders (user_id)',
  'CREATE TABLE backroom.people (id int PRIMARY KEY, company_id int NOT NULL, name text NOT NULL, email text NOT NULL, wage int NOT NULL)',
  'CREATE TABLE backroom.items (id int PRIMARY KEY, order_id int NOT NULL, product text NOT NULL, quantity int NOT NULL)',
  'CREATE TABLE backroom.events (id int PRIMARY KEY, actor int NOT NULL, what text NOT NULL)',
  'CREATE TABLE backroom.payroll (id int PRIMARY KEY, person text NOT NULL)',
  'CREATE TABLE public.users (id int PRIMARY KEY, name text NOT NULL)',
  'CREATE TABLE evil_schema.orders (id int, secret text)',
  'CREATE SEQUENCE public.order_numbers',
  'CREATE VIEW public.all_orders AS SELECT * FROM public.orders',
  `CREATE FUNCTION public.count_orders() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.orders'`,
  `CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT 'hijacked: ' || string_agg(secret, ',') FROM public.orders $$`,
  `CREATE FUNCTION public.peek(int, int) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(secret, ',') FROM public.orders $$`,
  'CREATE OPERATOR public.+ (LEFTARG = int, RIGHTARG = int, FUNCTION = public.peek)',
  'CREATE OPERATOR public.<=>! (LEFTARG = int, RIGHTARG = int, FUNCTION = public.peek)',
  `CREATE AGGREGATE public.sum(text) (SFUNC = textcat, STYPE = text)`,
  'CREATE SCHEMA tenant_2',
  'CREATE SCHEMA tenant_7',
  'CREATE TABLE tenant_2.ledger (id int PRIMARY KEY, entry text NOT NULL)',
  'CREATE TABLE tenant_7.ledger (id int PRIMARY KEY, entry text NOT NULL)',
]

function fill(side: Side): readonly string[] {
  const { letter, foreignRows: rows } = side
  return [
    ownRows(side),
    foreignRows(side),
    `INSERT INTO backroom.people SELECT n, CASE WHEN n <= 4 THEN 2 ELSE 3 + n % 3 END, CASE WHEN n <= 4 THEN 'colleague ' || n ELSE 'SECRET-${letter}-person-' || n END,
      'HIDDEN-${letter}-mail-' || n, n * ${letter === 'A' ? 100 : 333} FROM generate_series(1, ${rows / 10 + 4}) n`,
    `INSERT INTO backroom.items SELECT n, n, 'own product ' || n % 5, n % 4 FROM generate_series(1, ${OWN_ROWS}) n`,
    `INSERT INTO backroom.items SELECT 1000 + n, 1000 + n, 'SECRET-${letter}-product-' || n, ${letter === 'A' ? 0 : 'n'} FROM generate_series(1, ${rows}) n`,
    `INSERT INTO backroom.events SELECT n, 3, 'own event ' || n FROM generate_series(1, 12) n`,
    `INSERT INTO backroom.events SELECT 100 + n, 4 + n % 5, 'SECRET-${letter}-event-' || n FROM generate_series(1, ${rows}) n`,
    `INSERT INTO backroom.payroll SELECT n, 'PAYROLL-${letter}-' || n FROM generate_series(1, ${rows}) n`,
    `INSERT INTO public.users SELECT n, 'SECRET-${letter}-user-' || n FROM generate_series(1, ${rows}) n`,
    `INSERT INTO evil_schema.orders SELECT n, 'SECRET-${letter}-evil-' || n FROM generate_series(1, 9) n`,
    `SELECT setval('public.order_numbers', ${rows + 1})`,
    `INSERT INTO tenant_2.ledger SELECT n, 'own entry ' || n FROM generate_series(1, 8) n`,
    `INSERT INTO tenant_7.ledger SELECT n, 'LEDGER-${letter}-' || n FROM generate_series(1, ${rows}) n`,
    'ANALYZE',
  ]
}

/** The cubes as views of the attacker's rows; both spellings, because a gateway's names match in any case. */
const VIEWS: readonly (readonly [string, string])[] = [
  ['Orders', `SELECT ${VISIBLE}, 1 AS count, amount AS total, status = 'paid' AS paid FROM public.orders`],
  ['Listed', 'SELECT id, secret, divisor, digits, pattern, document, sign FROM public.orders'],
  ['Casted', 'SELECT id, secret, divisor, digits, pattern, document, sign FROM public.orders'],
  ['Regional', 'SELECT id, secret, divisor, digits, pattern, document, sign FROM public.orders'],
  ['Joined', 'SELECT id, secret, divisor, digits, pattern, document, sign FROM public.orders'],
  ['Users', `SELECT id, company_id, name, 1 AS count FROM backroom.people WHERE company_id = 2`],
  [
    'Items',
    'SELECT id, order_id, product, quantity, 1 AS count, quantity AS pieces FROM backroom.items WHERE id <= 40',
  ],
  ['Events', 'SELECT id, what, 1 AS count FROM backroom.events WHERE actor = 3'],
  ...['Hooked', 'Segmented', 'Unless'].map(
    (name) =>
      [
        name,
        'SELECT id, what, actor, 1 AS count, actor = 3 AS own, true AS any FROM backroom.events WHERE actor = 3',
      ] as const,
  ),
  ['Ledger', 'SELECT id, entry FROM tenant_2.ledger'],
]

/** Creates the three databases on one server. */
export async function createDatabases(cluster: Cluster): Promise<Databases> {
  for (const { name } of SIDES) await cluster.query(`CREATE DATABASE ${name}`)
  await cluster.query(`CREATE DATABASE ${REFERENCE}`)
  const [a, b] = await Promise.all(
    SIDES.map(async (side) => {
      await runAll(cluster, side.name, [...SCHEMA, ...fill(side)])
      return { ...cluster, database: side.name }
    }),
  )
  const [first] = SIDES
  if (a === undefined || b === undefined || first === undefined) throw new Error('two sides are needed')
  await runAll(cluster, REFERENCE, [
    ...SCHEMA,
    ...fill({ ...first, foreignRows: 0 }),
    'CREATE SCHEMA reference',
    'SET search_path = reference',
    ...VIEWS.flatMap(([name, sql]) => [
      `CREATE VIEW "${name}" AS ${sql}`,
      `CREATE VIEW ${name} AS SELECT * FROM "${name}"`,
    ]),
  ])
  return { a, b, reference: { ...cluster, database: REFERENCE } }
}

async function runAll(cluster: Cluster, database: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ ...addressOf(cluster), database })
  await client.connect()
  try {
    for (const sql of statements) await client.query(sql)
  } finally {
    await client.end()
  }
}

export function addressOf({ host, port, user, database }: Cluster): pg.ClientConfig {
  return { host, port, user, database }
}

/** What an attack must not have changed: objects, rows, settings, counters. */
const FINGERPRINT = `SELECT (SELECT count(*) FROM pg_class) AS relations, (SELECT count(*) FROM pg_proc) AS functions,
  (SELECT count(*) FROM pg_namespace) AS schemas, (SELECT count(*) FROM pg_largeobject_metadata) AS large_objects,
  (SELECT count(*) FROM pg_db_role_setting) AS role_settings, (SELECT count(*) FROM pg_roles) AS roles,
  (SELECT last_value FROM public.order_numbers) AS number, (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS advisory_locks,
  (SELECT count(*) FROM pg_prepared_xacts) AS prepared, (SELECT count(*) FROM pg_replication_slots) AS slots,
  (SELECT count(*) FROM pg_publication) AS publications, (SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM public.orders o) AS orders,
  (SELECT md5(string_agg(p::text, '' ORDER BY id)) FROM backroom.people p) AS people,
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle') AS busy`

export async function fingerprint(database: Cluster): Promise<unknown> {
  const client = new pg.Client(addressOf(database))
  await client.connect()
  try {
    return (await client.query(FINGERPRINT)).rows[0]
  } finally {
    await client.end()
  }
}
