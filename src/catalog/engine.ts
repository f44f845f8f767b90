import { LRUCache } from 'lru-cache'
import { PgError } from '../errors.js'
import type { Observe } from '../events.js'
import { encodeQuery } from '../protocol/request.js'
import { quoteIdentifier, quoteLiteral } from '../sql/print/output.js'
import { installSql } from './install.js'
import { createPenalty } from './penalty.js'
import { COUNTED_OID_MAX, movedPath, moveSql, placeOf } from './place.js'
import { readRows } from './script.js'
import { FIRST_DATABASE } from './setup.js'
import { startThread, type Thread } from './thread.js'
import { createTurns } from './turns.js'
import type { Variant } from './variant.js'
import type { Move } from './worker.js'

export interface EngineOptions {
  /** Shown as the database's name. */
  readonly database: string
  readonly timeoutMs: number
  /** Longest run of a statement while another owner waits. */
  readonly shareMs: number
  /** Of the worker's memory, and of an answer. */
  readonly memoryBytesMax: number
  readonly answerBytesMax: number
  readonly variantsMax: number
  readonly waitersMax: number
}

/** Where a variant's tables are. */
export interface Installed {
  readonly schema: string
  /** OIDs of its tables by name; always the same for the same variant. */
  readonly oids: ReadonlyMap<string, number>
  /** All that it is made of has OIDs from the first to the last, and nothing else has. */
  readonly firstOid: number
  readonly lastOid: number
}

/** The embedded Postgres: one worker, replaced when it fails or takes too long, and the variants that it holds. */
export interface Engine {
  /**
   * Runs frames with a variant in place, when it is their owner's turn. `frames` is told where it is and which others must be hidden.
   *
   * @param owner whose time it takes: the same for all sessions with the same claims, by whatever user name
   * @throws PgError query_canceled when it takes too long; cannot_connect_now, too_many_connections, configuration_limit_exceeded,
   *   program_limit_exceeded, internal_error
   */
  ask(
    owner: string,
    variant: Variant,
    frames: (installed: Installed, others: readonly Installed[]) => Buffer,
  ): Promise<Buffer>
  /** The variant's tables, if they are installed already; does not wait. */
  installed(variant: Variant): Installed | undefined
  /** OIDs of the variant's tables by name, if it was ever installed. */
  oids(variant: Variant): ReadonlyMap<string, number> | undefined
  /** Starts the worker without waiting for it. */
  start(): void
  close(): void
}

const START_TIMEOUT_MS = 120_000
const INSTALL_TIMEOUT_MS = 60_000
const NUMBERED_MAX = 1_000

export function createEngine(options: EngineOptions, deps: { readonly observe: Observe }): Engine {
  let starting: Promise<Thread> | undefined
  /** By variant key, least recently used first. Gone with its worker. */
  const variants = new Map<string, Installed>()
  /** OIDs of variants' tables, which follow from what these hold, whether or not they are installed now. */
  const numbers = new LRUCache<string, ReadonlyMap<string, number>>({ max: NUMBERED_MAX })
  let serial = 0
  /** How far the worker has counted. */
  let used = 0
  /** The worker, while it runs what a client sent. */
  let working: Thread | undefined
  const penalty = createPenalty(() => performance.now())
  const turns = createTurns({
    waitersMax: options.waitersMax,
    onWait: () => working?.hurry(options.shareMs),
  })

  const start = (): Promise<Thread> => {
    variants.clear()
    used = 0
    starting = startThread(START_TIMEOUT_MS, options).then(async (thread) => {
      // What the first statement in plpgsql would load shows in pg_settings.
      readRows(await thread.run(encodeQuery("LOAD 'plpgsql'"), INSTALL_TIMEOUT_MS))
      const rename = `UPDATE pg_catalog.pg_database SET datname = ${quoteLiteral(options.database)} WHERE datname = '${FIRST_DATABASE}'`
      readRows(await thread.run(encodeQuery(rename), INSTALL_TIMEOUT_MS))
      return thread
    })
    starting.catch((error: unknown) => deps.observe({ kind: 'warning', message: describe(error) }))
    return starting
  }

  const liveThread = async (): Promise<Thread> => {
    try {
      const thread = await (starting ?? start())
      if (thread.alive() && used < COUNTED_OID_MAX / 2) return thread
      thread.end()
    } catch {
      // It could not be started before; it may now.
    }
    return start()
  }

  const evict = async (thread: Thread, key: string): Promise<void> => {
    const schema = variants.get(key)?.schema ?? ''
    variants.delete(key)
    readRows(
      await thread.run(encodeQuery(`DROP SCHEMA ${quoteIdentifier(schema)} CASCADE`), INSTALL_TIMEOUT_MS),
    )
  }

  const install = async (thread: Thread, variant: Variant): Promise<Installed> => {
    const known = variants.get(variant.key)
    if (known !== undefined) {
      variants.delete(variant.key)
      variants.set(variant.key, known)
      return known
    }
    for (const key of [...variants.keys()].slice(0, Math.max(0, variants.size - options.variantsMax + 1)))
      await evict(thread, key)
    serial += 1
    const schema = `rowgate_${serial}`
    const script = (sql: string, moves: readonly Move[] = []): Promise<Buffer> =>
      thread.run(encodeQuery(sql), INSTALL_TIMEOUT_MS, moves)
    const rows = readRows(await script(installSql(variant, schema, thread.types)))
    const of = (kind: string): readonly (readonly [number, string])[] =>
      rows.filter(([first]) => first === kind).map(([, oid, text]) => [Number(oid), text ?? ''] as const)
    const [[made] = [0], [madeLast] = [0]] = [...of('first'), ...of('last')]
    const firstOid = placeOf(variant)
    const place = { firstOid: made, lastOid: madeLast, distance: firstOid - made }
    const lastOid = madeLast + place.distance
    for (const [key, other] of [...variants])
      if (other.firstOid <= lastOid && firstOid <= other.lastOid) await evict(thread, key)
    const moves = of('file').map(([, path]): Move => [path, movedPath(path, place)])
    readRows(await script(moveSql(place), moves))
    const tables = of('table').map(([oid, name]) => [name, oid + place.distance] as const)
    // The counter must not reach the places.
    used = madeLast
    const oids = new Map(tables)
    const installed = { schema, oids, firstOid, lastOid }
    numbers.set(variant.key, oids)
    variants.set(variant.key, installed)
    return installed
  }

  return {
    ask: (owner, variant, frames) =>
      turns.take(owner, async () => {
        penalty.check(owner)
        const thread = await liveThread()
        const installed = await install(thread, variant).catch((error: unknown) => {
          // What is half made must not be seen by anyone.
          thread.end()
          throw error
        })
        const others = [...variants.values()].filter((other) => other !== installed)
        const limitMs = turns.othersWait(owner)
          ? Math.min(options.shareMs, options.timeoutMs)
          : options.timeoutMs
        try {
          working = thread
          return await thread.run(frames(installed, others), limitMs)
        } finally {
          working = undefined
          if (!thread.alive()) {
            penalty.note(owner)
            // The next one should not wait for a new worker longer than it must.
            start().catch(() => undefined)
          }
        }
      }),
    start: () => void start().catch(() => undefined),
    installed: (variant) => variants.get(variant.key),
    oids: (variant) => numbers.get(variant.key),
    close() {
      starting?.then(
        (thread) => thread.end(),
        () => undefined,
      )
    },
  }
}

function describe(error: unknown): string {
  const cause = error instanceof PgError ? error.cause : undefined
  return `${error instanceof Error ? error.message : String(error)}${cause === undefined ? '' : `: ${String(cause)}`}`
}
