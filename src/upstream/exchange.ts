import type { Socket } from 'node:net'
import { PgError } from '../errors.js'
import {
  BACKEND,
  decodeErrorFields,
  decodeParameterStatus,
  decodeReadyForQuery,
} from '../protocol/backend.js'
import type { ErrorFields, TransactionStatus } from '../protocol/message.js'
import { FLUSH, TERMINATE } from '../protocol/request.js'
import type { ExchangeResult, Refusal, ReplyKind, SendStep, Sink, Step } from './step.js'

/** The client went away while its answer was on the way. */
export class ClientGone extends Error {}

/** The upstream was lost within a row of which the client has the beginning: whatever it is sent now, it would read as the rest. */
export class RowTorn extends Error {
  constructor(cause: unknown) {
    super('the connection to the upstream database was lost within a row', { cause })
  }
}

/** Messages of the upstream that are looked into are held whole; they are never longer than this. Rows are passed on as they come. */
const HELD_BYTES_MAX = 16_777_216

export interface Exchange {
  run(steps: readonly Step[], sink: Sink): Promise<ExchangeResult>
  status(): TransactionStatus
  closed(): boolean
  busy(): boolean
  needsSync(): boolean
  /** Ends the connection. It counts as closed at once, so that nobody is lent it before the socket has said so. */
  destroy(): void
}

interface Run {
  readonly steps: readonly Step[]
  readonly sink: Sink
  readonly resolve: (result: ExchangeResult) => void
  readonly reject: (error: unknown) => void
  /** Index of the step whose reply is due. */
  index: number
  failure: ExchangeResult['failure']
  /** Set once rows were refused: whatever else comes goes nowhere. */
  refusal: Refusal | undefined
  readonly deliveredBytes: number[]
}

/** Last message types of the replies, by kind. */
const ENDS: Readonly<Record<ReplyKind, ReadonlySet<number>>> = {
  parse: new Set([BACKEND.parseComplete]),
  bind: new Set([BACKEND.bindComplete]),
  close: new Set([BACKEND.closeComplete]),
  'describe-statement': new Set([BACKEND.rowDescription, BACKEND.noData]),
  'describe-portal': new Set([BACKEND.rowDescription, BACKEND.noData]),
  execute: new Set([BACKEND.commandComplete, BACKEND.emptyQueryResponse, BACKEND.portalSuspended]),
  sync: new Set([BACKEND.readyForQuery]),
}

/** What may come in a reply before its last message. */
const INSIDE: Readonly<Record<ReplyKind, ReadonlySet<number>>> = {
  parse: new Set(),
  bind: new Set(),
  close: new Set(),
  'describe-statement': new Set([BACKEND.parameterDescription]),
  'describe-portal': new Set(),
  execute: new Set([BACKEND.dataRow, BACKEND.copyOutResponse, BACKEND.copyData, BACKEND.copyDone]),
  sync: new Set(),
}

/**
 * Matches what an upstream socket sends to what was asked of it. Rows and copy data go on as the bytes they came in, without being
 * decoded or gathered; a run of them in one chunk is one write.
 */
