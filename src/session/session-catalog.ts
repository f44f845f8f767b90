import type { Catalog, CatalogStatement, CatalogValues } from '../catalog/catalog.js'
import type { CatalogSession } from '../catalog/overlay.js'
import { CatalogError, type CatalogReply, type Signal } from '../catalog/reply.js'
import type { Variant } from '../catalog/variant.js'
import { PgError } from '../errors.js'
import { ReportedError } from './report.js'
import { TIMER_MS_MAX } from './settings.js'

/** The catalog as one session sees it. All throw ReportedError with what Postgres says, PgError if the engine fails or is interrupted. */
export interface SessionCatalog {
  describe(statement: PlacedStatement): Promise<CatalogReply>
  run(statement: PlacedStatement & CatalogValues): Promise<CatalogReply>
  /** The OID of a cube's table and nothing else, if the engine knows it by now. */
  tableOid(name: string): number | undefined
  /** Resolves when the session's tables are there, so that result columns can lead to them; at the latest after `patienceMs`. */
  warm(patienceMs: number): Promise<void>
  /** Waits, and asks nothing. @throws PgError query_canceled if interrupted */
  wait(delayMs: number): Promise<void>
  /** Ends the wait for an answer, as a cancel asks. */
  interrupt(): void
}

/** A statement and the character (from 1) of the client's text at which it begins. */
export interface PlacedStatement extends CatalogStatement {
  readonly start: number
}

export interface SessionCatalogDeps {
  readonly catalog: Catalog
  readonly variant: Variant
  /** Read at each statement, because settings change. */
  readonly session: (statement: Pick<CatalogStatement, 'asksSessions'>) => CatalogSession
  /** Does what a client asked for one of its own sessions. */
  readonly signal: (signal: Signal) => void
}

export function createSessionCatalog({
  catalog,
  variant,
  session,
  signal,
}: SessionCatalogDeps): SessionCatalog {
  let interrupt: (() => void) | undefined

  const interruptible = async <T>(work: Promise<T>): Promise<T> => {
    const interrupted = new Promise<never>((_resolve, reject) => {
      interrupt = () => reject(new PgError('query_canceled', 'canceling statement due to user request'))
    })
    interrupted.catch(() => undefined)
    try {
      return await Promise.race([work, interrupted])
    } finally {
      interrupt = undefined
    }
  }

  const ask = async (start: number, work: () => Promise<CatalogReply>): Promise<CatalogReply> => {
    try {
      const reply = await interruptible(work())
      for (const asked of reply.signals) signal(asked)
      return reply
    } catch (error) {
      throw error instanceof CatalogError ? reportCatalogError(error, start) : error
    }
  }

  return {
    describe: (statement) =>
      ask(statement.start, () => catalog.describe(statement, variant, session(statement))),
    run: (statement) => ask(statement.start, () => catalog.run(statement, variant, session(statement))),
    tableOid: (name) => catalog.tableOids(variant)?.get(name),
    async warm(patienceMs) {
      const patience = new Promise<void>((resolve) => {
        setTimeout(resolve, patienceMs).unref()
      })
      await Promise.race([catalog.warm(variant, session({ asksSessions: false })), patience])
    },
    async wait(delayMs) {
      let timer: NodeJS.Timeout | undefined
      const waited = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.min(delayMs, TIMER_MS_MAX))
      })
      await interruptible(waited).finally(() => clearTimeout(timer))
    },
    interrupt: () => interrupt?.(),
  }
}

/** Everything that the catalog says is about what the session may see; only where it stands in the client's text must be counted again. */
function reportCatalogError({ fields }: CatalogError, start: number): ReportedError {
  const position = Number(fields.get('P') ?? Number.NaN)
  return new ReportedError({
    code: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? 'error in the catalog',
    detail: fields.get('D'),
    hint: fields.get('H'),
    position: Number.isNaN(position) ? undefined : position + start - 1,
  })
}
