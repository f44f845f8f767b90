import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import pg from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

const ANN = { user_id: 3, company_id: 2 }
const BEN = { user_id: 4, company_id: 1 }

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT, {
    ROWGATE_TLS_CERT: 'test/support/tls/cert.pem',
    ROWGATE_TLS_KEY: 'test/support/tls/key.pem',
    ROWGATE_HOST: '0.0.0.0',
  })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

async function open(claims: object = ANN, options: pg.ClientConfig = {}): Promise<pg.Client> {
  return gateway.client(claims, options)
}

/** What pg's types do not show: the messages themselves. */
function innerConnection(client: pg.Client): {
  on(event: string, listener: (status: { parameterName: string; parameterValue: string }) => void): void
} {
  return (client as unknown as { connection: ReturnType<typeof innerConnection> }).connection
}

async function failure(
  work: Promise<unknown>,
): Promise<{ code?: string; message?: string; hint?: string; position?: string }> {
  return work.then(
    () => ({}),
    (error: unknown) => error as { code?: string; message?: string },
  )
}

async function psql(
  sql: string,
  { claims = ANN, args = [] as string[], options = '' } = {},
): Promise<{ stdout: string; stderr: string }> {
  const environment = { PATH: process.env['PATH'], PGPASSWORD: await token(claims) }
  const conninfo = `host=127.0.0.1 port=${gateway.port} user=ann dbname=db ${options}`
  return promisify(execFile)('psql', ['-X', '-A', '-t', conninfo, ...args, '-c', sql], { env: environment })
}

describe('psql', () => {
  test('asks and is answered', async () => {
    expect((await psql('SELECT status, MEASURE(count) FROM Orders GROUP BY 1 ORDER BY 1')).stdout).toBe(
      'completed|17\nnew|16\npaid|17\n',
    )
  })
  test('\\copy (…) to writes a file of own rows, in the formats of COPY', async () => {
    expect(
      (await psql('\\copy (SELECT id, status FROM Orders ORDER BY id LIMIT 2) to stdout with csv header'))
        .stdout,
    ).toBe('id,status\n2,completed\n10,paid\n')
    expect((await psql('COPY (SELECT id, note FROM Orders WHERE id = 7 OR id = 10) TO STDOUT')).stdout).toBe(
      "10\tnote '10\\\\\n",
    )
    expect((await psql('COPY Users (id) TO STDOUT')).stdout.split('\n').length).toBe(5)
  })
  test('\\timing, several statements, an error in the middle', async () => {
    const { stdout, stderr } = await psql('SELECT 1; SELECT 1/0; SELECT 3').catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    expect(stdout).toBe('1\n')
    expect(stderr).toContain('division by zero')
    const timing = await promisify(execFile)(
      'psql',
      ['-X', `host=127.0.0.1 port=${gateway.port} user=ann dbname=db`, '-c', '\\timing on', '-c', 'SELECT 1'],
      {
        env: { PATH: process.env['PATH'], PGPASSWORD: await token(ANN) },
      },
    )
    expect(timing.stdout).toMatch(/Time: [\d.]+ ms/)
  })
  test('TLS with a verified certificate', async () => {
    const { stdout } = await psql('SELECT count(*) FROM Orders', {
      options: 'sslmode=verify-ca sslrootcert=test/support/tls/cert.pem',
    })
    expect(stdout).toBe('50\n')
  })
})

