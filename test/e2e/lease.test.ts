import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { BACKEND, decodeErrorFields } from '../../src/protocol/backend.js'
import {
  encodeBind,
  encodeCancelRequest,
  encodeExecute,
  encodeParse,
  FLUSH,
  SYNC,
} from '../../src/protocol/request.js'
import { printReply } from '../security/judge.js'
import { LOGIN_PARAMETERS, logIn, openWire, queryFrame, type Reply, type Wire } from '../security/wire.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { type Tap, tapCluster } from '../support/tap.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

/** One upstream connection, so that whoever keeps it, or leaves something on it, does so to everybody. */
const ENVIRONMENT = {
  ROWGATE_UPSTREAM_CONNECTIONS_MAX: '1',
  ROWGATE_UPSTREAM_ACQUIRE_TIMEOUT_MS: '10000',
  ROWGATE_IDLE_IN_TRANSACTION_TIMEOUT_MS: '1000',
}
const ANN = { user_id: 3, company_id: 2 }
const BEN = { user_id: 5, company_id: 1 }

let cluster: Cluster
let tap: Tap
let gateway: Gateway
let meddle: (bytes: Buffer) => Buffer
let cuts: (bytes: Buffer) => boolean
let open: Wire[] = []

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  tap = await tapCluster(cluster, { asked: (bytes) => meddle(bytes), cuts: (bytes) => cuts(bytes) })
  meddle = (bytes) => bytes
  cuts = () => false
  gateway = await startGateway(tap.cluster, PROJECT, ENVIRONMENT)
})

afterAll(async () => {
  expect(gateway.log()).not.toContain('internal_error')
  await gateway.stop()
  tap.stop()
  await cluster.stop()
})

beforeEach(() => {
  meddle = (bytes) => bytes
  cuts = () => false
})

afterEach(() => {
  for (const wire of open) wire.end()
  open = []
})

async function logInAs(claims: object): Promise<Wire & { readonly key: Buffer }> {
  const wire = await openWire(gateway)
  open.push(wire)
  const { end, frames } = await logIn(wire, LOGIN_PARAMETERS, await token(claims))
  expect(end).toBe('ready')
  const key = frames.find((frame) => frame[0] === BACKEND.backendKeyData)
  return { ...wire, key: key ?? Buffer.alloc(0) }
}

const all = (...frames: readonly Buffer[]): Buffer => Buffer.concat(frames)
const codes = ({ frames }: Reply): readonly (string | undefined)[] =>
  frames
    .filter((frame) => frame[0] === BACKEND.errorResponse)
    .map((frame) => decodeErrorFields(frame).get('C'))
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
const BIND = encodeBind({
  portal: '',
  statement: '',
  parameterFormats: [],
  values: [],
  resultFormats: [],
})
const run = (sql: string, rowsMax = 0): Buffer =>
  all(encodeParse('', sql, []), BIND, encodeExecute('', rowsMax))
const PROBE = queryFrame(
  `SELECT count(*), timestamptz '2025-01-01 00:00+00', date '01/02/2025', interval '1 day 2 hours', 0.1::float8 + 0.2, '\\xff'::bytea FROM "Orders"`,
)
const SLOW = 'SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 400) b'

/** The gateway's connections, as the upstream counts them. */
async function backends(): Promise<readonly { pid: number; state: string }[]> {
  const { rows } = await cluster.query(
    `SELECT pid, state FROM pg_stat_activity WHERE application_name = 'rowgate' ORDER BY pid`,
  )
  return rows as { pid: number; state: string }[]
}

async function endBackends(): Promise<void> {
  await cluster.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rowgate'`,
  )
}

