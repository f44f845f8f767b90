import { connect } from 'node:net'

/**
 * @typedef {{ port: number, user: string, database: string, password: string }} Address
 * @typedef {{ bytes: number, rows: number, ms: number }} Answer
 * @typedef {{ run(request: Buffer): Promise<Answer>, close(): void }} Wire
 */

const DATA_ROW = 0x44
const READY = 0x5a
const AUTHENTICATION = 0x52
const ERROR = 0x45
const CLEARTEXT_PASSWORD = 3

/** @param {string} type @param {Buffer} body */
function frame(type, body) {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

/** @param {string} text */
const zero = (text) => Buffer.from(`${text}\0`)

/** @param {number} value */
function int16(value) {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

/** @param {number} value */
function int32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const SYNC = frame('S', Buffer.alloc(0))
const INT4 = 23

/** @param {string} sql */
export const query = (sql) => frame('Q', zero(sql))

/** A request that prepares a statement with one int4 parameter as "s". @param {string} sql */
export const prepare = (sql) =>
  Buffer.concat([frame('P', Buffer.concat([zero('s'), zero(sql), int16(1), int32(INT4)])), SYNC])

/** A request that runs "s". @param {number} value */
export function execute(value) {
  const text = Buffer.from(String(value))
  const bind = [zero(''), zero('s'), int16(0), int16(1), int32(text.length), text, int16(0)]
  return Buffer.concat([
    frame('B', Buffer.concat(bind)),
    frame('E', Buffer.concat([zero(''), int32(0)])),
    SYNC,
  ])
}

/**
 * Logs in over plaintext. The client does as little as it can, so that what is measured is the other side.
 *
 * @param {Address} address @returns {Promise<Wire>}
 */
export async function openWire({ port, user, database, password }) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  /** @type {{ resolve: (answer: Answer) => void, reject: (error: Error) => void } | undefined} */
  let waiting
  /** @type {Error | undefined} */
  let failure
  let rest = Buffer.alloc(0)
  let [bytes, rows, startedMs] = [0, 0, 0]

  /** @param {Error | undefined} error */
  const finish = (error) => {
    const settled = waiting
    waiting = undefined
    const ms = performance.now() - startedMs
    if (error === undefined) settled?.resolve({ bytes, rows, ms })
    else settled?.reject(error)
  }
  /** @param {number} type @param {Buffer} whole */
  const onMessage = (type, whole) => {
    if (type === ERROR) failure = new Error(whole.subarray(5).toString('utf8').replaceAll('\0', ' '))
    if (type === AUTHENTICATION && whole.readInt32BE(5) === CLEARTEXT_PASSWORD) {
      socket.write(frame('p', zero(password)))
    }
    if (type === READY) finish(failure)
  }
  socket.on('data', (chunk) => {
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    bytes += chunk.length
    let offset = 0
    while (buffer.length - offset >= 5) {
      const end = offset + 1 + buffer.readInt32BE(offset + 1)
      if (end > buffer.length) break
      if (buffer[offset] === DATA_ROW) rows += 1
      else onMessage(buffer[offset] ?? 0, buffer.subarray(offset, end))
      offset = end
    }
    rest = buffer.subarray(offset)
  })
  socket.on('error', finish)
  socket.on('close', () => finish(failure ?? new Error('the server hung up')))

  /** @param {Buffer} request @returns {Promise<Answer>} */
  const run = (request) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject }
      failure = undefined
      bytes = 0
      rows = 0
      startedMs = performance.now()
      socket.write(request)
    })
  const parameters = zero(`user\0${user}\0database\0${database}\0`)
  await run(Buffer.concat([int32(8 + parameters.length), int32(196_608), parameters]))
  return { run, close: () => void socket.end(frame('X', Buffer.alloc(0))) }
}