describe('node drivers', () => {
  test('pg: parameters, types, empty query, several statements', async () => {
    const client = await open()
    const { rows } = await client.query(
      'SELECT count(*)::int AS n FROM "Orders" WHERE status = $1 AND id > $2',
      ['paid', 10],
    )
    expect(rows).toEqual([{ n: 16 }])
    expect((await client.query('')).rows).toEqual([])
    const several = (await client.query('SELECT 1 AS a; SELECT 2 AS b')) as unknown as pg.QueryResult[]
    expect(several.map((result) => result.rows)).toEqual([[{ a: 1 }], [{ b: 2 }]])
    await client.end()
  })
  test('pg: a named statement is prepared once and serves many runs, also for another tenant', async () => {
    const [ann, ben] = [await open(ANN), await open(BEN)]
    const query = { name: 'own', text: 'SELECT DISTINCT user_id FROM "Orders" WHERE id > $1' }
    for (let run = 0; run < 12; run += 1) {
      expect((await ann.query({ ...query, values: [run] })).rows).toEqual([{ user_id: 3 }])
      expect((await ben.query({ ...query, values: [run] })).rows).toEqual([{ user_id: 4 }])
    }
    await ann.end()
    await ben.end()
  })
  test('postgres.js: pipelined, binary parameters, cursors', async () => {
    const sql = postgres({
      host: '127.0.0.1',
      port: gateway.port,
      user: 'ann',
      database: 'db',
      password: await token(ANN),
      fetch_types: false,
      max: 3,
    })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => sql`SELECT count(*)::int AS n FROM "Orders" WHERE id > ${n}`),
    )
    expect(answers.map(([row]) => row?.['n'])).toEqual(
      Array.from({ length: 20 }, (_, n) => 50 - Math.floor((n + 6) / 8)),
    )
    let rows = 0
    await sql`SELECT id FROM "Orders"`.cursor(20, (batch) => {
      rows += batch.length
    })
    expect(rows).toBe(50)
    const failed = await sql`SELECT nosuch FROM "Orders"`.catch((error: { code: string }) => error.code)
    expect(failed).toBe('42703')
    await sql.end()
  })
})

