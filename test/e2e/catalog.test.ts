import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

/** Some see the users, some see secrets of the orders, some see less. */
const FILES: Readonly<Record<string, string>> = {
  ...PROJECT,
  'cube.js': 'module.exports = { contextToGroups: ({ securityContext }) => securityContext.groups ?? [] }',
  'model/Secrets.js': `
cube('Secrets', {
  sql_table: 'public.users',
  title: 'Hidden from most',
  dimensions: {
    id: { sql: 'id', type: 'number', primary_key: true },
    plain: { sql: 'name', type: 'string', description: 'A plain name' },
    codeword: { sql: 'name', type: 'string' },
    internal: { sql: 'name', type: 'string', public: false },
  },
  access_policy: [
    { group: 'agents', member_level: { includes: ['id', 'plain'] } },
    { group: 'chiefs', member_level: { includes: '*' } },
  ],
})
cube('Backstage', { sql_table: 'public.users', public: false, dimensions: { id: { sql: 'id', type: 'number' } } })`,
}
const LIMIT_MS = 1_500
const NOBODY = { user_id: 3, company_id: 2 }
const AGENT = { user_id: 4, company_id: 1, groups: ['agents'] }
const CHIEF = { user_id: 5, company_id: 1, groups: ['chiefs'] }

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, FILES, { ROWGATE_CATALOG_TIMEOUT_MS: String(LIMIT_MS) })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

