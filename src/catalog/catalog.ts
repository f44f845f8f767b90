import { LRUCache } from 'lru-cache'
import { PgError } from '../errors.js'
import type { Observe } from '../events.js'
import type { FormatCode } from '../protocol/message.js'
import {
  encodeBind,
  encodeDescribe,
  encodeExecute,
  encodeParse,
  encodeQuery,
  SYNC,
} from '../protocol/request.js'
import { createEngine, type EngineOptions } from './engine.js'
import { type CatalogSession, enterFrame, LEAVE_FRAME } from './overlay.js'
import { CatalogError, type CatalogReply, readReply } from './reply.js'
import type { Variant } from './variant.js'

/** A client's statement about the catalog, in the client's own words. */
export interface CatalogStatement {
  readonly sql: string
  readonly parameterOids: readonly number[]
  /** Whether it reads nothing but what the session's cubes, user and settings decide. Only such an answer is kept. */
  readonly steady: boolean
  /** Whether it asks for the login's sessions. */
  readonly asksSessions: boolean
}

export interface CatalogValues {
  readonly formats: readonly FormatCode[]
  readonly values: readonly (Buffer | null)[]
  readonly resultFormats: readonly FormatCode[]
}

/** Introspection as one session sees it. Both throw CatalogError with what Postgres says, or PgError if the engine fails. */
export interface Catalog {
  /** Parameters and columns, without running it. */
  describe(statement: CatalogStatement, variant: Variant, session: CatalogSession): Promise<CatalogReply>
  run(
    statement: CatalogStatement & CatalogValues,
    variant: Variant,
    session: CatalogSession,
  ): Promise<CatalogReply>
  /** OIDs of the variant's tables, if it was ever installed. */
  tableOids(variant: Variant): ReadonlyMap<string, number> | undefined
  /** Starts the engine without waiting for it. */
  start(): void
  /** Installs a variant; resolves when it is there, or cannot be. */
  warm(variant: Variant, session: CatalogSession): Promise<void>
  close(): void
}

export interface CatalogOptions extends EngineOptions {
  readonly cacheBytesMax: number
}

export function createCatalog(options: CatalogOptions, deps: { readonly observe: Observe }): Catalog {
  const engine = createEngine(options, deps)
  const kept = new LRUCache<string, CatalogReply>({
    maxSize: options.cacheBytesMax,
    maxEntrySize: Math.max(1, Math.floor(options.cacheBytesMax / 8)),
    sizeCalculation: (reply, key) =>
      key.length +
      256 +
      reply.rows.reduce((sum, row) => sum + row.length + 96, reply.rowDescription?.length ?? 0),
  })

  const ask = async (body: Buffer, key: string | undefined, variant: Variant, session: CatalogSession) => {
    const known = key === undefined ? undefined : kept.get(key)
    if (known !== undefined) return known
    const answer = await engine.ask(session.owner, variant, (installed, others) =>
      Buffer.concat([enterFrame(session, installed, others), body, LEAVE_FRAME]),
    )
    const reply = readAnswer(answer)
    if (key !== undefined) kept.set(key, reply)
    return reply
  }

  return {
    describe(statement, variant, session) {
      const body = Buffer.concat([
        encodeParse('', statement.sql, statement.parameterOids),
        encodeDescribe('statement', ''),
        SYNC,
      ])
      return ask(body, keyOf(body, statement, variant, session), variant, session)
    },
    run(statement, variant, session) {
      const { formats, values, resultFormats } = statement
      const body = Buffer.concat([
        encodeParse('', statement.sql, statement.parameterOids),
        encodeBind({ portal: '', statement: '', parameterFormats: formats, values, resultFormats }),
        encodeDescribe('portal', ''),
        encodeExecute('', 0),
        SYNC,
      ])
      return ask(body, keyOf(body, statement, variant, session), variant, session)
    },
    tableOids: engine.oids,
    async warm(variant, session) {
      if (engine.oids(variant) !== undefined) return
      await ask(encodeQuery(''), undefined, variant, session).catch(() => undefined)
    },
    start: engine.start,
    close: engine.close,
  }
}

/** What an answer depends on; undefined if it depends on more. Two logins share nothing, though they see the same. */
function keyOf(
  body: Buffer,
  { steady }: CatalogStatement,
  variant: Variant,
  session: CatalogSession,
): string | undefined {
  if (!steady) return undefined
  return JSON.stringify([
    variant.key,
    session.login,
    session.user,
    session.version,
    session.settings,
    body.toString('latin1'),
  ])
}

function readAnswer(bytes: Buffer): CatalogReply {
  try {
    return readReply(bytes)
  } catch (cause) {
    if (cause instanceof CatalogError) throw cause
    throw new PgError('internal_error', 'the catalog of this gateway failed', { cause })
  }
}
