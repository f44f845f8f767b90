import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeBind, encodeExecute, encodeParse, SYNC } from '../../src/protocol/request.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway } from '../support/gateway.js'
import { errorOf, openRawClient, query, type RawClient, type RawFrame } from '../support/raw.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

const ANN = { user_id: 3, company_id: 2 }
const BEN = { user_id: 4, company_id: 1 }

let cluster: Cluster
let gateway: Gateway
let client: pg.Client

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT, {
    ROWGATE_RESULT_ROWS_MAX: '100',
    ROWGATE_RESULT_BYTES_MAX: '50000',
    // What one leaves on the connection the next one finds.
    ROWGATE_UPSTREAM_CONNECTIONS_MAX: '1',
  })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

beforeEach(async () => {
  client = await gateway.client(ANN)
})

afterEach(async () => {
  await client.end()
  const ben = await gateway.client(BEN)
  expect((await ben.query('SELECT count(*)::int AS n FROM "Orders"')).rows).toEqual([{ n: 50 }])
  expect((await ben.query('SHOW TimeZone')).rows).toEqual((await cluster.query('SHOW TimeZone')).rows)
  await ben.end()
  await expect.poll(async () => (await busy()).length, { timeout: 5_000 }).toBe(0)
})

const busy = async (): Promise<readonly unknown[]> =>
  (
    await cluster.query(
      "SELECT query FROM pg_stat_activity WHERE application_name = 'rowgate' AND state <> 'idle'",
    )
  ).rows

const rowsOf = (count: number): string => `SELECT g FROM generate_series(1, ${count}) g`
const outcome = async (work: Promise<pg.QueryResult>): Promise<number | string> =>
  work.then(
    ({ rows }) => rows.length,
    (error: { code: string }) => error.code,
  )
const types = (frames: readonly RawFrame[]): string => frames.map(({ type }) => type).join('')
const codes = (frames: readonly RawFrame[]): readonly string[] =>
  frames.filter(({ type }) => type === 'E').map((frame) => errorOf(frame).code)

describe('rows', () => {
  test('as many as are allowed, and one more; simple and extended', async () => {
    for (const values of [undefined, [1]]) {
      const text = (count: number): string =>
        values === undefined ? rowsOf(count) : `${rowsOf(count)} WHERE g >= $1`
      expect(await outcome(client.query({ text: text(100), ...(values && { values }) }))).toBe(100)
      expect(await outcome(client.query({ text: text(101), ...(values && { values }) }))).toBe('54000')
      expect(await outcome(client.query({ text: text(1), ...(values && { values }) }))).toBe(1)
    }
  })

  test('what is too much is cancelled upstream', async () => {
    const start = Date.now()
    // Many rows, and then a long time.
    const text =
      'SELECT g FROM generate_series(1, 60000) g, generate_series(1, 60000) h WHERE h > g + 59000 OR (g = 60000 AND h = 60000)'
    expect(await outcome(client.query(text))).toBe('54000')
    expect(Date.now() - start).toBeLessThan(10_000)
    expect(await outcome(client.query(rowsOf(1)))).toBe(1)
  })

  test('the error says what to do', async () => {
    await expect(client.query(rowsOf(1_000))).rejects.toMatchObject({
      code: '54000',
      message: 'the result has more rows than the 100 that are allowed',
      hint: expect.stringContaining('ROWGATE_RESULT_ROWS_MAX') as string,
    })
  })

  test('a block fails with it, a savepoint saves it', async () => {
    await client.query('BEGIN')
    await client.query('SAVEPOINT s')
    expect(await outcome(client.query(rowsOf(1_000)))).toBe('54000')
    expect(await outcome(client.query(rowsOf(1)))).toBe('25P02')
    await client.query('ROLLBACK TO SAVEPOINT s')
    expect(await outcome(client.query(rowsOf(5)))).toBe(5)
    expect(await outcome(client.query(rowsOf(101)))).toBe('54000')
    expect((await client.query('COMMIT')).command).toBe('ROLLBACK')
    expect(await outcome(client.query(rowsOf(7)))).toBe(7)
  })

  test('a portal counts over all of its Executes', async () => {
    const raw = await openRawClient(gateway, ANN)
    const read = encodeExecute('p', 30)
    raw.send(
      query('BEGIN'),
      encodeParse('', rowsOf(1_000), []),
      encodeBind({ portal: 'p', statement: '', parameterFormats: [], values: [], resultFormats: [] }),
      ...[read, SYNC, read, SYNC, read, SYNC, read, SYNC],
      query('ROLLBACK'),
      query(rowsOf(1)),
    )
    expect(types(await raw.read(7))).toMatch(/^CZ12(D{30}sZ){3}D{0,10}EZCZTDCZ$/)
    raw.socket.destroy()
  })

  test('a cursor counts over all of its FETCHes', async () => {
    await client.query('BEGIN')
    await client.query(`DECLARE c CURSOR FOR ${rowsOf(1_000)}`)
    for (const expected of [40, 40, '54000'])
      expect(await outcome(client.query('FETCH 40 FROM c'))).toBe(expected)
    await client.query('ROLLBACK')
    await client.query(`BEGIN; DECLARE c CURSOR FOR ${rowsOf(1_000)}; MOVE 900 FROM c`)
    expect(await outcome(client.query('FETCH ALL FROM c'))).toBe(100)
    await client.query('COMMIT')
  })

  test('the catalog’s answers, too', async () => {
    expect(await outcome(client.query('SELECT relname FROM pg_class LIMIT 100'))).toBe(100)
    expect(await outcome(client.query('SELECT relname FROM pg_class LIMIT 101'))).toBe('54000')
    expect(
      await outcome(client.query({ text: 'SELECT relname FROM pg_class LIMIT $1', values: [101] })),
    ).toBe('54000')
    await client.query('BEGIN')
    await client.query('DECLARE c CURSOR FOR SELECT relname FROM pg_class')
    expect(await outcome(client.query('FETCH 100 FROM c'))).toBe(100)
    expect(await outcome(client.query('FETCH 1 FROM c'))).toBe('54000')
    await client.query('ROLLBACK')
  })
})