export function createExchange(socket: Socket, parameters: Map<string, string>): Exchange {
  let status: TransactionStatus = 'I'
  let closed = false
  let needsSync = false
  let run: Run | undefined
  /** Bytes of a message that has not come whole. */
  let held: Buffer[] = []
  let heldBytes = 0
  /** Bytes of a row still to come, which are passed on without waiting for all of them. */
  let passing = 0
  let passVisible = false

  const fail = (error: unknown): void => {
    if (closed) return
    closed = true
    socket.destroy()
    const waiting = run
    run = undefined
    waiting?.reject(passing > 0 && passVisible ? new RowTorn(error) : error)
  }

  const currentStep = (): SendStep | undefined => {
    const step = run?.steps[run.index]
    return step?.kind === 'send' ? step : undefined
  }

  /** Writes to the client; a client that reads slowly stops the upstream. */
  const deliver = (bytes: Buffer): void => {
    const current = run
    if (current === undefined || current.refusal !== undefined || bytes.length === 0) return
    const { sink, index, deliveredBytes } = current
    deliveredBytes[index] = (deliveredBytes[index] ?? 0) + bytes.length
    if (sink.write(bytes)) return
    socket.pause()
    // When its run has ended the connection may be another session's, which waits for no client but its own.
    sink.drained().then(
      () => {
        if (run === current) socket.resume()
      },
      () => {
        if (run === current) fail(new ClientGone('the client went away'))
      },
    )
  }

  const finish = (done: Run): void => {
    const { steps, failure, deliveredBytes, refusal } = done
    const resolve = (): void => {
      if (run !== done) return
      run = undefined
      socket.resume()
      done.resolve({ status: steps.some(isSync) ? status : undefined, failure, deliveredBytes })
    }
    if (refusal === undefined) resolve()
    else void refusal.cancelled.finally(resolve)
  }

  /** From here on the client sees nothing of this run: the statement is a failed one, whatever the upstream makes of it. */
  const refuse = (current: Run, refusal: Refusal): void => {
    current.refusal = refusal
    // What is left must be read, however slow the client is.
    socket.resume()
    current.failure = { stepIndex: current.index, fields: new Map(), refused: refusal.error }
  }

  /** Writes local replies that are due, and ends the run when nothing is left. */
  const settle = (): void => {
    while (run !== undefined) {
      const step = run.steps[run.index]
      if (step === undefined) {
        return finish(run)
      }
      if (step.kind === 'send') return
      deliver(step.frame)
      run.index += 1
    }
  }

  const onError = (fields: ErrorFields): void => {
    if (run === undefined || fields.get('V') === 'FATAL' || fields.get('V') === 'PANIC') {
      return fail(lost(fields))
    }
    run.failure ??= { stepIndex: run.index, fields }
    const sync = run.steps.findIndex((step, index) => run !== undefined && index >= run.index && isSync(step))
    needsSync = sync < 0
    run.index = sync < 0 ? run.steps.length : sync
    settle()
  }

  /** One whole message that is no row. */
  const onMessage = (type: number, frame: Buffer): void => {
    if (type === BACKEND.noticeResponse || type === BACKEND.notificationResponse) return
    if (type === BACKEND.parameterStatus) {
      const { name, value } = decodeParameterStatus(frame)
      parameters.set(name, value)
      return
    }
    if (type === BACKEND.errorResponse) return onError(decodeErrorFields(frame))
    const step = currentStep()
    if (step === undefined || run === undefined) return fail(desynchronised(type))
    const ends = ENDS[step.reply].has(type)
    if (!ends && !INSIDE[step.reply].has(type)) return fail(desynchronised(type))
    if (type === BACKEND.readyForQuery) {
      status = decodeReadyForQuery(frame)
      needsSync = false
    }
    const shown = step.rewrite === undefined || run.refusal !== undefined ? frame : step.rewrite(frame)
    if (step.visible && shown !== undefined) deliver(shown)
    if (ends) run.index += 1
    settle()
  }

  const onData = (chunk: Buffer): void => {
    let offset = 0
    if (passing > 0) {
      const bytes = chunk.subarray(0, passing)
      passing -= bytes.length
      offset = bytes.length
      if (passVisible) deliver(bytes)
    }
    let whole = offset === 0 ? chunk : chunk.subarray(offset)
    if (heldBytes > 0) {
      held.push(whole)
      heldBytes += whole.length
      if (heldBytes < neededBytes(held)) return
      whole = Buffer.concat(held, heldBytes)
      held = []
      heldBytes = 0
    }
    readFrames(whole)
  }

  const readFrames = (bytes: Buffer): void => {
    let offset = 0
    while (!closed && bytes.length - offset >= 5) {
      const type = bytes[offset] ?? 0
      const length = bytes.readInt32BE(offset + 1)
      if (length < 4) return fail(desynchronised(type))
      const step = currentStep()
      const row = type === BACKEND.dataRow || type === BACKEND.copyData
      if (row && step?.reply === 'execute' && step.onRow === undefined) {
        const { end, rows } = runOfRows(bytes, offset)
        if (run !== undefined && run.refusal === undefined) {
          const refusal = step.meter?.(rows, end - offset)
          if (refusal !== undefined) refuse(run, refusal)
        }
        if (step.visible) deliver(bytes.subarray(offset, Math.min(end, bytes.length)))
        passing = Math.max(0, end - bytes.length)
        passVisible = step.visible && run?.refusal === undefined
        offset = Math.min(end, bytes.length)
        continue
      }
      const end = offset + 1 + length
      if (length > HELD_BYTES_MAX) return fail(desynchronised(type))
      if (end > bytes.length) break
      const frame = bytes.subarray(offset, end)
      if (row) step?.onRow?.(frame)
      else onMessage(type, frame)
      offset = end
    }
    if (closed || offset >= bytes.length) return
    held = [bytes.subarray(offset)]
    heldBytes = bytes.length - offset
  }

  socket.on('data', onData)
  socket.on('error', (error) => fail(lost(error)))
  socket.on('end', () => fail(lost(undefined)))
  socket.on('close', () => fail(lost(undefined)))

  return {
    status: () => status,
    closed: () => closed,
    busy: () => run !== undefined,
    needsSync: () => needsSync,
    destroy() {
      if (!socket.destroyed && socket.writable) socket.write(TERMINATE)
      fail(lost(undefined))
    },
    run(steps, sink) {
      return new Promise<ExchangeResult>((resolve, reject) => {
        if (closed) return reject(lost(undefined))
        if (run !== undefined) return reject(new Error('an exchange is under way'))
        run = {
          steps,
          sink,
          resolve,
          reject,
          index: 0,
          failure: undefined,
          refusal: undefined,
          deliveredBytes: [],
        }
        const frames = steps.flatMap((step) => (step.kind === 'send' ? [step.frame] : []))
        if (frames.length > 0) {
          const synced = steps.some(isSync)
          socket.write(
            frames.length === 1 && synced
              ? (frames[0] ?? FLUSH)
              : Buffer.concat(synced ? frames : [...frames, FLUSH]),
          )
        }
        settle()
      })
    },
  }
}

