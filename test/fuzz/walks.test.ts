import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BACKEND, encodeReadyForQuery } from '../../src/protocol/backend.js'
import { encodeCancelRequest, SYNC } from '../../src/protocol/request.js'
import { printReply } from '../security/judge.js'
import {
  LOGIN_PARAMETERS,
  logIn,
  openWire,
  queryFrame,
  startupPacket,
  TIMEOUT_MS,
  type Wire,
} from '../security/wire.js'
import { type Cluster, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import { createReferenceViews, PROJECT, seedTenants } from '../support/tenants.js'
import { createRandom, type Random, randomStep, randomWalk, type Step } from './walk/steps.js'
import { firstDifference, printWalk, shrink, walk } from './walk/walker.js'

/**
 * Random walks over the messages of the protocol. The same walk is walked over Postgres itself, where cubes are views of the own rows; and
 * somebody else, who shares the connections, must read what they read before, whatever was said on them.
 */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 6)
/** The same walks each time; others by hand, longer ones too. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const STEPS_MAX = 12
const OWN = { user_id: 3, company_id: 2 }
const OTHER = { user_id: 5, company_id: 1 }

let cluster: Cluster
let gateway: Gateway

beforeAll(async () => {
  cluster = await startCluster()
  await seedTenants(cluster)
  await createReferenceViews(cluster, { userId: OWN.user_id, companyId: OWN.company_id })
  // One connection, so that everything is left to the next one.
  gateway = await startGateway(cluster, PROJECT, { ROWGATE_UPSTREAM_CONNECTIONS_MAX: '1' })
})

afterAll(async () => {
  await gateway?.stop()
  await cluster?.stop()
})

interface Session {
  readonly wire: Wire
  /** A CancelRequest for it. */
  readonly cancel: Buffer
}

async function openSession(claims: object): Promise<Session> {
  const wire = await openWire(gateway)
  const { end, frames } = await logIn(wire, LOGIN_PARAMETERS, await token(claims))
  expect(end).toBe('ready')
  const key = frames.find((frame) => frame[0] === BACKEND.backendKeyData) ?? Buffer.alloc(13)
  return { wire, cancel: encodeCancelRequest(key.readInt32BE(5), key.subarray(9)) }
}

/** Postgres itself, with the gateway's settings. */
async function openReference(): Promise<Wire> {
  const wire = await openWire(cluster)
  const settings =
    'search_path=reference default_transaction_read_only=on statement_timeout=600000 idle_in_transaction_session_timeout=600000 TimeZone=UTC'
  const options = settings.replace(/(^| )/g, ' -c ')
  wire.write(
    startupPacket([
      ['user', cluster.user],
      ['database', cluster.database],
      ['options', options],
    ]),
  )
  await wire.gather((frame) => frame[0] === BACKEND.readyForQuery, TIMEOUT_MS)
  return wire
}

async function compare(steps: readonly Step[]): Promise<string | undefined> {
  const [{ wire }, reference] = await Promise.all([openSession(OWN), openReference()])
  try {
    const [got, wanted] = await Promise.all([walk(wire, steps), walk(reference, steps)])
    return firstDifference(printWalk(got), printWalk(wanted))
  } finally {
    wire.end()
    reference.end()
  }
}

/** What depends on settings, on whose rows these are, and on what a connection holds. */
const PROBE = queryFrame(
  `SELECT count(*), max(created_at), timestamptz '2025-01-01 00:00+00', date '01/02/2025', interval '1 day 2 hours', 0.1::float8 + 0.2, 1e-7::float8, '\\xff'::bytea FROM "Orders"; SHOW TimeZone; SHOW DateStyle; SHOW IntervalStyle; SHOW extra_float_digits; SHOW bytea_output; SHOW statement_timeout; SHOW lock_timeout; SHOW idle_in_transaction_session_timeout`,
)

const printSteps = (steps: readonly Step[]): string => steps.map(({ text }) => text).join('\n')

describe(`walks (seed ${SEED})`, () => {
  test('Postgres answers the same, and the next one finds nothing', {
    timeout: SECONDS * 1_000 + 60_000,
  }, async () => {
    const neighbour = await openSession(OTHER)
    const wanted = printReply(await neighbour.wire.send(PROBE))
    const end = Date.now() + SECONDS * 1_000
    for (let seed = SEED; Date.now() < end; seed += 1) {
      const steps = randomWalk(createRandom(seed), STEPS_MAX)
      const difference = await compare(steps)
      expect(printReply(await neighbour.wire.send(PROBE)), `seed ${seed}\n${printSteps(steps)}`).toBe(wanted)
      if (difference === undefined) continue
      const least = await shrink(steps, async (fewer) => (await compare(fewer)) !== undefined)
      expect(`seed ${seed}\n${printSteps(least)}\n${difference}`).toBe('the answer of Postgres')
    }
    neighbour.wire.end()
  })

  test('somebody else, between any two messages', { timeout: SECONDS * 1_000 + 60_000 }, async () => {
    const random = createRandom(SEED)
    const neighbour = await openSession(OTHER)
    const wanted = printReply(await neighbour.wire.send(PROBE))
    const said: string[] = []
    let own = await openSession(OWN)
    const end = Date.now() + SECONDS * 1_000
    while (Date.now() < end) {
      const step = disturb(random)
      said.push(step.text)
      own.wire.write(step.bytes)
      const going = random(10)
      if (going === 0) {
        if (random(2) === 0) own.wire.reset()
        else own.wire.end()
        own = await openSession(OWN)
      } else if (going < 5) {
        if (going < 3) await ask(own.cancel)
        // Whoever is in a block keeps the connection.
        own.wire.write(Buffer.concat([SYNC, queryFrame('ROLLBACK; CLOSE ALL')]))
      } else own.wire.write(Buffer.concat([SYNC, queryFrame('COMMIT; CLOSE ALL')]))
      const cause = `seed ${SEED}\n${said.slice(-6).join('\n')}`
      expect(printReply(await neighbour.wire.send(PROBE)), cause).toBe(wanted)
      if (own.wire.closed()) own = await openSession(OWN)
    }
    own.wire.end()
    neighbour.wire.end()
  })

  test('nothing is left', async () => {
    await vi.waitFor(async () => {
      const { rows } = await cluster.query(
        `SELECT state FROM pg_stat_activity WHERE application_name = 'rowgate'`,
      )
      // One that was on the way when its client left is ended, and opened again when it is needed.
      expect(rows.length).toBeLessThanOrEqual(1)
      expect(rows.filter(({ state }: { state: string }) => state !== 'idle')).toEqual([])
    })
    const { wire } = await openSession(OWN)
    const shown = await wire.send(queryFrame('SELECT count(*) FROM pg_stat_activity'))
    expect(printReply(shown)).toContain('DataRow "1"')
    expect(shown.frames.at(-1)).toEqual(encodeReadyForQuery('I'))
    wire.end()
    expect(gateway.log()).not.toContain('internal_error')
  })
})

/** A step of a walk, or one that takes its time, with little time to take. */
function disturb(random: Random): Step {
  if (random(4) > 0) return randomStep(random)
  const limitMs = 1 + random(30)
  const sql = `SET statement_timeout = ${limitMs}; SELECT count(*) FROM generate_series(1, ${1_000 * (1 + random(300))})`
  return { text: `Query ${sql}`, bytes: queryFrame(sql) }
}

async function ask(packet: Buffer): Promise<void> {
  const wire = await openWire(gateway)
  wire.write(packet)
  await wire.gather(() => false, TIMEOUT_MS)
}