describe('nobody keeps the connection without a word', () => {
  test.each([
    ['in a block', queryFrame('BEGIN; SELECT 1'), '25P03'],
    ['in a failed block', queryFrame('BEGIN; SELECT 1 / 0'), '25P03'],
    ['by a pipeline without its Sync', all(run('SELECT id FROM "Orders"'), FLUSH), '25P03'],
    ['by a portal of which rows are left', all(run('SELECT id FROM "Orders"', 1), FLUSH), '25P03'],
    ['by half a message behind a pipeline', all(run('SELECT 1'), FLUSH, Buffer.from('Q\0')), '25P03'],
    ['by a cursor WITH HOLD', queryFrame('DECLARE h CURSOR WITH HOLD FOR SELECT 1'), '57P05'],
  ])('%s', async (_name, bytes, code) => {
    const [keeper, other] = [await logInAs(ANN), await logInAs(BEN)]
    keeper.write(bytes)
    await pause(200)
    expect(codes(await other.send(queryFrame('SELECT 1')))).toEqual([])
    const rest = await keeper.gather(() => false, 5_000)
    expect(rest.end).toBe('closed')
    expect(codes(rest).at(-1)).toBe(code)
  })

  test('a session that keeps nothing may think as long as it likes', async () => {
    const wire = await logInAs(ANN)
    await wire.send(queryFrame('SELECT 1'))
    await wire.send(queryFrame('BEGIN'))
    await pause(1_500)
    expect(codes(await wire.send(queryFrame('SELECT 1; COMMIT')))).toEqual([])
  })
})

describe('what is left on the connection is not lent', () => {
  test('a held cursor whose closing failed', async () => {
    const [ann, ben] = [await logInAs(ANN), await logInAs(BEN)]
    await ann.send(queryFrame('DECLARE h CURSOR WITH HOLD FOR SELECT id FROM "Orders"'))
    const [before] = await backends()
    meddle = (bytes) => Buffer.from(bytes.toString('latin1').replace('CLOSE ALL', 'CLOSE xyz'), 'latin1')
    ann.end()
    expect(codes(await ben.send(queryFrame('BEGIN; SELECT 1; FETCH ALL FROM h')))).toEqual(['34000'])
    const [after] = await backends()
    expect(after?.pid).not.toBe(before?.pid)
  })

  test('cursors and portals of which the session does not know', async () => {
    const [ann, ben] = [await logInAs(ANN), await logInAs(BEN)]
    // As if the connection had kept it: the upstream makes another one than the client asked for.
    meddle = (bytes) => Buffer.from(bytes.toString('latin1').replace('DECLARE "h"', 'DECLARE "k"'), 'latin1')
    await ann.send(queryFrame('BEGIN; DECLARE h CURSOR FOR SELECT id FROM "Orders"'))
    for (const sql of ['FETCH ALL FROM k', 'MOVE 1 IN k', 'CLOSE k']) {
      expect(codes(await ann.send(queryFrame(`SAVEPOINT s; ${sql}`)))).toEqual(['34000'])
      await ann.send(queryFrame('ROLLBACK TO s'))
    }
    await ann.send(queryFrame('ROLLBACK'))
    expect(codes(await ben.send(PROBE))).toEqual([])
  })

  test('a time limit that the next one would have to be quick for', async () => {
    const ann = await logInAs(ANN)
    await ann.send(queryFrame(`SET statement_timeout = '900ms'`))
    const before = tap.sent().length
    await ann.send(queryFrame('SELECT 1'))
    ann.end()
    expect(tap.sent().slice(before)).toMatch(
      /"statement_timeout" TO '900ms'.*"statement_timeout" TO '600000'/s,
    )
  })
})

