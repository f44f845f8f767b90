import { PARSE_COMPLETE } from '../protocol/backend.js'
import { encodeClose, encodeParse, SYNC } from '../protocol/request.js'
import type { Connection } from '../upstream/connection.js'
import type { SendStep, Step } from '../upstream/step.js'
import type { Account, Entry } from './audit.js'
import { ERROR_CACHED_PLAN, reportOfFields } from './report.js'
import { preparedKey, type UpstreamStatement } from './upstream-statement.js'
import type { Writer } from './writer.js'

/** What must be known about a step if it fails. */
interface StepNote {
  readonly statement: UpstreamStatement | undefined
  /** The connection would have known this statement from here on. */
  readonly preparedKey: string | undefined
  readonly undo: Undo | undefined
  /** Whether an error in it can only be about what the client wrote, though it is no statement of the client's. */
  readonly errorsAreOwn: boolean
  /** The statement that is told of it. */
  readonly entry: Entry | undefined
}

/** Takes back what the session noted when it planned a step, because the step failed or never ran. */
export type Undo = () => void

/** Steps that were planned but not sent yet, so that several leave in one write. */
export interface Batch {
  /** A reply of the session's own, in its place. */
  local(frame: Buffer, undo?: Undo): void
  /**
   * Steps of the gateway's own that must come first on this connection. COMMIT is one, and computes the rows of cursors WITH HOLD.
   *
   * @param errorsAreOwn whether an error can only be about what the client wrote: a value of SET
   */
  before(connection: Connection, steps: readonly Step[], options?: { readonly errorsAreOwn?: boolean }): void
  send(frame: Buffer, reply: SendStep['reply'], options: SendOptions): void
  /**
   * Makes the statement known under a name on the connection, if it is not.
   *
   * @param visible whether the client waits for ParseComplete
   */
  prepare(connection: Connection, statement: UpstreamStatement, visible: boolean, undo?: Undo): string
  /** Steps that were not sent yet. */
  size(): number
  /** Whether so much waits that it must leave: a pipeline that is longer goes out in portions. */
  full(): boolean
  /** Whether something waits for the upstream. */
  waiting(): boolean
  /** Whether the upstream was used since the last sync, and so must get one. */
  unsynced(): boolean
  /**
   * Sends all of it and passes the replies on.
   *
   * @throws ReportedError if a step failed; the steps after it did not run
   */
  settle(options: { readonly sync: boolean }): Promise<void>
  /** Drops what was not sent. */
  clear(): void
}

export interface SendOptions {
  readonly visible: boolean
  readonly statement?: UpstreamStatement
  readonly undo?: Undo
  readonly rewrite?: SendStep['rewrite']
  readonly meter?: SendStep['meter']
}

/** A pipeline longer than this is sent in portions. */
const BATCH_STEPS_MAX = 500
/** So is one whose frames, the session's own answers among them, are longer than this. */
const BATCH_BYTES_MAX = 1_048_576

export function createBatch(writer: Writer, account: Account): Batch {
  let steps: Step[] = []
  let notes: StepNote[] = []
  let connection: Connection | undefined
  let touched = false
  let waitingBytes = 0
  const add = (step: Step, note: Partial<StepNote> = {}): void => {
    const { statement, preparedKey: key, undo, errorsAreOwn = statement?.errorsAreOwn === true } = note
    steps.push(step)
    notes.push({ statement, preparedKey: key, undo, errorsAreOwn, entry: account.current() })
    waitingBytes += step.frame.length
    if (step.kind === 'send') touched = true
  }
  const batch: Batch = {
    local: (frame, undo) => add({ kind: 'local', frame }, { undo }),
    before(used, first, { errorsAreOwn = false } = {}) {
      connection = used
      for (const step of first) add(step, { errorsAreOwn })
    },
    send(frame, reply, { visible, statement, undo, rewrite, meter }) {
      add(
        { kind: 'send', frame, reply, visible, meter, ...(rewrite === undefined ? {} : { rewrite }) },
        { statement, undo },
      )
    },
    prepare(used, statement, visible, undo) {
      connection = used
      const key = preparedKey(statement, used.applied)
      if (!statement.cached) {
        const frame = encodeParse('', statement.sql, statement.parameterOids)
        add({ kind: 'send', frame, reply: 'parse', visible }, { statement, undo })
        return ''
      }
      const { name, known, evicted } = used.prepared.prepare(key)
      for (const old of evicted)
        add({ kind: 'send', frame: encodeClose('statement', old), reply: 'close', visible: false })
      if (known) {
        if (visible) batch.local(PARSE_COMPLETE, undo)
        return name
      }
      const frame = encodeParse(name, statement.sql, statement.parameterOids)
      add({ kind: 'send', frame, reply: 'parse', visible }, { statement, preparedKey: key, undo })
      return name
    },
    size: () => steps.length,
    full: () => steps.length > BATCH_STEPS_MAX || waitingBytes > BATCH_BYTES_MAX,
    waiting: () => steps.some((step) => step.kind === 'send'),
    unsynced: () => touched,
    async settle({ sync }) {
      const run = steps
      const runNotes = notes
      batch.clear()
      const used = connection
      const mustSync = sync && touched && used !== undefined
      if (!run.some((step) => step.kind === 'send') && !mustSync) {
        for (const [index, step] of run.entries()) {
          if (step.kind !== 'local') continue
          writer.write(step.frame)
          noteBytes(runNotes[index], step.frame.length)
        }
        if (sync) touched = false
        if (writer.full()) await writer.drained()
        return
      }
      if (used === undefined) throw new Error('steps without a connection')
      const all: Step[] = mustSync
        ? [...run, { kind: 'send', frame: SYNC, reply: 'sync', visible: false }]
        : run
      const { status, failure, deliveredBytes } = await used.exchange(all, writer).catch((error: unknown) => {
        // With the connection goes all that was asked of it: nothing is left to be synchronised.
        connection = undefined
        touched = false
        throw error
      })
      if (mustSync) touched = false
      for (const [index, bytes] of deliveredBytes.entries()) noteBytes(runNotes[index], bytes ?? 0)
      const { applied } = used
      // Settings that came in the same transaction are undone with it.
      if (failure !== undefined) used.applied = used.appliedOnRollback
      if (status === 'I') used.appliedOnRollback = used.applied
      if (failure === undefined) return
      for (const note of runNotes.slice(failure.stepIndex).toReversed()) {
        if (note.preparedKey !== undefined) used.prepared.forget(note.preparedKey)
        note.undo?.()
      }
      // Sync is no step that was planned. It commits what ran outside a block.
      const { statement, entry, errorsAreOwn = false } = runNotes[failure.stepIndex] ?? {}
      if (failure.refused !== undefined) {
        // The upstream may have gone on to the end, settings included: what it is set to now is not known.
        used.applied = new Map()
        used.appliedOnRollback = used.applied
        account.fail(failure.refused.code, entry)
        throw failure.refused
      }
      if (statement !== undefined && failure.fields.get('M') === ERROR_CACHED_PLAN)
        used.prepared.forget(preparedKey(statement, applied))
      const reported = reportOfFields(failure.fields, { statement, errorsAreOwn })
      account.fail(reported.report.code, entry)
      throw reported
    },
    clear() {
      steps = []
      notes = []
      waitingBytes = 0
    },
  }
  return batch
}

function noteBytes(note: StepNote | undefined, bytes: number): void {
  if (note?.entry !== undefined) note.entry.bytes += bytes
}
