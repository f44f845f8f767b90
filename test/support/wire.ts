import { connect } from 'node:net'
import { BACKEND } from '../../src/protocol/backend.js'
import { FRONTEND } from '../../src/protocol/frontend.js'
import { printBackendFrame, printFrontendFrame } from '../../src/protocol/trace.js'
import { AUTHENTICATION_CLEARTEXT, parseMessage, type ScriptMessage, startupPacket } from './script.js'

/** Where a script is spoken, and who logs in before it if it does not begin with a start-up packet of its own. */
export interface Peer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** What `Password token` sends. */
  readonly password: string
  readonly options?: string
}

/** A reply that is still due, by the types of its last message. */
interface Due {
  readonly ends: readonly number[]
  readonly sync: boolean
  /** Whether an error in its place makes the server skip what follows, up to Sync. */
  readonly extended: boolean
  /** The server takes what was asked so far as a whole; without it replies may stay in its buffer. */
  readonly flushes: boolean
}

/** Longer than any reply of the tests takes; what is still due then is a line of the trace. */
const PATIENCE_MS = 20_000

/**
 * Speaks a script of frontend messages and gives the trace of both directions: what one paragraph of the script sends, in one write, and
 * below it what came back up to the last Query, Flush or Sync of the paragraph. The notation is that of `script.ts`.
 */
export async function speak(script: string, peer: Peer): Promise<string> {
  const paragraphs = script
    .split(/\n\s*\n/)
    .map((text) => text.split('\n').map((line) => parseMessage(line, peer.password)))
  const talk = await openTalk(peer)
  try {
    const first = paragraphs[0]?.[0]
    if (first !== undefined && !first.opens) await logIn(talk, peer)
    const lines: string[] = []
    for (const messages of paragraphs) {
      if (talk.closed()) throw new Error(`the server hung up before ${messages[0]?.text}`)
      lines.push(...messages.map(printMessage))
      talk.send(messages)
      lines.push(...(await talk.replies()))
    }
    return [...lines, ...(await talk.leave())].join('\n')
  } finally {
    talk.destroy()
  }
}

interface Talk {
  send(messages: readonly ScriptMessage[]): void
  /** Lines of what came, once everything that is due has come. */
  replies(): Promise<readonly string[]>
  /** Says Terminate, and gives what nobody waited for. */
  leave(): Promise<readonly string[]>
  closed(): boolean
  destroy(): void
}

async function openTalk(peer: Peer): Promise<Talk> {
  const socket = connect({ host: peer.host, port: peer.port, noDelay: true })
  await new Promise<void>((done, fail) => socket.once('connect', done).once('error', fail))
  let bytes: Buffer = Buffer.alloc(0)
  let due: Due[] = []
  let lines: string[] = []
  let closed = false
  let skipping = false
  let loggedIn = false
  let wake = (): void => undefined
  const end = (): void => {
    if (closed) return
    if (bytes.length > 0) lines.push(`B bytes ${JSON.stringify(bytes.toString('latin1'))}`)
    lines.push('B (closed)')
    closed = true
    due = []
    wake()
  }
  const skip = (): void => {
    const sync = due.findIndex((reply) => reply.sync)
    skipping = sync < 0
    due = skipping ? [] : due.slice(sync)
  }
  const receive = (type: number): void => {
    if (type === BACKEND.readyForQuery) loggedIn = true
    if (type === BACKEND.errorResponse && due[0]?.extended) skip()
    else if (due[0]?.ends.includes(type)) due.shift()
  }
  socket.on('error', end).on('close', end)
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length > 0) {
      if (due[0]?.ends.includes(ONE_BYTE)) {
        lines.push(`B one byte: ${String.fromCharCode(bytes[0] ?? 0)}`)
        bytes = bytes.subarray(1)
        due.shift()
        continue
      }
      const length = bytes.length < 5 ? Number.MAX_SAFE_INTEGER : 1 + bytes.readInt32BE(1)
      if (bytes.length < length) break
      lines.push(printReply(bytes.subarray(0, length)))
      receive(bytes[0] ?? 0)
      bytes = bytes.subarray(length)
    }
    wake()
  })
  const settled = (): boolean => closed || !due.some(({ flushes }) => flushes)
  const wait = async (until: () => boolean): Promise<void> => {
    const patience = setTimeout(() => {
      lines.push(`B (nothing more, ${due.length} replies are due)`)
      due = []
      closed = true
      wake()
    }, PATIENCE_MS)
    while (!until())
      await new Promise<void>((done) => {
        wake = done
      })
    clearTimeout(patience)
  }
  const take = (): readonly string[] => {
    const taken = lines
    lines = []
    return taken
  }
  return {
    send(messages) {
      for (const { flush } of messages) if (flush) due = due.map((reply) => ({ ...reply, flushes: true }))
      due.push(...messages.flatMap((message, index) => dueOf(message, messages.slice(index))))
      if (skipping) skip()
      socket.write(Buffer.concat(messages.map(({ bytes: sent }) => sent)))
    },
    async replies() {
      await wait(settled)
      return take()
    },
    async leave() {
      if (closed || !loggedIn) return []
      socket.write(Buffer.from([FRONTEND.terminate, 0, 0, 0, 4]))
      await wait(() => closed)
      return take().filter((line) => line !== 'B (closed)')
    },
    closed: () => closed,
    destroy: () => socket.destroy(),
  }
}