describe('the connection is lost', () => {
  const errorsThenReady = (reply: Reply): readonly unknown[] => [reply.end, ...codes(reply)]

  test.each([
    ['in a statement', [], queryFrame(SLOW), 'I'],
    ['in the middle of a text', [], queryFrame(`SELECT 1; ${SLOW}; SELECT 2`), 'I'],
    ['in a block', ['BEGIN', 'SELECT 1'], queryFrame(SLOW), 'E'],
    ['behind a savepoint', ['BEGIN; SAVEPOINT a'], queryFrame(SLOW), 'E'],
    ['in a pipeline', [], all(run('SELECT 1'), run(SLOW), run('SELECT 2'), SYNC), 'I'],
    ['in a COPY', [], queryFrame(`COPY (${SLOW}) TO STDOUT`), 'I'],
  ])('%s: one error, and the session goes on', async (_name, before, bytes, status) => {
    const [ann, ben] = [await logInAs(ANN), await logInAs(BEN)]
    for (const sql of before) await ann.send(queryFrame(sql))
    const answer = ann.send(bytes)
    await vi.waitFor(async () => expect((await backends()).map(({ state }) => state)).toContain('active'))
    await endBackends()
    const reply = await answer
    expect(errorsThenReady(reply)).toEqual(['ready', '57P01'])
    expect(reply.frames.at(-1)?.toString('latin1', 5)).toBe(status)
    expect(errorsThenReady(await ann.send(queryFrame('ROLLBACK')))).toEqual(['ready'])
    expect(errorsThenReady(await ann.send(PROBE))).toEqual(['ready'])
    expect(errorsThenReady(await ben.send(PROBE))).toEqual(['ready'])
  })

  test('with a held cursor: the next connection is not kept for it', async () => {
    const [ann, ben] = [await logInAs(ANN), await logInAs(BEN)]
    await ann.send(queryFrame('DECLARE h CURSOR WITH HOLD FOR SELECT 1'))
    await endBackends()
    await vi.waitFor(async () => expect(await backends()).toEqual([]))
    expect(codes(await ann.send(queryFrame('FETCH h')))).toHaveLength(1)
    expect(codes(await ann.send(queryFrame('SELECT 1')))).toEqual([])
    expect(codes(await ben.send(PROBE, { timeoutMs: 800 }))).toEqual([])
  })

  test('within a row: nothing that is no part of the row follows', async () => {
    const ann = await logInAs(ANN)
    let passed = 0
    cuts = (bytes) => {
      passed += bytes.length
      return passed > 300_000
    }
    const { end, frames } = await ann.send(
      queryFrame(`SELECT string_agg(repeat('x', 10000), '') FROM generate_series(1, 100)`),
    )
    expect(end).toBe('closed')
    expect(frames.map((frame) => frame[0])).toEqual([BACKEND.rowDescription])
    expect(gateway.log()).toContain('lost within a row')
    cuts = () => false
    expect(codes(await (await logInAs(BEN)).send(PROBE))).toEqual([])
  })
})

describe('clients that go', () => {
  const PIPELINE = all(
    queryFrame(`BEGIN; SET LOCAL DateStyle = 'German'`),
    encodeParse('s', 'SELECT id FROM "Orders" ORDER BY id', []),
    encodeBind({ portal: 'p', statement: 's', parameterFormats: [], values: [], resultFormats: [] }),
    encodeExecute('p', 1),
    SYNC,
    queryFrame('DECLARE h CURSOR WITH HOLD FOR SELECT 1; COMMIT'),
  )

  test('at any byte, with or without a reset', { timeout: 120_000 }, async () => {
    const ben = await logInAs(BEN)
    const wanted = printReply(await ben.send(PROBE))
    for (let bytes = 0; bytes <= PIPELINE.length; bytes += 3) {
      const ann = await logInAs(ANN)
      ann.write(PIPELINE.subarray(0, bytes))
      if (bytes % 2 === 0) await pause(bytes % 5)
      if (bytes % 4 < 2) ann.reset()
      else ann.end()
      if (bytes % 5 === 0) expect(printReply(await ben.send(PROBE))).toBe(wanted)
    }
    expect(printReply(await ben.send(PROBE))).toBe(wanted)
    await vi.waitFor(async () => expect((await backends()).every(({ state }) => state === 'idle')).toBe(true))
    expect((await backends()).length).toBeLessThanOrEqual(1)
    const shown = await (await logInAs(ANN)).send(queryFrame('SELECT count(*) FROM pg_stat_activity'))
    expect(printReply(shown)).toContain('DataRow "1"')
  })
})