async function withClient<T>(
  claims: object,
  work: (client: pg.Client) => Promise<T>,
  options: pg.ClientConfig = {},
): Promise<T> {
  const client = await gateway.client(claims, options)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** First columns of the rows, or `ERROR code: message`. */
async function ask(client: pg.Client, sql: string, values?: readonly unknown[]): Promise<readonly unknown[]> {
  try {
    const { rows } = await client.query({
      text: sql,
      rowMode: 'array',
      ...(values === undefined ? {} : { values: [...values] }),
    })
    return rows.map((row: unknown[]) => row[0])
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    return [`ERROR ${code}: ${message}`]
  }
}

const TABLES =
  "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"

describe('what a context may not see does not exist', () => {
  test.each([
    ['nobody', NOBODY, ['Orders', 'Users'], []],
    ['an agent', AGENT, ['Orders', 'Secrets', 'Users'], ['id', 'plain']],
    ['a chief', CHIEF, ['Orders', 'Secrets', 'Users'], ['id', 'plain', 'codeword']],
  ])('%s', (_name, claims, tables, columns) =>
    withClient(claims, async (client) => {
      expect(await ask(client, TABLES)).toEqual(tables)
      expect(
        await ask(
          client,
          "SELECT column_name FROM information_schema.columns WHERE table_name = 'Secrets' ORDER BY ordinal_position",
        ),
      ).toEqual(columns)
      const visible = columns.length > 0
      expect(await ask(client, `SELECT to_regclass('"Secrets"')::text`)).toEqual([
        visible ? '"Secrets"' : null,
      ])
      expect(await ask(client, `SELECT '"Backstage"'::regclass`)).toEqual([
        'ERROR 42P01: relation "Backstage" does not exist',
      ])
      expect(await ask(client, `SELECT has_table_privilege('"Backstage"', 'select')`)).toEqual([
        'ERROR 42P01: relation "Backstage" does not exist',
      ])
      const everything = await ask(
        client,
        `SELECT string_agg(x, ' ') FROM (SELECT c::text AS x FROM pg_class c UNION ALL SELECT a::text FROM pg_attribute a UNION ALL SELECT d::text FROM pg_description d
         UNION ALL SELECT t::text FROM pg_type t UNION ALL SELECT n::text FROM pg_namespace n UNION ALL SELECT k::text FROM pg_constraint k) all_of_it`,
      )
      expect(everything.join('')).not.toMatch(/Backstage|internal_member/)
      if (!columns.some((column) => column === 'codeword'))
        expect(everything.join('')).not.toContain('codeword')
      if (!visible) expect(everything.join('')).not.toMatch(/Secrets|Hidden from most/)
    }),
  )

  test('columns have the types, keys and comments of the model', () =>
    withClient(CHIEF, async (client) => {
      const { rows } = await client.query(
        `SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull, col_description(attrelid, attnum) AS comment
         FROM pg_attribute WHERE attrelid = '"Orders"'::regclass AND attname IN ('id', 'amount', 'kind', 'note', 'created_at', 'count') ORDER BY attnum`,
      )
      expect(
        rows.map(({ attname, type, attnotnull }) => `${attname} ${type}${attnotnull ? ' not null' : ''}`),
      ).toEqual([
        'id integer not null',
        'amount numeric(10,2)',
        'created_at timestamp with time zone',
        'note character varying(40)',
        'kind text',
        'count integer',
      ])
      expect(
        await ask(
          client,
          `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '"Orders"'::regclass AND contype IN ('p', 'f') ORDER BY contype`,
        ),
      ).toEqual(['FOREIGN KEY (user_id) REFERENCES "Users"(id)', 'PRIMARY KEY (id)'])
      expect(await ask(client, `SELECT obj_description('"Secrets"'::regclass)`)).toEqual(['Hidden from most'])
    }))

  test('two contexts that ask at once never see each other’s catalog', async () => {
    const clients = await Promise.all(
      [NOBODY, AGENT, CHIEF, NOBODY, AGENT, CHIEF].map((claims) => gateway.client(claims)),
    )
    const expected = ['', 'id plain', 'id plain codeword']
    // Every question differs, so that none is answered from what was kept.
    await Promise.all(
      clients.flatMap((client, index) =>
        Array.from({ length: 12 }, async (_, round) => {
          const sql = `SELECT coalesce(string_agg(attname, ' ' ORDER BY attnum), '') FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
            WHERE c.relname = 'Secrets' AND attnum > 0 AND ${index * 100 + round} IS NOT NULL`
          expect(await ask(client, sql)).toEqual([expected[index % 3]])
        }),
      ),
    )
    await Promise.all(clients.map((client) => client.end()))
  })
})

describe('the session as the catalog tells it', () => {
  test('facts agree with each other', () =>
    withClient(NOBODY, async (client) => {
      const { rows } = await client.query(
        `SELECT current_user AS "user", session_user AS session, current_database() AS database, pg_backend_pid() AS pid,
           current_setting('server_version') AS version, version() AS product, (SELECT datname FROM pg_database WHERE datname = current_database()) AS datname`,
      )
      const { processID } = client as unknown as { processID: number }
      expect(rows[0]).toMatchObject({
        user: 'ann',
        session: 'ann',
        database: 'db',
        pid: processID,
        datname: 'db',
      })
      expect(await ask(client, 'SHOW server_version')).toEqual([rows[0]?.version])
      expect(rows[0]?.product).toContain(`PostgreSQL ${rows[0]?.version}`)
    }))

  test.each(['postgres', 'pg_monitor', 'public', 'a"b; DROP', 'Ünïcödé ☃'])(
    'a user called %s is nobody special',
    (user) =>
      withClient(
        NOBODY,
        async (client) => {
          expect(await ask(client, 'SELECT current_user::text FROM pg_class LIMIT 1')).toEqual([user])
          expect(await ask(client, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
            false,
          ])
          expect(await ask(client, 'SELECT count(*)::int FROM pg_shadow')).toEqual([
            'ERROR 42501: permission denied for view pg_shadow',
          ])
        },
        { user },
      ),
  )

  test('nobody sees another login’s sessions, or ends them', async () => {
    const other = await gateway.client(AGENT)
    const twin = await gateway.client(NOBODY, { application_name: 'twin' })
    const { processID: otherPid } = other as unknown as { processID: number }
    const { processID: twinPid } = twin as unknown as { processID: number }
    await withClient(NOBODY, async (client) => {
      const { processID: ownPid } = client as unknown as { processID: number }
      const seen = await ask(client, 'SELECT pid FROM pg_stat_activity')
      expect([...seen].sort()).toEqual([ownPid, twinPid].sort())
      expect(await ask(client, `SELECT pg_terminate_backend(${otherPid})`)).toEqual([
        'ERROR 42501: permission denied to terminate process',
      ])
      expect(await ask(client, 'SELECT pg_cancel_backend(1)')).toEqual([
        'ERROR 42501: permission denied to cancel process',
      ])
      const ended = new Promise((done) => twin.once('end', done))
      expect(
        await ask(
          client,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'twin'`,
        ),
      ).toEqual([true])
      await ended
      expect(await ask(client, 'SELECT pid FROM pg_stat_activity')).toEqual([ownPid])
    })
    expect(await ask(other, 'SELECT 1')).toEqual([1])
    await other.end()
  })

  test('a statement upstream is cancelled by another session of the login', async () => {
    const busy = await gateway.client(NOBODY, { application_name: 'busy' })
    const running = ask(
      busy,
      'SELECT count(*) FROM Orders a, Orders b, Orders c, Orders d, Orders e, Orders f',
    )
    await withClient(NOBODY, async (client) => {
      const sql =
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'busy' AND state = 'active'"
      expect(await ask(client, sql)).toEqual([true])
    })
    expect(await running).toEqual(['ERROR 57014: canceling statement due to user request'])
    await busy.end()
  })

  test('settings and set_config reach the catalog, and only what may be set', () =>
    withClient(NOBODY, async (client) => {
      await client.query("SET TimeZone = 'Asia/Tokyo'; SET application_name = 'x y'")
      expect(
        await ask(client, "SELECT current_setting('TimeZone') || ' ' || current_setting('application_name')"),
      ).toEqual(['Asia/Tokyo x y'])
      expect(await ask(client, "SELECT set_config('TimeZone', 'Europe/Rome', false)")).toEqual([
        'Europe/Rome',
      ])
      expect(await ask(client, 'SHOW TimeZone')).toEqual(['Europe/Rome'])
      expect(await ask(client, "SELECT set_config('role', 'postgres', false)")).toEqual([
        'ERROR 22023: invalid value for parameter "role": "postgres"',
      ])
      expect(
        await ask(client, "SELECT set_config FROM set_config('session_authorization', 'postgres', false)"),
      ).toEqual(['ERROR 42501: the session user cannot be changed'])
      expect((await ask(client, 'SELECT set_config(relname, relname, false) FROM pg_class'))[0]).toMatch(
        /^ERROR 0A000/,
      )
      expect(
        (await ask(client, "SELECT rowgate_set_config('session_authorization', 'postgres', false)"))[0],
      ).toMatch(/^ERROR 42501/)
      expect(await ask(client, "SELECT current_setting('is_superuser')")).toEqual(['off'])
    }))
})

describe('statements about the catalog', () => {
  test('cubes and catalog relations do not mix', () =>
    withClient(NOBODY, async (client) => {
      expect(await ask(client, 'SELECT * FROM Orders, pg_class')).toEqual([
        'ERROR 0A000: cubes and catalog relations cannot be read in one statement',
      ])
    }))

  test('result columns lead to their table in the catalog', () =>
    withClient(NOBODY, async (client) => {
      await ask(client, TABLES)
      const { fields } = await client.query(
        'SELECT status AS s, amount + 1, x.id FROM (SELECT id, status, amount FROM Orders) x LIMIT 1',
      )
      const origin = (index: number): Promise<readonly unknown[]> =>
        ask(
          client,
          `SELECT attrelid::regclass || '.' || attname FROM pg_attribute WHERE attrelid = ${fields[index]?.tableID} AND attnum = ${fields[index]?.columnID}`,
        )
      expect(await origin(0)).toEqual(['"Orders".status'])
      expect(fields[1]?.tableID).toBe(0)
      expect(await origin(2)).toEqual(['"Orders".id'])
    }))

  test('parameters, cursors, PREPARE, COPY, errors with positions', () =>
    withClient(NOBODY, async (client) => {
      expect(
        await ask(client, 'SELECT relname FROM pg_class WHERE oid = $1::regclass', ['"Orders"']),
      ).toEqual(['Orders'])
      await client.query(`BEGIN; DECLARE c SCROLL CURSOR FOR ${TABLES}`)
      expect(await ask(client, 'FETCH 1 FROM c')).toEqual(['Orders'])
      expect(await ask(client, 'FETCH ALL FROM c')).toEqual(['Users'])
      expect(await ask(client, 'FETCH PRIOR FROM c')).toEqual(['Users'])
      expect(await ask(client, 'SELECT id FROM Orders WHERE id = 2')).toEqual([2])
      await client.query('COMMIT')
      expect(await ask(client, 'FETCH 1 FROM c')).toEqual(['ERROR 34000: cursor "c" does not exist'])
      await client.query('PREPARE p (text) AS SELECT relkind FROM pg_class WHERE relname = $1')
      expect(await ask(client, "EXECUTE p('Orders')")).toEqual(['r'])
      const failed = await client
        .query('SELECT 1; SELECT nope FROM pg_class')
        .catch((error: unknown) => error)
      expect(failed).toMatchObject({ code: '42703', position: '18' })
      expect(await ask(client, 'SELECT * FROM svv_tables')).toEqual([
        'ERROR 42P01: relation "svv_tables" does not exist',
      ])
      expect(await ask(client, 'SELECT pg_read_file($$PG_VERSION$$)')).toEqual([
        'ERROR 42501: permission denied for function pg_read_file',
      ])
    }))

  test('a cursor over the catalog is declared where any other is', () =>
    withClient(NOBODY, async (client) => {
      const declare = `DECLARE c CURSOR FOR ${TABLES}`
      expect((await ask(client, declare))[0]).toMatch(/^ERROR 25P01/)
      const answers: unknown = await client.query(`${declare}; FETCH 1 FROM c`)
      expect((answers as pg.QueryResult[]).map(({ rows }) => rows)).toEqual([[], [{ relname: 'Orders' }]])
      await client.query(`BEGIN; ${declare}`)
      expect((await ask(client, 'DECLARE c CURSOR FOR SELECT id FROM Orders'))[0]).toMatch(/^ERROR 42P03/)
      await client.query('ROLLBACK')
    }))

  test('an error fails the block, and rolling back mends it', () =>
    withClient(NOBODY, async (client) => {
      await client.query('BEGIN')
      expect((await ask(client, 'SELECT 1/0 FROM pg_class'))[0]).toMatch(/22012/)
      expect((await ask(client, TABLES))[0]).toMatch(/25P02/)
      await client.query('ROLLBACK')
      expect(await ask(client, TABLES)).toEqual(['Orders', 'Users'])
    }))

  test('what runs too long ends, and the next statement is answered', () =>
    withClient(NOBODY, async (client) => {
      const startedAtMs = Date.now()
      expect(
        (await ask(client, 'SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c'))[0],
      ).toMatch(/^ERROR 57014/)
      expect(Date.now() - startedAtMs).toBeLessThan(LIMIT_MS + 2_000)
      expect(await ask(client, TABLES)).toEqual(['Orders', 'Users'])
    }))

  test('pg_sleep waits, and ends at a timeout or a cancel', () =>
    withClient(NOBODY, async (client) => {
      const startedAtMs = Date.now()
      expect(await ask(client, 'SELECT pg_sleep(0.3)')).toEqual([''])
      expect(Date.now() - startedAtMs).toBeGreaterThan(290)
      await client.query('SET statement_timeout = 200')
      expect(await ask(client, 'SELECT pg_sleep(30)')).toEqual([
        'ERROR 57014: canceling statement due to statement timeout',
      ])
      await client.query('RESET statement_timeout')
      const { processID } = client as unknown as { processID: number }
      const running = ask(client, 'SELECT pg_sleep(30)')
      await withClient(NOBODY, (other) => ask(other, `SELECT pg_cancel_backend(${processID})`))
      expect(await running).toEqual(['ERROR 57014: canceling statement due to user request'])
      expect(await ask(client, 'SELECT 1, pg_sleep(1)')).toEqual([
        'ERROR 42501: permission denied for function pg_sleep',
      ])
    }))

  test('a cancel ends the wait', () =>
    withClient(NOBODY, async (client) => {
      const running = ask(client, 'SELECT count(*) FROM pg_proc a, pg_proc b, pg_proc c')
      const twin = new pg.Client({
        host: gateway.host,
        port: gateway.port,
        user: 'ann',
        database: 'db',
        password: await token(NOBODY),
      })
      const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
      Object.assign(twin, { processID, secretKey })
      await new Promise((done) => setTimeout(done, 200))
      ;(twin as unknown as { cancel(target: pg.Client, query: unknown): void }).cancel(
        client,
        (client as unknown as { activeQuery?: unknown; _activeQuery?: unknown })._activeQuery,
      )
      expect((await running)[0]).toMatch(/^ERROR 57014/)
    }))
})
