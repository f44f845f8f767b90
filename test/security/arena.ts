import { encodeReadyForQuery } from '../../src/protocol/backend.js'
import { type Cluster, type Major, startCluster } from '../support/cluster.js'
import { type Gateway, startGateway, token } from '../support/gateway.js'
import type { Attack } from './attack-file.js'
import { AUDITOR_CLAIMS, createDatabases, type Databases, NEIGHBOUR_CLAIMS, OWN_CLAIMS } from './databases.js'
import { judge, type Outcome, outcomeOf, printReply } from './judge.js'
import { SECURITY_PROJECT } from './project.js'
import { compareWithReference } from './reference.js'
import {
  extendedFrames,
  LOGIN_PARAMETERS,
  logIn,
  openWire,
  queryFrame,
  type Reply,
  startupPacket,
  TIMEOUT_MS,
  type Wire,
} from './wire.js'

export type Mode = 'simple' | 'extended' | 'binary'

export interface Round {
  readonly outcome: Outcome
  /** Empty, or the suite fails. */
  readonly violations: readonly string[]
  /** How the answer is other than over views of the own rows; undefined where that was not asked. */
  readonly fromReference: string | undefined
}

/** The three databases on one server. */
export interface Ground {
  readonly cluster: Cluster
  readonly databases: Databases
}

export interface Arena {
  readonly gateways: readonly [Gateway, Gateway]
  readonly ownToken: string
  /** Runs an attack on both sides and judges what came back. */
  attack(attack: Attack, mode: Mode, options?: AttackOptions): Promise<Round>
  /** Sends the same bytes on a new connection of each side, logged in with the attacker's token. */
  fresh<T>(work: (wire: Wire) => Promise<T>): Promise<readonly [T, T]>
  stop(): Promise<void>
}

export interface AttackOptions {
  /** Compares the answer with that of Postgres over views of the own rows. */
  readonly reference?: boolean
  /** Asks afterwards, as somebody else, whether their session is what it was. */
  readonly neighbour?: boolean
}

/** A session of each side; made anew when an attack ended the old one. */
interface Side {
  readonly gateway: Gateway
  attacker: Wire | undefined
  neighbour: Wire | undefined
  baseline: Buffer | undefined
}

const DISCARD = queryFrame('DISCARD ALL')
const ROLLBACK = queryFrame('ROLLBACK')
const IDLE = encodeReadyForQuery('I')
const PROBE = queryFrame(
  `SELECT count(*), min(secret), max(moment), timestamptz '2025-01-01 00:00+00', interval '1 day 2 hours', 0.1::float8 + 0.2, '\\xff'::bytea, 'a\\' FROM "Orders"`,
)

export async function openGround({ major }: { readonly major: Major }): Promise<Ground> {
  const cluster = await startCluster({ major })
  return { cluster, databases: await createDatabases(cluster) }
}