describe('cancel', () => {
  const ask = async (packet: Buffer): Promise<void> => {
    const wire = await openWire(gateway)
    wire.write(packet)
    await wire.gather(() => false, 5_000)
  }

  test('hits the own statement or nothing, whoever has the connection next', {
    timeout: 60_000,
  }, async () => {
    const [ann, ben] = [await logInAs(ANN), await logInAs(BEN)]
    const packet = encodeCancelRequest(ann.key.readInt32BE(5), ann.key.subarray(9))
    const wanted = printReply(await ben.send(PROBE))
    let cancelling = true
    const cancels = (async (): Promise<number> => {
      let count = 0
      for (; cancelling; count += 1) await ask(packet)
      return count
    })()
    for (let round = 0; round < 150; round += 1) {
      const [mine, theirs] = await Promise.all([
        ann.send(queryFrame('SELECT count(*) FROM "Orders"')),
        ben.send(PROBE),
      ])
      expect(codes(mine).every((code) => code === '57014')).toBe(true)
      expect(printReply(theirs)).toBe(wanted)
    }
    cancelling = false
    expect(await cancels).toBeGreaterThan(20)
  })

  test('of a session that waits for the connection, and in the catalog', async () => {
    const [ann, ben] = [await logInAs(ANN), await logInAs(BEN)]
    await ben.send(queryFrame('BEGIN; SELECT 1'))
    const packet = encodeCancelRequest(ann.key.readInt32BE(5), ann.key.subarray(9))
    const waiting = ann.send(queryFrame('SELECT 1'))
    await pause(100)
    await ask(packet)
    expect(codes(await waiting)).toEqual(['57014'])
    expect(codes(await ben.send(queryFrame('SELECT 1; COMMIT')))).toEqual([])
    const sleeping = ann.send(queryFrame('SELECT pg_sleep(5)'))
    await pause(100)
    await ask(packet)
    expect(codes(await sleeping)).toEqual(['57014'])
    expect(codes(await ann.send(PROBE))).toEqual([])
  })
})

describe('limits of messages', () => {
  test('parameters beyond what the protocol can count, with those of the claims', async () => {
    const ann = await logInAs(ANN)
    for (const round of [1, 2]) {
      const reply = await ann.send(
        all(encodeParse(`s${round}`, 'SELECT $65535::int FROM "Orders"', []), SYNC),
      )
      expect(codes(reply)).toEqual(['54000'])
    }
  })

  test('values of portals over the catalog', async () => {
    const ann = await logInAs(ANN)
    const value = Buffer.alloc(1_000_000, 'x')
    const bind = (portal: string): Buffer =>
      encodeBind({ portal, statement: 'c', parameterFormats: [], values: [value], resultFormats: [] })
    const reply = await ann.send(
      all(
        encodeParse('c', 'SELECT count(*) FROM pg_class WHERE relname = $1', [25]),
        ...['a', 'b', 'c', 'd', 'e'].map(bind),
        SYNC,
      ),
    )
    expect(codes(reply)).toEqual(['53400'])
  })

  test('a pipeline of long values leaves as it comes', { timeout: 60_000 }, async () => {
    const ann = await logInAs(ANN)
    const value = Buffer.alloc(1_500_000, 'x')
    const bind = encodeBind({
      portal: '',
      statement: 's',
      parameterFormats: [],
      values: [value],
      resultFormats: [],
    })
    ann.write(encodeParse('s', 'SELECT length($1)', [25]))
    for (let count = 0; count < 10; count += 1) ann.write(all(bind, encodeExecute('', 0)))
    // Before its Sync: what is planned does not wait for more than it may hold.
    let rows = 0
    const early = await ann.gather((frame) => {
      if (frame[0] === BACKEND.dataRow) rows += 1
      return rows === 9
    }, 10_000)
    expect([early.end, ...codes(early)]).toEqual(['ready'])
    expect(codes(await ann.send(SYNC))).toEqual([])
  })
})
