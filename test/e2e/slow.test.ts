import { connect as connectTls } from 'node:tls'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeCancelRequest } from '../../src/protocol/request.js'
import { cstring, encodeMessage } from '../../src/protocol/writer.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { openRaw, openRawClient, query, readAll } from '../support/raw.js'
import { startupPacket } from '../support/script.js'
import { PROJECT, seedTenants } from '../support/tenants.js'

const ANN = { user_id: 3, company_id: 2 }
const BEN = { user_id: 4, company_id: 1 }

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  gateway = await startGateway(cluster, PROJECT, {
    ROWGATE_UPSTREAM_CONNECTIONS_MAX: '1',
    ROWGATE_CLIENT_WRITE_TIMEOUT_MS: '1500',
    ROWGATE_LOGINS_MAX: '20',
    ROWGATE_LOGIN_TIMEOUT_MS: '6000',
    ROWGATE_TLS_CERT: 'test/support/tls/cert.pem',
    ROWGATE_TLS_KEY: 'test/support/tls/key.pem',
  })
  // The first logins wait for the catalog, longer than these may.
  for (let client: pg.Client | undefined; client === undefined; )
    client = await gateway.client(BEN).catch(() => undefined)
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

/** More than the sockets between client and gateway hold. */
const MUCH = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)"
const OWN = 'SELECT count(*)::int AS n FROM "Orders"'
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

describe('clients that do not read', () => {
  test('an answer that left the upstream keeps the connection from nobody', async () => {
    const slow = await openRawClient(gateway, ANN)
    slow.send(...Array.from({ length: 12_000 }, () => query("SELECT repeat('x', 9000)")))
    await pause(1_000)
    const ben = await gateway.client(BEN)
    for (let run = 0; run < 3; run += 1) expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
    slow.socket.destroy()
    for (let run = 0; run < 3; run += 1) expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
    await ben.end()
  })

  test.each([false, true])(
    'one that reads nothing is ended, and its connection freed (TLS: %s)',
    async (tls) => {
      const slow = await openRawClient(gateway, ANN, { tls })
      slow.send(query(MUCH))
      const ben = await gateway.client(BEN)
      expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
      await expect.poll(() => gateway.log()).toContain('the client did not read its answer')
      slow.socket.resume()
      await slow.closed
      await ben.end()
    },
  )

  test('one that reads slowly, but reads, is served to the end', async () => {
    const slow = await openRawClient(gateway, ANN, { tls: true })
    slow.send(query(MUCH))
    slow.socket.on('data', () => {
      slow.socket.pause()
      setTimeout(() => slow.socket.resume(), 20)
    })
    slow.socket.resume()
    await pause(4_500)
    expect(slow.socket.closed).toBe(false)
    slow.socket.destroy()
  })

  test('a pipeline without end is not answered into memory', async () => {
    const before = gateway.residentBytes()
    const slow = await openRawClient(gateway, ANN)
    // 4 MB of questions, 400 MB of answers.
    const about = query("SELECT repeat('x', 4000) FROM pg_class LIMIT 1")
    slow.send(...Array.from({ length: 100_000 }, () => about))
    const many = await openRawClient(gateway, ANN)
    many.send(query("SELECT repeat('x', 40000) FROM pg_class LIMIT 10;".repeat(1_000)))
    await pause(1_200)
    expect(gateway.residentBytes() - before).toBeLessThan(150_000_000)
    slow.socket.destroy()
    many.socket.destroy()
  })
})

describe('clients that write slowly', () => {
  test('after the login one holds its own session only', async () => {
    const slow = await openRawClient(gateway, ANN)
    const sent = query(OWN)
    const ben = await gateway.client(BEN)
    for (const byte of sent.subarray(0, -1)) {
      slow.socket.write(Buffer.of(byte))
      await pause(2)
    }
    expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
    slow.send(sent.subarray(-1))
    expect((await slow.read(1)).map(({ type }) => type).join('')).toBe('TDCZ')
    slow.socket.destroy()
    await ben.end()
  })

  test('before the login the time is limited, however steadily bytes come', async () => {
    const socket = await openRaw(gateway)
    const closed = new Promise<void>((done) => socket.once('close', () => done()))
    const packet = startupPacket(3, 0, { user: 'ann', database: 'db', application_name: 'x'.repeat(5_000) })
    const start = Date.now()
    const drip = setInterval(() => socket.write(packet.subarray(0, 1)), 100)
    socket.write(packet.subarray(0, 20))
    await closed
    clearInterval(drip)
    expect(Date.now() - start).toBeGreaterThan(5_000)
    expect(Date.now() - start).toBeLessThan(15_000)
  })

  test.each(['Q', 'P', 'B', 'd', 'p'])(
    'before the login a long message (%s) is refused by its header',
    async (type) => {
      const socket = await openRaw(gateway)
      const header = encodeMessage(type, [])
      header.writeInt32BE(10_000_000, 1)
      socket.write(Buffer.concat([startupPacket(3, 0, { user: 'ann', database: 'db' }), header]))
      const frames = await readAll(socket)
      expect(frames.map(({ type: frame }) => frame).join('')).toBe('RE')
    },
  )
})