describe('transactions', () => {
  test('an error fails the block until it is rolled back', async () => {
    const client = await open()
    await client.query('BEGIN')
    expect((await failure(client.query('SELECT nosuch FROM "Orders"'))).code).toBe('42703')
    expect((await failure(client.query('SELECT 1'))).code).toBe('25P02')
    expect((await client.query('COMMIT')).command).toBe('ROLLBACK')
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
  })
  test('savepoints, and settings that go back with them', async () => {
    const client = await open()
    await client.query("SET TimeZone = 'UTC'")
    await client.query('BEGIN')
    await client.query("SET TimeZone = 'Europe/Berlin'")
    await client.query('SAVEPOINT a')
    await client.query("SET TimeZone = 'Asia/Tokyo'")
    expect((await client.query('SHOW TimeZone')).rows).toEqual([{ TimeZone: 'Asia/Tokyo' }])
    expect((await failure(client.query('SELECT 1/0'))).code).toBe('22012')
    await client.query('ROLLBACK TO SAVEPOINT a')
    expect((await client.query('SHOW TimeZone')).rows).toEqual([{ TimeZone: 'Europe/Berlin' }])
    await client.query('ROLLBACK')
    expect((await client.query('SHOW TimeZone')).rows).toEqual([{ TimeZone: 'UTC' }])
    expect((await failure(client.query('ROLLBACK TO SAVEPOINT a'))).code).toBe('25P01')
    await client.end()
  })
  test('settings do not pass to another session on the same connection', async () => {
    const [ann, ben] = [await open(ANN), await open(BEN)]
    await ann.query("SET TimeZone = 'Asia/Tokyo'")
    for (let run = 0; run < 5; run += 1) {
      expect((await ann.query("SELECT '2025-01-01 00:00Z'::timestamptz::text AS t")).rows).toEqual([
        { t: '2025-01-01 09:00:00+09' },
      ])
      expect((await ben.query("SELECT '2025-01-01 00:00Z'::timestamptz::text AS t")).rows).toEqual([
        { t: '2025-01-01 00:00:00+00' },
      ])
    }
    await ann.end()
    await ben.end()
  })
  test('a session is told of its own settings only, whoever used the connection before', async () => {
    const [ann, ben] = [await open(ANN), await open(BEN)]
    const told: string[] = []
    innerConnection(ben).on('parameterStatus', ({ parameterName, parameterValue }) =>
      told.push(`${parameterName}=${parameterValue}`),
    )
    for (const end of ['COMMIT', 'ROLLBACK']) {
      await ann.query(`SET DateStyle = German; SET TimeZone = 'Asia/Tokyo'`)
      await ben.query('BEGIN; SELECT count(*) FROM orders')
      await ben.query(end)
      await failure(ben.query(`SET DateStyle = nosuch`))
    }
    expect(told).toEqual([])
    await ben.query('SET DateStyle = SQL')
    expect(told).toEqual(['DateStyle=SQL, MDY'])
    await ann.end()
    await ben.end()
  })

  test('a time limit may be lowered, not lifted', async () => {
    const client = await open()
    const limits = []
    for (const value of ['0', '2d', '1500ms', '30min']) {
      await client.query(`SET statement_timeout = '${value}'`)
      const { rows } = await client.query('SHOW statement_timeout')
      limits.push(rows[0]?.statement_timeout)
    }
    expect(limits).toEqual(['10min', '10min', '1500ms', '10min'])
    expect(await failure(client.query("SET statement_timeout = '0x7fffffff'"))).toMatchObject({
      code: '22023',
    })
    await client.end()
    const other = await open(ANN, { options: '-c statement_timeout=0' })
    expect((await other.query('SHOW statement_timeout')).rows[0]?.statement_timeout).toBe('10min')
    await other.end()
  })

  test.each([
    ['of the block', 'SELECT 1', 'BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE'],
    ['of the session', 'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'BEGIN'],
    ['by its setting', "SET default_transaction_isolation = 'repeatable read'", 'START TRANSACTION'],
  ])('repeatable read %s holds one snapshot; nothing can be written', async (_name, first, begin) => {
    const client = await open()
    await client.query(first)
    await client.query(begin)
    const before = await client.query('SELECT count(*) FROM "Users"')
    await cluster.query("INSERT INTO public.users VALUES (1001, 2, 'new')")
    expect((await client.query('SELECT count(*) FROM "Users"')).rows).toEqual(before.rows)
    expect((await client.query('SHOW transaction_isolation')).rows).toEqual([
      { transaction_isolation: 'repeatable read' },
    ])
    await client.query('COMMIT')
    await cluster.query('DELETE FROM public.users WHERE id = 1001')
    expect((await failure(client.query('CREATE TABLE x (a int)'))).code).toBe('25006')
    await client.end()
  })
})

describe('cursors', () => {
  test('DECLARE, FETCH in portions, MOVE, CLOSE', async () => {
    const client = await open()
    await client.query('BEGIN')
    await client.query('DECLARE c SCROLL CURSOR FOR SELECT id FROM "Orders" ORDER BY id')
    expect((await client.query('FETCH 2 FROM c')).rows).toEqual([{ id: 2 }, { id: 10 }])
    expect((await client.query('FETCH BACKWARD 1 FROM c')).rows).toEqual([{ id: 2 }])
    await client.query('MOVE LAST IN c')
    expect((await client.query('FETCH NEXT FROM c')).rows).toEqual([])
    await client.query('CLOSE c')
    expect((await failure(client.query('FETCH 1 FROM c'))).code).toBe('34000')
    await client.query('ROLLBACK')
    await client.end()
  })
  test('a cursor WITH HOLD outlives its transaction and is not seen by others', async () => {
    const [ann, ben] = [await open(ANN), await open(BEN)]
    await ann.query('BEGIN')
    await ann.query('DECLARE h CURSOR WITH HOLD FOR SELECT DISTINCT user_id FROM "Orders"')
    await ann.query('COMMIT')
    expect((await failure(ben.query('FETCH 1 FROM h'))).code).toBe('34000')
    expect((await ann.query('FETCH ALL FROM h')).rows).toEqual([{ user_id: 3 }])
    await ann.query('CLOSE h')
    expect((await failure(ann.query('FETCH 1 FROM h'))).code).toBe('34000')
    await Promise.all([ann.end(), ben.end()])
  })
  test('PREPARE, EXECUTE, DEALLOCATE', async () => {
    const client = await open()
    await client.query('PREPARE p (text) AS SELECT count(*)::int AS n FROM "Orders" WHERE status = $1')
    expect((await client.query("EXECUTE p('paid')")).rows).toEqual([{ n: 17 }])
    expect((await failure(client.query('PREPARE p AS SELECT 1'))).code).toBe('42P05')
    await client.query('DEALLOCATE p')
    expect((await failure(client.query("EXECUTE p('paid')"))).code).toBe('26000')
    await client.end()
  })
})

describe('cancel', () => {
  test('ends the own statement and nobody else', async () => {
    const [ann, ben] = [await open(ANN), await open(BEN)]
    const slow = failure(
      ann.query(
        'SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c, "Orders" d, "Orders" e, "Orders" f',
      ),
    )
    await new Promise((done) => setTimeout(done, 300))
    const { processID, secretKey } = ann as unknown as { processID: number; secretKey: number }
    const cancel = (key: number): Promise<void> =>
      new Promise((done) => {
        const packet = Buffer.alloc(16)
        for (const [index, value] of [16, 80_877_102, processID, key].entries())
          packet.writeInt32BE(value | 0, index * 4)
        connectTcp(gateway.port, '127.0.0.1')
          .on('close', () => done())
          .on('error', () => done())
          .end(packet)
      })
    await cancel(secretKey ^ 1)
    expect((await ben.query('SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
    await cancel(secretKey)
    expect((await slow).code).toBe('57014')
    expect((await ann.query('SELECT 2 AS b')).rows).toEqual([{ b: 2 }])
    await Promise.all([ann.end(), ben.end()])
  })
  test('a client that leaves takes its statement with it', async () => {
    const ann = await open()
    void failure(
      ann.query(
        'SELECT count(*) FROM "Orders" a, "Orders" b, "Orders" c, "Orders" d, "Orders" e, "Orders" f /* left */',
      ),
    )
    await new Promise((done) => setTimeout(done, 300))
    ;(ann as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    await expect
      .poll(
        async () =>
          (
            await cluster.query(
              "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'rowgate' AND state = 'active'",
            )
          ).rows[0].n,
        { timeout: 5_000 },
      )
      .toBe(0)
  })
})

describe('login', () => {
  const address = (): pg.ClientConfig => ({
    host: '127.0.0.1',
    port: gateway.port,
    user: 'ann',
    database: 'db',
  })
  const attempt = async (config: pg.ClientConfig): Promise<{ code?: string; message?: string }> => {
    const client = new pg.Client({ ...address(), ...config })
    client.on('error', () => undefined)
    return failure(client.connect().then(() => client.end()))
  }
  test.each([
    ['no token', 'secret'],
    ['nothing', ''],
    ['three parts of nonsense', 'a.b.c'],
    [
      'alg none',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"user_id":3}').toString('base64url')}.x`,
    ],
  ])('%s is refused, without a word about why', async (_name, password) => {
    expect(await attempt({ password })).toMatchObject({
      code: '28P01',
      message: 'password authentication failed for user "ann"',
    })
  })
  test('wrong secret, expired', async () => {
    expect((await attempt({ password: await token(ANN, 60, 'another secret') })).code).toBe('28P01')
    expect((await attempt({ password: await token(ANN, -60) })).code).toBe('28P01')
    expect(gateway.log()).toContain('login_failed')
    expect(gateway.log()).not.toContain(await token(ANN, -60))
  })
  test('an unknown database', async () => {
    expect(await attempt({ password: await token(ANN), database: 'nosuch' })).toMatchObject({
      code: '3D000',
      message: 'database "nosuch" does not exist',
    })
  })
  test('a token that expires ends the session, after what it runs', async () => {
    // The clock tolerance lets it in; its own end has passed when the first statement starts.
    const client = new pg.Client({ ...address(), password: await token(ANN, 2) })
    const ended = new Promise<{ code?: string }>((done) =>
      client.on('error', (error) => done(error as { code?: string })),
    )
    await client.connect()
    expect((await client.query('SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
    expect((await ended).code).toBe('28000')
  })
  test('off loopback a token is taken over TLS only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address
    // A machine without another address cannot tell; the rule itself is tested with the handshake.
    const host = outside ?? '127.0.0.1'
    const plain = await attempt({ host, password: await token(ANN) })
    expect(plain.code).toBe(outside === undefined ? undefined : '28000')
    expect(
      (await attempt({ host, password: await token(ANN), ssl: { rejectUnauthorized: false } })).code,
    ).toBeUndefined()
  })
  test('TLS without SSLRequest needs ALPN, and gets the protocol', async () => {
    const hello = async (protocols: string[]): Promise<string> =>
      new Promise((done) => {
        const socket = connectTls({
          host: '127.0.0.1',
          port: gateway.port,
          ALPNProtocols: protocols,
          ca: readFileSync('test/support/tls/cert.pem'),
          servername: 'localhost',
        })
        socket.on('secureConnect', () => {
          const body = Buffer.from('\0\u0003\0\0user\0ann\0database\0db\0\0', 'latin1')
          const length = Buffer.alloc(4)
          length.writeInt32BE(body.length + 4)
          socket.write(Buffer.concat([length, body]))
        })
        socket.on('data', (data) => {
          done(data.toString('latin1', 0, 1))
          socket.destroy()
        })
        socket.on('error', () => done('error'))
        socket.on('close', () => done('closed'))
      })
    expect(await hello(['postgresql'])).toBe('R')
    expect(await hello([])).toMatch(/closed|error/)
    expect(await hello(['http/1.1'])).toMatch(/closed|error/)
  })
})

describe('load and failure', () => {
  test('200 sessions share 10 upstream connections', async () => {
    const clients = await Promise.all(
      Array.from({ length: 200 }, (_, n) => open({ user_id: (n % 8) + 1, company_id: 1 })),
    )
    const answers = await Promise.all(
      clients.map((client) =>
        client.query('SELECT min(user_id) AS low, max(user_id) AS high, count(*)::int AS n FROM "Orders"'),
      ),
    )
    expect(answers.map(({ rows }) => rows[0])).toEqual(
      clients.map((_, n) => ({ low: (n % 8) + 1, high: (n % 8) + 1, n: 50 })),
    )
    const { rows } = await cluster.query(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'rowgate'",
    )
    expect(rows[0].n).toBeLessThanOrEqual(10)
    await Promise.all(clients.map((client) => client.end()))
  })
  test('a large result streams, and its size is right', async () => {
    const client = await open()
    const { rows } = await client.query("SELECT g, repeat('x', 500) AS t FROM generate_series(1, 60000) g")
    expect(rows.length).toBe(60_000)
    await client.end()
  })
  test('the upstream restarts: open sessions survive, a block is lost', async () => {
    const [idle, block] = [await open(), await open()]
    await block.query('BEGIN')
    await block.query('SELECT count(*) FROM "Orders"')
    await cluster.restart()
    expect((await failure(block.query('SELECT 1'))).code).toMatch(/^(08006|57P01)$/)
    expect((await failure(block.query('SELECT 1'))).code).toBe('25P02')
    await block.query('ROLLBACK')
    expect((await block.query('SELECT 1 AS a')).rows).toEqual([{ a: 1 }])
    expect((await idle.query('SELECT count(*)::int AS n FROM "Orders"')).rows).toEqual([{ n: 50 }])
    await Promise.all([idle.end(), block.end()])
  })
  test('SIGTERM: sessions are told, the process ends by itself', async () => {
    const own = await startGateway(cluster, PROJECT)
    const client = await own.client(ANN)
    const told = new Promise<{ code?: string }>((done) =>
      client.on('error', (error) => done(error as { code?: string })),
    )
    const code = own.signal('SIGTERM')
    expect((await told).code).toBe('57P01')
    expect(await code).toBe(0)
  })
})