const ONE_BYTE = -1
/** Nothing but the end of the connection. */
const CLOSE = -2

/** @param rest the message and those that leave with it */
function dueOf(message: ScriptMessage, rest: readonly ScriptMessage[]): readonly Due[] {
  const extended = (...ends: number[]): readonly Due[] => [
    { ends, sync: false, extended: true, flushes: rest.some(({ flush }) => flush) },
  ]
  const asked = (...ends: number[]): readonly Due[] => [
    { ends, sync: message.kind === FRONTEND.sync, extended: false, flushes: true },
  ]
  switch (message.kind) {
    case FRONTEND.parse:
      return extended(BACKEND.parseComplete)
    case FRONTEND.bind:
      return extended(BACKEND.bindComplete)
    case FRONTEND.close:
      return extended(BACKEND.closeComplete)
    case FRONTEND.describe:
      return extended(BACKEND.rowDescription, BACKEND.noData)
    case FRONTEND.execute:
      return extended(BACKEND.commandComplete, BACKEND.emptyQueryResponse, BACKEND.portalSuspended)
    case FRONTEND.query:
    case FRONTEND.functionCall:
    case FRONTEND.sync:
    case FRONTEND.password:
      return asked(BACKEND.readyForQuery)
    case FRONTEND.flush:
    case FRONTEND.copyData:
    case FRONTEND.copyDone:
    case FRONTEND.copyFail:
      return []
    case 'startup':
      return asked(BACKEND.authentication)
    case 'ssl-request':
    case 'gssenc-request':
      return asked(ONE_BYTE)
    default:
      return asked(CLOSE)
  }
}

async function logIn(talk: Talk, peer: Peer): Promise<void> {
  const { user, database, options } = peer
  const packet = startupPacket(3, 0, { user, database, ...(options === undefined ? {} : { options }) })
  talk.send([{ kind: 'startup', text: 'Startup', bytes: packet, flush: false, opens: true }])
  const asked = await talk.replies()
  if (!asked.includes(AUTHENTICATION_CLEARTEXT)) throw new Error(`no password is asked for: ${asked}`)
  talk.send([parseMessage('Password token', peer.password)])
  const answered = await talk.replies()
  if (answered.at(-1) !== 'B ReadyForQuery I') throw new Error(`the login failed: ${answered.join('\n')}`)
}

/** A message that is none, or that has no type byte, is printed as it stands in the script. */
function printMessage({ kind, text, bytes }: ScriptMessage): string {
  if (typeof kind === 'string') return `F ${text}`
  try {
    return printFrontendFrame(bytes)
  } catch {
    return `F ${text}`
  }
}

/** Adds what the printer of the log leaves out, and leaves out what differs from one Postgres to the next. */
function printReply(frame: Buffer): string {
  if (frame[0] === BACKEND.copyOutResponse) {
    const formats = Array.from({ length: frame.readInt16BE(6) }, (_, index) =>
      frame.readInt16BE(8 + 2 * index),
    )
    return `B CopyOutResponse ${frame[5]} [${formats.join(', ')}]`
  }
  if (frame[0] === BACKEND.copyData && /[^\t\n\x20-\x7e]/.test(frame.toString('latin1', 5)))
    return `B CopyData ${frame.toString('hex', 5)}`
  if (frame[0] === NEGOTIATE) {
    const unknown = frame.toString('utf8', 13).split('\0').slice(0, -1)
    return `B NegotiateProtocolVersion ${frame.readInt16BE(5)}.${frame.readInt16BE(7)} [${unknown.join(', ')}]`
  }
  return printBackendFrame(frame)
    .replace(/^(B ParameterStatus server_version)=.*/, '$1=…')
    .replace(/@[1-9]\d*/g, '@table')
}

const NEGOTIATE = 'v'.charCodeAt(0)