export async function openArena(
  { databases }: Ground,
  environment: Readonly<Record<string, string>> = {},
): Promise<Arena> {
  const gateways = await Promise.all([
    startGateway(databases.a, SECURITY_PROJECT, environment),
    startGateway(databases.b, SECURITY_PROJECT, environment),
  ])
  const [auditorToken, ownToken, neighbourToken] = await Promise.all(
    [AUDITOR_CLAIMS, OWN_CLAIMS, NEIGHBOUR_CLAIMS].map((claims) => token({ ...claims })),
  )
  if (auditorToken === undefined || ownToken === undefined || neighbourToken === undefined)
    throw new Error('three tokens are needed')
  // Everybody's tables are in the embedded catalog before the first attack, in the same order on both sides.
  for (const password of [auditorToken, ownToken, neighbourToken]) {
    await Promise.all(gateways.map((gateway) => askCatalog(gateway, password)))
  }
  const sides = gateways.map(
    (gateway): Side => ({ gateway, attacker: undefined, neighbour: undefined, baseline: undefined }),
  ) as [Side, Side]
  const reference = await openReference(databases.reference)

  const both = async <T>(work: (side: Side) => Promise<T>): Promise<readonly [T, T]> => {
    const [a, b] = sides
    return Promise.all([work(a), work(b)])
  }

  const attackerOf = async (side: Side): Promise<Wire> => {
    if (side.attacker === undefined || side.attacker.closed())
      side.attacker = await openSession(side.gateway, ownToken)
    return side.attacker
  }

  const runOn = async (side: Side, requests: readonly Buffer[]): Promise<readonly Reply[]> => {
    const wire = await attackerOf(side)
    const replies: Reply[] = []
    for (const request of requests) {
      const reply = await wire.send(request)
      replies.push(reply)
      if (reply.end !== 'ready') {
        wire.end()
        side.attacker = undefined
        return replies
      }
    }
    const last = replies.at(-1)?.frames.at(-1)
    if (last !== undefined && !last.equals(IDLE)) replies.push(await wire.send(ROLLBACK))
    replies.push(await wire.send(DISCARD))
    return replies
  }

  const askNeighbour = async (side: Side): Promise<string | undefined> => {
    side.neighbour ??= await openSession(side.gateway, neighbourToken)
    const reply = await side.neighbour.send(PROBE)
    const bytes = Buffer.concat([...reply.frames])
    side.baseline ??= bytes
    return side.baseline.equals(bytes) ? undefined : `somebody else now reads: ${printReply(reply)}`
  }

  return {
    gateways,
    ownToken,
    async attack(attack, mode, options = {}) {
      if (options.neighbour) await both(askNeighbour)
      const requests = attack.texts.map((text) =>
        mode === 'simple'
          ? queryFrame(text)
          : extendedFrames(text, { values: attack.values, binary: mode === 'binary' }),
      )
      const [a, b] = await both((side) => runOn(side, requests))
      const violations = [...judge(requests, a, b)]
      if (options.neighbour) {
        const changes = await both(askNeighbour)
        for (const change of changes) if (change !== undefined) violations.push(change)
      }
      const answers = a.slice(0, requests.length)
      const fromReference =
        options.reference && requests.length === 1
          ? compareWithReference(answers[0], await reference.ask(requests[0] ?? Buffer.alloc(0)))
          : undefined
      return { outcome: outcomeOf(answers), violations, fromReference }
    },
    fresh: (work) =>
      both(async ({ gateway }) => {
        const wire = await openSession(gateway, ownToken)
        try {
          return await work(wire)
        } finally {
          wire.end()
        }
      }),
    async stop() {
      for (const side of sides) {
        side.attacker?.end()
        side.neighbour?.end()
      }
      reference.end()
      await Promise.all(gateways.map((gateway) => gateway.stop()))
    },
  }
}

export async function openSession(gateway: Gateway, password: string): Promise<Wire> {
  const wire = await openWire(gateway)
  const reply = await logIn(wire, LOGIN_PARAMETERS, password)
  if (reply.end === 'ready') return wire
  wire.end()
  throw new Error(`no login: ${printReply(reply)}`)
}

export async function askCatalog(gateway: Gateway, password: string): Promise<void> {
  const wire = await openSession(gateway, password)
  await wire.send(queryFrame('SELECT count(*) FROM pg_catalog.pg_class'))
  wire.end()
}

/** Postgres itself, over views of the own rows, read-only. */
async function openReference(
  database: Cluster,
): Promise<{ ask(bytes: Buffer): Promise<Reply>; end(): void }> {
  let wire: Wire | undefined
  const open = async (): Promise<Wire> => {
    const opened = await openWire(database)
    opened.write(
      startupPacket([
        ['user', database.user],
        ['database', database.database],
        [
          'options',
          '-c search_path=reference -c default_transaction_read_only=on -c statement_timeout=5000 -c TimeZone=UTC',
        ],
      ]),
    )
    await opened.gather((frame) => frame[0] === IDLE[0], TIMEOUT_MS)
    return opened
  }
  return {
    async ask(bytes) {
      if (wire === undefined || wire.closed()) wire = await open()
      const reply = await wire.send(bytes)
      if (reply.frames.at(-1)?.equals(IDLE) !== true) {
        wire.end()
        wire = undefined
      }
      return reply
    },
    end: () => wire?.end(),
  }
}
