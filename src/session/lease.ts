import { PgError } from '../errors.js'
import { encodeBind, encodeClose, encodeExecute, encodeParse } from '../protocol/request.js'
import type { Connection } from '../upstream/connection.js'
import type { Pool } from '../upstream/pool.js'
import type { SendStep, Step } from '../upstream/step.js'
import { UPSTREAM_SETTINGS } from './setting.js'

/** Not the unnamed one, which the client may have suspended. */
export const HIDDEN_PORTAL = '\u{E000}rowgate'

/** Steps that run a statement of the gateway's own, unseen by the client. */
export function hiddenSteps(sql: string, values: readonly string[] = []): readonly Step[] {
  const bind = {
    portal: HIDDEN_PORTAL,
    statement: '',
    parameterFormats: [],
    values: values.map((value) => Buffer.from(value, 'utf8')),
    resultFormats: [],
  }
  const hidden = (frame: Buffer, reply: SendStep['reply']): SendStep => ({
    kind: 'send',
    frame,
    reply,
    visible: false,
  })
  return [
    hidden(
      encodeParse(
        '',
        sql,
        values.map(() => 25),
      ),
      'parse',
    ),
    hidden(encodeBind(bind), 'bind'),
    hidden(encodeExecute(HIDDEN_PORTAL, 0), 'execute'),
    hidden(encodeClose('portal', HIDDEN_PORTAL), 'close'),
  ]
}

const SETTINGS_SQL = `SELECT ${UPSTREAM_SETTINGS.map((name, index) => `pg_catalog.set_config('${name}', $${index + 1}, false)`).join(', ')}`

/** Equal exactly when the values are. */
export function settingsKeyOf(values: readonly string[]): string {
  return values.join('\0')
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
    settings: readonly string[] | undefined,
  ): Promise<{ readonly connection: Connection; readonly steps: readonly Step[] }>
  /** Ends a wait for a connection. */
  interrupt(): void
  release(): void
  destroy(): void
}

export function createLease(pool: Pool): Lease {
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
          connection = await pool.acquire(waiting.signal)
        } finally {
          waiting = undefined
        }
      }
      if (settings === undefined) return { connection, steps: [] }
      const key = settingsKeyOf(settings)
      if (connection.settingsKey === key) return { connection, steps: [] }
      connection.settingsKey = key
      return { connection, steps: hiddenSteps(SETTINGS_SQL, settings) }
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
