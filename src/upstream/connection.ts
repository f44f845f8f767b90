import type { Socket } from 'node:net'
import {
  BACKEND,
  decodeDataRow,
  decodeParameterDescription,
  decodeRowDescription,
} from '../protocol/backend.js'
import type { FieldDescription, TransactionStatus } from '../protocol/message.js'
import { encodeBind, encodeDescribe, encodeExecute, encodeParse, SYNC } from '../protocol/request.js'
import { createExchange } from './exchange.js'
import { createPreparedNames, type PreparedNames } from './prepared.js'
import type { ExchangeResult, Sink, Step } from './step.js'

/** One connection to the upstream, lent to one session at a time. */
export interface Connection {
  readonly id: number
  readonly processId: number
  readonly secretKey: Buffer
  /** Values of the last ParameterStatus messages. */
  readonly parameters: ReadonlyMap<string, string>
  readonly prepared: PreparedNames
  readonly openedAtMs: number
  /** Settings as they were last put on the connection, by name; one that is missing has an unknown value. The session layer's own memo. */
  applied: ReadonlyMap<string, string>
  /** Settings as they are again if what runs since the last transaction's end is rolled back. */
  appliedOnRollback: ReadonlyMap<string, string>
  /** A cancel that is under way: the connection must not serve anyone else before it ended. */
  cancelling: Promise<void> | undefined
  status(): TransactionStatus
  closed(): boolean
  /** Idle, nothing outstanding, fit for the next session. */
  clean(): boolean
  /** Whether it failed inside an exchange that held no sync, and skips everything until one. */
  needsSync(): boolean
  /**
   * Sends the steps and gives the replies to the sink. At most one sync, and last.
   *
   * @throws PgError or RowTorn if the connection dies; ClientGone if the sink does
   */
  exchange(steps: readonly Step[], sink: Sink): Promise<ExchangeResult>
  /** Columns and parameter types of a statement, without running it. @throws UpstreamError */
  describe(
    sql: string,
  ): Promise<{ readonly fields: readonly FieldDescription[]; readonly parameterOids: readonly number[] }>
  /** Runs a statement of the gateway's own and gives its rows as text. @throws UpstreamError */
  query(sql: string): Promise<readonly (readonly (string | null)[])[]>
  /** Ends it at once. */
  destroy(): void
  /** Called once when it ends, for whatever reason. */
  onClose(listener: () => void): void
}

/** An ErrorResponse to a statement of the gateway's own. */
export class UpstreamError extends Error {
  readonly code: string
  constructor(fields: ReadonlyMap<string, string>) {
    super(fields.get('M') ?? 'upstream error')
    this.code = fields.get('C') ?? 'XX000'
  }
}

export interface ConnectionOptions {
  readonly id: number
  readonly socket: Socket
  readonly parameters: Map<string, string>
  readonly processId: number
  readonly secretKey: Buffer
  readonly preparedMax: number
  /** Settings that were put on it when it was opened. */
  readonly applied: ReadonlyMap<string, string>
}

const NOWHERE: Sink = { write: () => true, drained: () => Promise.resolve() }

export function createConnection(options: ConnectionOptions): Connection {
  const { socket, parameters } = options
  const exchange = createExchange(socket, parameters)
  const closeListeners: (() => void)[] = []
  socket.once('close', () => {
    for (const listener of closeListeners) listener()
  })
  const collect = async (steps: readonly Step[]): Promise<ExchangeResult> => {
    const result = await exchange.run(steps, NOWHERE)
    if (result.failure !== undefined) throw new UpstreamError(result.failure.fields)
    return result
  }
  return {
    id: options.id,
    processId: options.processId,
    secretKey: options.secretKey,
    parameters,
    prepared: createPreparedNames(options.preparedMax),
    openedAtMs: Date.now(),
    applied: options.applied,
    appliedOnRollback: options.applied,
    cancelling: undefined,
    status: exchange.status,
    closed: exchange.closed,
    clean: () => !exchange.closed() && exchange.status() === 'I' && !exchange.busy() && !exchange.needsSync(),
    needsSync: exchange.needsSync,
    exchange: exchange.run,
    async describe(sql) {
      let fields: readonly FieldDescription[] = []
      let parameterOids: readonly number[] = []
      const rewrite = (frame: Buffer): undefined => {
        if (frame[0] === BACKEND.rowDescription) fields = decodeRowDescription(frame)
        if (frame[0] === BACKEND.parameterDescription) parameterOids = decodeParameterDescription(frame)
        return undefined
      }
      await collect([
        { kind: 'send', frame: encodeParse('', sql, []), reply: 'parse', visible: false },
        {
          kind: 'send',
          frame: encodeDescribe('statement', ''),
          reply: 'describe-statement',
          visible: false,
          rewrite,
        },
        { kind: 'send', frame: SYNC, reply: 'sync', visible: false },
      ])
      return { fields, parameterOids }
    },
    async query(sql) {
      const rows: (readonly (string | null)[])[] = []
      const onRow = (frame: Buffer): void => {
        rows.push(decodeDataRow(frame).map((value) => value?.toString('utf8') ?? null))
      }
      const bind = { portal: '', statement: '', parameterFormats: [], values: [], resultFormats: [] }
      await collect([
        { kind: 'send', frame: encodeParse('', sql, []), reply: 'parse', visible: false },
        { kind: 'send', frame: encodeBind(bind), reply: 'bind', visible: false },
        { kind: 'send', frame: encodeExecute('', 0), reply: 'execute', visible: false, onRow },
        { kind: 'send', frame: SYNC, reply: 'sync', visible: false },
      ])
      return rows
    },
    destroy: exchange.destroy,
    onClose(listener) {
      if (exchange.closed()) listener()
      else closeListeners.push(listener)
    },
  }
}
