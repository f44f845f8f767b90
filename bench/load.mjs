import { quantile } from './quantile.mjs'
import { ORDER_ID } from './statements.mjs'
import { execute, openWire, prepare, query } from './wire.mjs'

/**
 * The load comes from a process of its own. It takes one task at a time and answers with its figures.
 *
 * @typedef {import('./wire.mjs').Address} Address
 * @typedef {{ kind: 'repeat', address: Address, sql: string, prepared: boolean, sessions: number, durationMs: number }} Repeat
 * @typedef {{ kind: 'login', address: Address, sql: string, times: number }} Login
 * @typedef {{ kind: 'open', address: Address, sql: string, sessions: number }} Open
 * @typedef {{ kind: 'close' }} Close
 * @typedef {{ count: number, p50Ms: number, p99Ms: number, perSecond: number, bytesPerAnswer: number }} Figures
 */

let fresh = 0

/** @param {string} sql */
function freshQuery(sql) {
  fresh += 1
  return query(sql.replace('#', String(fresh)))
}

/** Statements one after another on each session, for as long as told. @param {Repeat} task @returns {Promise<Figures>} */
async function repeat({ address, sql, prepared, sessions, durationMs }) {
  const wires = await Promise.all(Array.from({ length: sessions }, () => openWire(address)))
  const same = prepared ? execute(ORDER_ID) : query(sql)
  const next = () => (sql.includes('#') ? freshQuery(sql) : same)
  if (prepared) await Promise.all(wires.map((wire) => wire.run(prepare(sql))))
  await Promise.all(wires.map((wire) => wire.run(next())))
  /** @type {number[]} */
  const times = []
  let bytes = 0
  const startedMs = performance.now()
  await Promise.all(
    wires.map(async (wire) => {
      do {
        const answer = await wire.run(next())
        if (answer.rows === 0) throw new Error(`no row: ${sql}`)
        times.push(answer.ms)
        bytes += answer.bytes
      } while (performance.now() - startedMs < durationMs)
    }),
  )
  const elapsedMs = performance.now() - startedMs
  for (const wire of wires) wire.close()
  return {
    count: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    perSecond: times.length / (elapsedMs / 1_000),
    bytesPerAnswer: bytes / times.length,
  }
}

/** From connect() to the first row, again and again. @param {Login} task @returns {Promise<Figures>} */
async function login({ address, sql, times: count }) {
  /** @type {number[]} */
  const times = []
  for (let done = 0; done < count; done += 1) {
    const startedMs = performance.now()
    const wire = await openWire(address)
    await wire.run(query(sql))
    times.push(performance.now() - startedMs)
    wire.close()
  }
  const p50Ms = quantile(times, 0.5)
  return { count, p50Ms, p99Ms: quantile(times, 0.99), perSecond: 1_000 / p50Ms, bytesPerAnswer: 0 }
}

/** @type {import('./wire.mjs').Wire[]} */
let held = []

/** Sessions that stay. @param {Open} task */
async function open({ address, sql, sessions }) {
  for (let opened = 0; opened < sessions; opened += 1) {
    const wire = await openWire(address)
    await wire.run(query(sql))
    held.push(wire)
  }
}

/** @param {Repeat | Login | Open | Close} task */
async function perform(task) {
  switch (task.kind) {
    case 'repeat':
      return repeat(task)
    case 'login':
      return login(task)
    case 'open':
      return open(task)
    case 'close':
      for (const wire of held) wire.close()
      held = []
  }
}

process.on('message', (/** @type {Repeat | Login | Open | Close} */ task) => {
  perform(task).then(
    (figures) => process.send?.({ figures }),
    (error) => process.send?.({ failure: `${task.kind}: ${error.message}` }),
  )
})
