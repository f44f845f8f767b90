import { PgError } from '../errors.js'
import type { Observe } from '../events.js'
import type { Connection } from './connection.js'
import { createShares } from './shares.js'

export interface PoolOptions {
  readonly connectionsMax: number
  /** Of them, how many one owner may hold at once. */
  readonly connectionsPerOwnerMax: number
  readonly waitersMax: number
  readonly acquireTimeoutMs: number
  /** An idle connection is closed after this. */
  readonly idleTimeoutMs: number
  /** A connection is not reused after this age. */
  readonly lifetimeMaxMs: number
}

export interface PoolDeps {
  readonly connect: () => Promise<Connection>
  readonly observe: Observe
}

export interface Pool {
  /**
   * Lends a connection until it is released. Of those who wait, the owner that holds fewest is served first.
   *
   * @param owner who asks: the same for all sessions with the same claims; undefined for the gateway's own work
   * @throws PgError too_many_connections when none is free in time; query_canceled if `signal` fires first
   */
  acquire(owner?: string, signal?: AbortSignal): Promise<Connection>
  /** Takes one back; it is closed unless it is clean. */
  release(connection: Connection): void
  /** Lends a connection to `work` and takes it back however `work` ends. */
  use<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** Closes idle connections now and lent ones when they come back. */
  close(): void
  stats(): { readonly open: number; readonly idle: number; readonly waiting: number }
}

interface Waiter {
  readonly owner: string | undefined
  readonly resolve: (connection: Connection) => void
  readonly reject: (error: unknown) => void
}

/** How long a failing upstream is left alone before the next attempt. */
const RETRY_PAUSE_MS = 200

export function createPool(options: PoolOptions, { connect, observe }: PoolDeps): Pool {
  /** The one used last stands last, and is used first. */
  let idle: { readonly connection: Connection; readonly sinceMs: number }[] = []
  let waiters: Waiter[] = []
  const shares = createShares(options.connectionsPerOwnerMax)
  let open = 0
  let closing = false
  let pausedUntilMs = 0
  let lastFailure: unknown

  const remove = (connection: Connection): void => {
    idle = idle.filter((entry) => entry.connection !== connection)
  }

  const openOne = async (): Promise<void> => {
    open += 1
    try {
      const connection = await connect()
      observe({ kind: 'upstream_connected', connectionId: connection.id })
      connection.onClose(() => {
        open -= 1
        remove(connection)
        shares.takeBack(connection)
        serve()
      })
      give(connection)
    } catch (error) {
      open -= 1
      lastFailure = error
      pausedUntilMs = Date.now() + RETRY_PAUSE_MS
      observe({ kind: 'upstream_failed', connectionId: undefined, error })
      // Whoever waits would wait for nothing, unless somebody still has a connection to give back.
      if (open === 0) {
        const failed = waiters
        waiters = []
        for (const waiter of failed) waiter.reject(error)
      }
    }
  }

  /** Who is served next: of those whose owners may have one more, the first of the owner that holds fewest. */
  const nextWaiter = (): Waiter | undefined => {
    let next: Waiter | undefined
    for (const waiter of waiters)
      if (
        shares.mayHave(waiter.owner) &&
        (next === undefined || shares.held(waiter.owner) < shares.held(next.owner))
      )
        next = waiter
    return next
  }

  const give = (connection: Connection): void => {
    const waiter = nextWaiter()
    if (waiter !== undefined) waiter.resolve(connection)
    else if (closing) connection.destroy()
    else idle.push({ connection, sinceMs: Date.now() })
  }

  let opening = 0
  const serve = (): void => {
    const served = waiters.filter(({ owner }) => shares.mayHave(owner)).length
    while (!closing && served > opening && open < options.connectionsMax) {
      opening += 1
      void openOne().finally(() => {
        opening -= 1
      })
    }
  }

  const usable = (connection: Connection): boolean =>
    connection.clean() && Date.now() - connection.openedAtMs < options.lifetimeMaxMs

  const takeIdle = (): Connection | undefined => {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      if (usable(entry.connection)) return entry.connection
      entry.connection.destroy()
    }
    return undefined
  }

  /** An owner that had its share may have a connection that is idle, once it gave one back. */
  const serveIdle = (): void => {
    while (nextWaiter() !== undefined) {
      const connection = takeIdle()
      if (connection === undefined) return serve()
      give(connection)
    }
  }

  const sweep = setInterval(() => {
    for (const { connection, sinceMs } of idle) {
      if (Date.now() - sinceMs > options.idleTimeoutMs || !usable(connection)) {
        remove(connection)
        connection.destroy()
      }
    }
  }, 1_000)
  sweep.unref()

  const pool: Pool = {
    acquire(owner, signal) {
      const found = shares.mayHave(owner) ? takeIdle() : undefined
      if (found !== undefined) {
        shares.lend(found, owner)
        return Promise.resolve(found)
      }
      if (closing) return Promise.reject(new PgError('admin_shutdown', 'the gateway is shutting down'))
      if (open === 0 && Date.now() < pausedUntilMs) return Promise.reject(lastFailure)
      if (waiters.length >= options.waitersMax) {
        return Promise.reject(
          new PgError('too_many_connections', 'too many sessions already wait for an upstream connection', {
            hint: 'Raise ROWGATE_UPSTREAM_CONNECTIONS_MAX, or run fewer statements at once.',
          }),
        )
      }
      return new Promise<Connection>((resolve, reject) => {
        const leave = (): void => {
          waiters = waiters.filter((other) => other !== waiter)
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
        }
        const waiter: Waiter = {
          owner,
          resolve(connection) {
            leave()
            shares.lend(connection, owner)
            resolve(connection)
          },
          reject(error) {
            leave()
            reject(error)
          },
        }
        const onAbort = (): void =>
          waiter.reject(new PgError('query_canceled', 'canceling statement due to user request'))
        const timer = setTimeout(() => {
          waiter.reject(
            new PgError(
              'too_many_connections',
              `no upstream connection became free within ${options.acquireTimeoutMs} ms`,
              {
                hint: 'Raise ROWGATE_UPSTREAM_CONNECTIONS_MAX or ROWGATE_UPSTREAM_ACQUIRE_TIMEOUT_MS, or run fewer statements at once.',
              },
            ),
          )
        }, options.acquireTimeoutMs)
        signal?.addEventListener('abort', onAbort, { once: true })
        waiters.push(waiter)
        serve()
      })
    },
    release(connection) {
      const settle = (): void => {
        shares.takeBack(connection)
        if (connection.closed()) return
        if (usable(connection) && !closing) give(connection)
        else connection.destroy()
        serveIdle()
      }
      if (connection.cancelling === undefined) settle()
      else void connection.cancelling.finally(settle)
    },
    async use(work) {
      const connection = await pool.acquire()
      try {
        return await work(connection)
      } finally {
        pool.release(connection)
      }
    },
    close() {
      closing = true
      clearInterval(sweep)
      for (const { connection } of idle) connection.destroy()
      idle = []
    },
    stats: () => ({ open, idle: idle.length, waiting: waiters.length }),
  }
  return pool
}