describe('bytes', () => {
  test('of many rows, of one, of COPY', async () => {
    const wide = (count: number, bytes: number): string =>
      `SELECT repeat('x', ${bytes}) FROM generate_series(1, ${count})`
    expect(await outcome(client.query(wide(40, 1_000)))).toBe(40)
    expect(await outcome(client.query(wide(60, 1_000)))).toBe('54000')
    const nine = "repeat('x', 9000)"
    expect(await outcome(client.query(`SELECT ${Array(6).fill(nine).join(' || ')}`))).toBe('54000')
    expect(await outcome(client.query(`COPY (${wide(60, 1_000)}) TO STDOUT`))).toBe('54000')
    expect(await outcome(client.query(rowsOf(1)))).toBe(1)
  })
})

describe('in a pipeline', () => {
  let raw: RawClient
  beforeEach(async () => {
    raw = await openRawClient(gateway, ANN)
  })
  afterEach(() => void raw.socket.destroy())

  const run = (sql: string): readonly Buffer[] => [
    encodeParse('', sql, []),
    encodeBind({ portal: '', statement: '', parameterFormats: [], values: [], resultFormats: [] }),
    encodeExecute('', 0),
  ]

  test('what follows is skipped up to Sync, and one error is told', async () => {
    raw.send(...run(rowsOf(2)), ...run(rowsOf(101)), ...run(rowsOf(3)), SYNC, ...run(rowsOf(4)), SYNC)
    const frames = await raw.read(2)
    expect(codes(frames)).toEqual(['54000'])
    expect(types(frames)).toMatch(/^12DDC12D{0,100}EZ12DDDDCZ$/)
    expect(frames.at(-1)?.frame[5]).toBe('I'.charCodeAt(0))
  })

  test('several statements of one text: the rest does not run', async () => {
    raw.send(query(`${rowsOf(2)}; ${rowsOf(101)}; ${rowsOf(3)}`), query(rowsOf(1)))
    const frames = await raw.read(2)
    expect(types(frames)).toMatch(/^TDDCTD{0,100}EZTDCZ$/)
  })

  test('settings that went with it are known again', async () => {
    raw.send(query(`SET TimeZone = 'Asia/Tokyo'`), query(rowsOf(101)), query('SHOW TimeZone'))
    const frames = await raw.read(3)
    expect(codes(frames)).toEqual(['54000'])
    expect(frames.findLast(({ type }) => type === 'D')?.frame.toString('latin1')).toContain('Asia/Tokyo')
  })

  test('again and again', async () => {
    for (let round = 0; round < 30; round += 1)
      raw.send(query(rowsOf(101 + round)), ...run(rowsOf(2)), ...run(rowsOf(150)), SYNC, query(rowsOf(3)))
    const frames = await raw.read(90)
    expect(codes(frames)).toEqual(Array.from({ length: 60 }, () => '54000'))
  })
})
