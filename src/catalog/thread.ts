import { Worker } from 'node:worker_threads'
import { PgError } from '../errors.js'
import type { WorkerReply } from './worker.js'

/** One running worker. Requests are run in the order in which they come. */
export interface Thread {
  readonly version: string
  /** Names of the types that a column may have, by OID. */
  readonly types: ReadonlyMap<number, string>
  /** @throws PgError query_canceled after `timeoutMs`, internal_error if the worker breaks; it is of no use then */
  run(bytes: Buffer, timeoutMs: number): Promise<Buffer>
  alive(): boolean
  end(): void
}

/** Starts a worker; takes seconds. @throws PgError cannot_connect_now */
export function startThread(startTimeoutMs: number): Promise<Thread> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    stdout: true,
    stderr: true,
  })
  worker.unref()
  const waiting = new Map<number, { done: (bytes: Buffer) => void; fail: (error: PgError) => void }>()
  let nextId = 1
  let alive = true
  const end = (error: PgError): void => {
    if (!alive) return
    alive = false
    void worker.terminate()
    for (const { fail } of waiting.values()) fail(error)
    waiting.clear()
  }
  const run = (bytes: Buffer, timeoutMs: number): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (!alive) return reject(broken('it has ended'))
      const id = nextId
      nextId += 1
      const timer = setTimeout(() => end(tooLong()), timeoutMs)
      waiting.set(id, {
        done(answer) {
          clearTimeout(timer)
          resolve(answer)
        },
        fail(error) {
          clearTimeout(timer)
          reject(error)
        },
      })
      worker.postMessage({ id, bytes })
    })
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
            alive: () => alive,
            end: () => end(broken('it was ended')),
          })
        case 'answer': {
          const { bytes } = message
          waiting.get(message.id)?.done(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
          waiting.delete(message.id)
          return
        }
        case 'broken':
          return fail(message.message)
      }
    })
    worker.once('error', fail)
    worker.once('exit', fail)
  })
}

function tooLong(): PgError {
  return new PgError('query_canceled', 'canceling statement due to statement timeout', {
    hint: 'Statements about the catalog have a limit of their own (ROWGATE_CATALOG_TIMEOUT_MS).',
  })
}

function broken(cause: unknown): PgError {
  return new PgError('internal_error', 'the catalog of this gateway failed', {
    hint: 'Run the statement again.',
    cause,
  })
}
