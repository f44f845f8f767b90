import { PgError } from '../errors.js'

/** Whose turn it is: one statement at a time, and owners served in turn, however many statements each of them sends. */
export interface Turns {
  /** Runs `work` when it is its turn. @throws PgError too_many_connections if too many wait already */
  take<T>(owner: string, work: () => Promise<T>): Promise<T>
  /** Whether anyone but this owner waits. */
  othersWait(owner: string): boolean
}

export interface TurnsOptions {
  readonly waitersMax: number
  /** Told when an owner begins to wait while another's statement runs. */
  readonly onWait: (runningOwner: string) => void
}

/** No owner may fill more than this part of the queue. */
const OWNER_PART = 4

export function createTurns({ waitersMax, onWait }: TurnsOptions): Turns {
  /** What waits, by owner; the owner that was served last comes last. */
  const queues = new Map<string, (() => Promise<void>)[]>()
  let waiters = 0
  let runningOwner: string | undefined

  const next = (): void => {
    const [entry] = queues
    if (runningOwner !== undefined || entry === undefined) return
    const [owner, queue] = entry
    queues.delete(owner)
    const run = queue.shift()
    if (run === undefined) return next()
    if (queue.length > 0) queues.set(owner, queue)
    waiters -= 1
    runningOwner = owner
    void run().finally(() => {
      runningOwner = undefined
      next()
    })
  }

  return {
    take: (owner, work) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(owner) ?? []
        if (waiters >= waitersMax || queue.length >= Math.ceil(waitersMax / OWNER_PART))
          return reject(new PgError('too_many_connections', 'too many statements wait for the catalog'))
        queue.push(() => work().then(resolve, reject))
        queues.set(owner, queue)
        waiters += 1
        if (runningOwner !== undefined && runningOwner !== owner) onWait(runningOwner)
        next()
      }),
    othersWait: (owner) => [...queues.keys()].some((waiting) => waiting !== owner),
  }
}
