import { PgError } from '../errors.js'
import type { Observe } from '../events.js'
import { encodeQuery } from '../protocol/request.js'
import { quoteIdentifier, quoteLiteral } from '../sql/print/output.js'
import { installSql } from './install.js'
import { createPenalty } from './penalty.js'
import { readRows } from './script.js'
import { FIRST_DATABASE } from './setup.js'
import { startThread, type Thread } from './thread.js'
import { createTurns } from './turns.js'
import type { Variant } from './variant.js'

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
  /** OIDs of its tables by name; they stay the same as long as the variant is installed. */
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
  /** Starts the worker without waiting for it. */
  start(): void
  close(): void
}

const START_TIMEOUT_MS = 120_000
const INSTALL_TIMEOUT_MS = 60_000

export function createEngine(options: EngineOptions, deps: { readonly observe: Observe }): Engine {
  let starting: Promise<Thread> | undefined
  /** By variant key, least recently used first. Gone with its worker. */
  const variants = new Map<string, Installed>()
  let serial = 0
  /** The worker, while it runs what a client sent. */
  let working: Thread | undefined
  const penalty = createPenalty(() => performance.now())
  const turns = createTurns({
    waitersMax: options.waitersMax,
    onWait: () => working?.hurry(options.shareMs),
  })

  const start = (): Promise<Thread> => {
    variants.clear()
    starting = startThread(START_TIMEOUT_MS, options).then(async (thread) => {
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
      if (thread.alive()) return thread
    } catch {
      // It could not be started before; it may now.
    }
    return start()
  }

  const install = async (thread: Thread, variant: Variant): Promise<Installed> => {
    const known = variants.get(variant.key)
    if (known !== undefined) {
      variants.delete(variant.key)
      variants.set(variant.key, known)
      return known
    }
    for (const [key, { schema }] of [...variants].slice(
      0,
      Math.max(0, variants.size - options.variantsMax + 1),
    )) {
      variants.delete(key)
      readRows(
        await thread.run(encodeQuery(`DROP SCHEMA ${quoteIdentifier(schema)} CASCADE`), INSTALL_TIMEOUT_MS),
      )
    }
    serial += 1
    const schema = `rowgate_${serial}`
    const rows = readRows(
      await thread.run(encodeQuery(installSql(variant, schema, thread.types)), INSTALL_TIMEOUT_MS),
    )
    const tables = rows.flatMap(([name, oid]) =>
      name === null || name === undefined ? [] : [[name, Number(oid)] as const],
    )
    const [firstOid = 0, lastOid = 0] = rows.filter(([name]) => name === null).map(([, oid]) => Number(oid))
    const installed = { schema, oids: new Map(tables), firstOid, lastOid }
    variants.set(variant.key, installed)
    return installed
  }

  return {
    ask: (owner, variant, frames) =>
      turns.take(owner, async () => {
        penalty.check(owner)
        const thread = await liveThread()
        const installed = await install(thread, variant)
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
