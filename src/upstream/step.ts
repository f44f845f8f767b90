import type { PgError } from '../errors.js'
import type { ErrorFields, TransactionStatus } from '../protocol/message.js'

/** What a sent message is answered by, so that each reply frame finds the step it belongs to. */
export type ReplyKind =
  /** ParseComplete */
  | 'parse'
  /** BindComplete */
  | 'bind'
  /** CloseComplete */
  | 'close'
  /** ParameterDescription, then RowDescription or NoData */
  | 'describe-statement'
  /** RowDescription or NoData */
  | 'describe-portal'
  /** DataRow*, or CopyOutResponse CopyData* CopyDone; then CommandComplete, EmptyQueryResponse or PortalSuspended */
  | 'execute'
  /** ReadyForQuery */
  | 'sync'

/** One frame for the upstream and what becomes of its reply. */
export interface SendStep {
  readonly kind: 'send'
  readonly frame: Buffer
  readonly reply: ReplyKind
  /** Whether the client sees the reply. A sync's never is: the session writes its own ReadyForQuery. */
  readonly visible: boolean
  /**
   * Sees each whole reply frame but rows and copy data; returns what the client gets in its place (undefined: nothing).
   * Called for invisible steps too, its result then dropped.
   */
  readonly rewrite?: (frame: Buffer) => Buffer | undefined
  /** Sees how many rows pass on, and how many bytes they are; answers what ends the statement, if they are too many. */
  readonly meter?: Meter | undefined
  /** Takes each row whole, for the gateway's own statements; rows are not passed on then. */
  readonly onRow?: (frame: Buffer) => void
}

export type Meter = (rows: number, bytes: number) => Refusal | undefined

/** Why no more rows pass on. */
export interface Refusal {
  readonly error: PgError
  /** Resolves when the upstream's statement has been asked to end: until then it could hit what comes next. Never rejects. */
  readonly cancelled: Promise<void>
}

/** A reply that the session gives itself, in its place among the upstream's. */
export interface LocalStep {
  readonly kind: 'local'
  readonly frame: Buffer
}

export type Step = SendStep | LocalStep

/** Where replies go: the client's socket. `write` returns false when the caller must wait for `drained`. */
export interface Sink {
  write(bytes: Buffer): boolean
  drained(): Promise<void>
}

export interface ExchangeResult {
  /** The upstream's own status after a sync; undefined if the steps held none. */
  readonly status: TransactionStatus | undefined
  /** The step that failed and its ErrorResponse. Later steps up to a sync were skipped by the upstream, and their replies with them. */
  readonly failure:
    | {
        readonly stepIndex: number
        readonly fields: ErrorFields
        /** Set if it was the gateway that ended it; the upstream may have done all of it. */
        readonly refused?: PgError
      }
    | undefined
  /** Bytes that went to the sink, by step. */
  readonly deliveredBytes: readonly number[]
}
