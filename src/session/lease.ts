import { PgError } from '../errors.js'
import { encodeBind, encodeClose, encodeExecute, encodeParse } from '../protocol/request.js'
import { quoteIdentifier, quoteLiteral } from '../sql/print/output.js'
import type { Connection } from '../upstream/connection.js'
import type { Pool } from '../upstream/pool.js'
import type { SendStep, Step } from '../upstream/step.js'

/** Portal of the gateway's own statements; no client's portal may have this name. The unnamed one is the client's, and may be suspended. */
export const OWN_PORTAL = '_rowgate'

const BIND_OWN = encodeBind({
  portal: OWN_PORTAL,
  statement: '',
  parameterFormats: [],
  values: [],
  resultFormats: [],
})

/**
 * Steps that run a statement of the gateway's own, unseen by the client but for the parts that `execute` makes visible. The portal is
 * closed first and not last, because it outlives a statement that failed.
 */
export function hiddenSteps(
  sql: string,
  execute: Pick<SendStep, 'onRow'> & { readonly visible?: boolean } = {},
): readonly SendStep[] {
  const hidden = { kind: 'send', visible: false } as const
  return [
    { ...hidden, frame: encodeClose('portal', OWN_PORTAL), reply: 'close' },
    { ...hidden, frame: encodeParse('', sql, []), reply: 'parse' },
    { ...hidden, frame: BIND_OWN, reply: 'bind' },
    { ...hidden, frame: encodeExecute(OWN_PORTAL, 0), reply: 'execute', ...execute },
  ]
}

/** SET is no query, as set_config() would be: after it the isolation level of the transaction may still be chosen. */
export function setSql(name: string, value: string): string {
  return `SET SESSION ${quoteIdentifier(name)} TO ${quoteLiteral(value)}`
}

/** A session's hold on one upstream connection, from the first statement that needs it until its transaction ends. */
export interface Lease {
  current(): Connection | undefined
  /**
   * The connection, and the steps that must come before the session's own: its settings, if others are applied. Without settings
   * nothing comes before: in a failed block the upstream takes nothing but its end.
   *
   * @throws PgError of the pool
   */
  take(
    settings: ReadonlyMap<string, string> | undefined,
  ): Promise<{ readonly connection: Connection; readonly steps: readonly Step[] }>
  /** Ends a wait for a connection. */
  interrupt(): void
  release(): void
  destroy(): void
}

/** @param owner whose share of the pool it takes from */
export function createLease(pool: Pool, owner: string): Lease {
  let connection: Connection | undefined
  let waiting: AbortController | undefined
  return {
    current: () => connection,
    async take(settings) {
      if (connection?.closed()) {
        connection = undefined
        throw new PgError('connection_failure', 'the connection to the upstream database was lost', {
          hint: 'Run the statement again.',
        })
      }
      if (connection === undefined) {
        waiting = new AbortController()
        try {
          connection = await pool.acquire(owner, waiting.signal)
        } finally {
          waiting = undefined
        }
      }
      if (settings === undefined) return { connection, steps: [] }
      const { applied } = connection
      const changed = [...settings].filter(([name, value]) => applied.get(name) !== value)
      if (changed.length === 0) return { connection, steps: [] }
      connection.applied = settings
      return { connection, steps: changed.flatMap(([name, value]) => hiddenSteps(setSql(name, value))) }
    },
    interrupt: () => waiting?.abort(),
    release() {
      if (connection !== undefined) pool.release(connection)
      connection = undefined
    },
    destroy() {
      connection?.destroy()
      connection = undefined
    },
  }
}