function isSync(step: Step): boolean {
  return step.kind === 'send' && step.reply === 'sync'
}

/** Where a run of rows ends that begins at `offset`, beyond the bytes if the last one has not come whole; and how many they are. */
function runOfRows(bytes: Buffer, offset: number): { readonly end: number; readonly rows: number } {
  let end = offset
  let rows = 0
  while (bytes.length - end >= 5 && (bytes[end] === BACKEND.dataRow || bytes[end] === BACKEND.copyData)) {
    const length = bytes.readInt32BE(end + 1)
    if (length < 4) break
    end += 1 + length
    rows += 1
  }
  return { end, rows }
}

/** How many bytes a message needs that begins in `parts`; 5 while its length is not known. */
function neededBytes(parts: readonly Buffer[]): number {
  const head = Buffer.concat(
    parts.slice(0, 5),
    Math.min(
      5,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  )
  if (head.length < 5) return 5
  // A row is passed on as soon as its length is known.
  if (head[0] === BACKEND.dataRow || head[0] === BACKEND.copyData) return 5
  return 1 + head.readInt32BE(1)
}

function lost(cause: unknown): PgError {
  const fields = cause instanceof Map ? (cause as ErrorFields) : undefined
  const shutdown = fields?.get('C') === '57P01'
  return new PgError(
    shutdown ? 'admin_shutdown' : 'connection_failure',
    'the connection to the upstream database was lost',
    {
      hint: 'Run the statement again; the gateway opens a new connection.',
      cause,
    },
  )
}

function desynchronised(type: number): PgError {
  return lost(new Error(`unexpected message ${String.fromCharCode(type)} from the upstream`))
}