describe('clients that do not log in', () => {
  test('cannot keep others out, nor cancels', async () => {
    const silent = await Promise.all(Array.from({ length: 60 }, () => openRaw(gateway)))
    const closed = (): number => silent.filter((socket) => socket.destroyed).length
    for (const socket of silent) socket.resume()
    await expect.poll(closed).toBeGreaterThanOrEqual(40)
    const client = await openRawClient(gateway, ANN)
    client.send(query('SELECT pg_sleep(20)'))
    await pause(100)
    const cancel = await openRaw(gateway)
    cancel.write(encodeCancelRequest(client.processId, client.secretKey))
    expect((await client.read(1)).map(({ type }) => type).join('')).toBe('EZ')
    expect(closed()).toBeLessThan(60)
    for (const socket of [...silent, client.socket]) socket.destroy()
  })

  test('those whose login failed do not stay, though they keep their end open', async () => {
    const socket = await openRaw(gateway)
    socket.write(startupPacket(3, 0, { user: 'ann', database: 'db' }))
    socket.write(encodeMessage('p', [cstring('wrong')]))
    const start = Date.now()
    await readAll(socket)
    expect(Date.now() - start).toBeLessThan(4_000)
  })

  test('many logins at once do not pass the limit of sessions', async () => {
    const own = await startGateway(cluster, PROJECT, { ROWGATE_SESSIONS_MAX: '8' })
    const attempts = await Promise.all(
      Array.from({ length: 18 }, async (_, n) => {
        const password = await token({ user_id: n, company_id: 1 })
        const socket = await openRaw(own)
        socket.write(startupPacket(3, 0, { user: 'ann', database: 'db' }))
        socket.write(encodeMessage('p', [cstring(password)]))
        return socket
      }),
    )
    const first = await Promise.all(
      attempts.map(
        (socket) =>
          new Promise<string>((done) => {
            let text = ''
            socket.on('data', (chunk) => {
              text += chunk.toString('latin1')
              if (/Z\0\0\0\x05I$/.test(text)) done('in')
              if (text.includes('C53300\0')) done('53300')
            })
          }),
      ),
    )
    expect(first.filter((end) => end === 'in')).toHaveLength(8)
    expect(first.filter((end) => end === '53300')).toHaveLength(10)
    for (const socket of attempts) socket.destroy()
    await expect
      .poll(async () => (await own.client(BEN).catch(() => undefined))?.end().then(() => 'in'))
      .toBe('in')
    await own.stop()
  })
})

test('one login cannot take all sessions, not under other names either', async () => {
  const own = await startGateway(cluster, PROJECT, {
    ROWGATE_SESSIONS_MAX: '8',
    ROWGATE_SESSIONS_PER_LOGIN_MAX: '7',
  })
  const attempts = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      own.client(ANN, { user: `ann${n}` }).catch((error: { code: string }) => error.code),
    ),
  )
  expect(attempts.filter((attempt) => attempt === '53300')).toHaveLength(1)
  const ben = await own.client(BEN)
  expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
  await own.stop()
})

describe('floods of cancels', () => {
  test('right ones and wrong ones slow nobody down', async () => {
    const client = await openRawClient(gateway, ANN)
    const ben = await gateway.client(BEN)
    client.send(query('SELECT pg_sleep(20)'))
    const wrong = encodeCancelRequest(client.processId, Buffer.alloc(client.secretKey.length, 1))
    for (let run = 0; run < 300; run += 1) {
      const socket = await openRaw(gateway)
      socket.write(wrong)
      socket.resume()
    }
    expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
    const right = encodeCancelRequest(client.processId, client.secretKey)
    for (let run = 0; run < 300; run += 1) {
      const socket = await openRaw(gateway)
      socket.write(right)
      socket.resume()
    }
    expect((await client.read(1)).map(({ type }) => type).join('')).toBe('EZ')
    expect((await ben.query(OWN)).rows).toEqual([{ n: 50 }])
    client.socket.destroy()
    await ben.end()
  })
})

test('TLS sockets of clients that say nothing are closed, too', async () => {
  const sockets = Array.from({ length: 30 }, () =>
    connectTls({
      host: gateway.host,
      port: gateway.port,
      ALPNProtocols: ['postgresql'],
      rejectUnauthorized: false,
    }).on('error', () => undefined),
  )
  await expect.poll(() => sockets.filter((socket) => socket.closed).length).toBeGreaterThanOrEqual(10)
  for (const socket of sockets) socket.destroy()
})
