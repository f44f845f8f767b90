import { Worker } from 'node:worker_threads'
import { PgError } from '../errors.js'
import type { Move, WorkerLimits, WorkerReply, WorkerRequest } from './worker.js'

/** One running worker. Requests are run in the order in which they come. */
export interface Thread {
  readonly version: string
  /** Names of the types that a column may have, by OID. */
  readonly types: ReadonlyMap<number, string>
  /**
   * @throws PgError query_canceled after `timeoutMs`, internal_error if the worker breaks: it is of no use then; program_limit_exceeded if
   *   the answer is too long
   */
  run(bytes: Buffer, timeoutMs: number, moves?: readonly Move[]): Promise<Buffer>
  /** Gives what runs at most this much more time. */
  hurry(timeoutMs: number): void
  alive(): boolean
  end(): void
}

/** Starts a worker; takes seconds. @throws PgError cannot_connect_now */
export function startThread(startTimeoutMs: number, limits: WorkerLimits): Promise<Thread> {
  const { memoryBytesMax, answerBytesMax } = limits
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { memoryBytesMax, answerBytesMax } satisfies WorkerLimits,
    stdout: true,
    stderr: true,
  })
  worker.unref()
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let alive = true
  const end = (error: PgError): void => {
    if (!alive) return
    alive = false
    void worker.terminate()
    for (const { fail } of waiting.values()) fail(error)
    waiting.clear()
  }
  const run: Thread['run'] = (bytes, timeoutMs, moves = []) =>
    new Promise((resolve, reject) => {
      if (!alive) return reject(broken('it has ended'))
      const id = nextId
      nextId += 1
      let endsAtMs = performance.now() + timeoutMs
      let timer = setTimeout(() => end(tooLong()), timeoutMs)
      waiting.set(id, {
        done(answer) {
          clearTimeout(timer)
          resolve(answer)
        },
        fail(error) {
          clearTimeout(timer)
          reject(error)
        },
        hurry(soonMs) {
          if (performance.now() + soonMs >= endsAtMs) return
          clearTimeout(timer)
          endsAtMs = performance.now() + soonMs
          timer = setTimeout(() => end(tooLong()), soonMs)
        },
      })
      worker.postMessage({ id, bytes, moves } satisfies WorkerRequest)
    })
  const hurry = (timeoutMs: number): void => {
    for (const one of waiting.values()) one.hurry(timeoutMs)
  }
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(
        new PgError('cannot_connect_now', 'the catalog of this gateway could not be started', {
          hint: 'Cubes can be queried; what describes them cannot. Try again in a moment.',
          cause,
        }),
      )
      end(broken(cause))
    }
    const timer = setTimeout(() => fail('it did not start in time'), startTimeoutMs)
    timer.unref()
    worker.on('message', (message: WorkerReply) => {
      switch (message.kind) {
        case 'ready':
          clearTimeout(timer)
          return resolve({
            version: message.version,
            types: new Map(message.types),
            run,
            hurry,
            alive: () => alive,
            end: () => end(broken('it was ended')),
          })
        case 'answer': {
          const { bytes } = message
          waiting.get(message.id)?.done(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
          waiting.delete(message.id)
          return
        }
        case 'too-large':
          waiting.get(message.id)?.fail(tooLarge(answerBytesMax))
          waiting.delete(message.id)
          return
        case 'broken':
          return fail(message.message)
      }
    })
    worker.once('error', fail)
    worker.once('exit', fail)
  })
}

interface Waiting {
  done(bytes: Buffer): void
  fail(error: PgError): void
  hurry(timeoutMs: number): void
}

function tooLarge(answerBytesMax: number): PgError {
  return new PgError(
    'program_limit_exceeded',
    `the catalog's answer is longer than ${answerBytesMax} bytes`,
    {
      hint: 'Ask for fewer rows or columns at a time (ROWGATE_CATALOG_ANSWER_BYTES_MAX).',
    },
  )
}

function tooLong(): PgError {
  return new PgError('query_canceled', 'canceling statement due to statement timeout', {
    hint: 'Statements about the catalog have a limit of their own (ROWGATE_CATALOG_TIMEOUT_MS), a shorter one while others wait (ROWGATE_CATALOG_SHARE_MS).',
  })
}

function broken(cause: unknown): PgError {
  return new PgError('internal_error', 'the catalog of this gateway failed', {
    hint: 'Run the statement again.',
    cause,
  })
}
